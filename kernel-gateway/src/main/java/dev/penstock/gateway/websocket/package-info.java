/** Jupyter's WebSocket, both protocols (conformance, group WS). */
@NullMarked
package dev.penstock.gateway.websocket;

import org.jspecify.annotations.NullMarked;
