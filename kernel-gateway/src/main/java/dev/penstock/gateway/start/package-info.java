/** Starting kernels: what is asked, sockets and worker, and whose end ends them. */
@NullMarked
package dev.penstock.gateway.start;

import org.jspecify.annotations.NullMarked;
