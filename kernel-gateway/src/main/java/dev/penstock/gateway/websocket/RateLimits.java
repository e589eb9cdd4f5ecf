package dev.penstock.gateway.websocket;

import java.time.Duration;

/**
 * How much output a client gets, as jupyter_server's options of these names (WS-35).
 *
 * @param messages on iopub a second; 0 for any number
 * @param bytes of {@code stream} messages a second; 0 for any number
 * @param window over which both are measured
 */
public record RateLimits(int messages, long bytes, Duration window) {
  boolean areOff() {
    return messages == 0 && bytes == 0;
  }
}
