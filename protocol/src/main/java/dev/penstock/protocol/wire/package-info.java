/** The ZeroMQ wire format: frames in, messages out, signatures checked. No I/O and no threads. */
@NullMarked
package dev.penstock.protocol.wire;

import org.jspecify.annotations.NullMarked;
