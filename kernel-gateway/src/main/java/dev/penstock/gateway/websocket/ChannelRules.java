package dev.penstock.gateway.websocket;

import dev.penstock.gateway.kernels.Tracebacks;
import java.time.Duration;
import java.util.Set;

/**
 * What clients may send and get (WS-06, WS-35, WS-36).
 *
 * @param pings how often it is asked whether a client is there
 * @param allowed types of messages that clients may send; empty for all
 */
public record ChannelRules(
    Duration pings, RateLimits rates, Set<String> allowed, Tracebacks tracebacks) {

  /** Whether clients may send messages of this type. */
  public boolean allows(String msgType) {
    return allowed.isEmpty() || allowed.contains(msgType);
  }

  /** Whether a client that passes by the WebSocket would pass by a rule. */
  public boolean areStrict() {
    return !allowed.isEmpty() || tracebacks == Tracebacks.HIDDEN;
  }
}
