/**
 * JSON at the edges: small contents that the gateway makes itself, and the lines of local sockets.
 */
@NullMarked
package dev.penstock.gateway.json;

import org.jspecify.annotations.NullMarked;
