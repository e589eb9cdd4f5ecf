package dev.penstock.gateway.http;

import java.time.Duration;

/**
 * How much one client may ask for.
 *
 * @param maxBody longest body of a request, in bytes
 * @param maxMessage longest message of a WebSocket, in bytes, after decompression
 * @param maxConnections open connections, WebSockets among them; 0 for any number
 * @param requestTimeout how long the headers of a request may take, and a connection may be idle
 */
public record HttpLimits(
    long maxBody, long maxMessage, int maxConnections, Duration requestTimeout) {}
