package dev.penstock.gateway.websocket;

import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Message;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A message of a client and the channel it is for. */
record Envelope(Channel channel, Message message) {

  /** A channel by its name on the wire; null for one that clients cannot send on. */
  static @Nullable Channel channel(String name) {
    return switch (name) {
      case "shell" -> Channel.SHELL;
      case "control" -> Channel.CONTROL;
      case "stdin" -> Channel.STDIN;
      default -> null;
    };
  }

  /** A channel's name on the wire. */
  static String name(Channel channel) {
    return channel.name().toLowerCase(Locale.ROOT);
  }
}
