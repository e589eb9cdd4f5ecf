/** An HTTP API made of a notebook's cells: kernel_gateway's {@code notebook-http} mode. */
@NullMarked
package dev.penstock.gateway.notebook;

import org.jspecify.annotations.NullMarked;
