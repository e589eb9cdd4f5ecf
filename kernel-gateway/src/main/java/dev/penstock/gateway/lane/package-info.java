/** File descriptors 1 and 2 of a worker, read by the gateway and ordered with the link's frames. */
@NullMarked
package dev.penstock.gateway.lane;

import org.jspecify.annotations.NullMarked;
