/** Connection files: where a kernel's five sockets are and which key signs its messages. */
@NullMarked
package dev.penstock.protocol.connection;

import org.jspecify.annotations.NullMarked;
