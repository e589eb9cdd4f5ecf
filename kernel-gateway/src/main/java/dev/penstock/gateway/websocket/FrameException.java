package dev.penstock.gateway.websocket;

import java.io.Serial;

/** A frame of a client that is no Jupyter message: what is wrong with it, without its content. */
final class FrameException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  FrameException(String message) {
    super(message);
  }
}
