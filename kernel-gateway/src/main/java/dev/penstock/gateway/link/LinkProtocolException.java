package dev.penstock.gateway.link;

import java.io.IOException;

/** The other end of a worker link broke its protocol; the link is closed. */
public final class LinkProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  public LinkProtocolException(String message) {
    super(message);
  }
}
