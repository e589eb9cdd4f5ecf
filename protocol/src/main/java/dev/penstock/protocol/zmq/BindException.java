package dev.penstock.protocol.zmq;

import dev.penstock.protocol.message.Channel;
import java.util.Locale;

/** A socket that could not be bound; the text is one line with channel, address and cause. */
public final class BindException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Channel channel;
  private final int port;

  BindException(Channel channel, String ip, int port, String why) {
    super(
        "cannot bind the %s socket to %s port %s: %s"
            .formatted(
                channel.name().toLowerCase(Locale.ROOT),
                ip,
                port == 0 ? "(any)" : Integer.toString(port),
                why));
    this.channel = channel;
    this.port = port;
  }

  /** The channel whose socket failed. */
  public Channel channel() {
    return channel;
  }

  /** The port that was asked for, 0 if any was fine. */
  public int port() {
    return port;
  }
}
