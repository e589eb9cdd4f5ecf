package dev.penstock.gateway.json;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A peer on a local socket sent something that is not the line the protocol asks for. */
public final class JsonLineException extends IOException {
  private static final long serialVersionUID = 1L;

  public JsonLineException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
