package dev.penstock.gateway.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A call that is answered with an error. */
public final class HttpException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final @Nullable String reason;

  /**
   * An error answer.
   *
   * @param status 400 to 599
   * @param message one line for people: what was wrong and what to do
   */
  public HttpException(int status, String message) {
    this(status, message, null);
  }

  /** The same with a short reason in place of the status's own phrase. */
  public HttpException(int status, String message, @Nullable String reason) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  public int status() {
    return status;
  }

  public @Nullable String reason() {
    return reason;
  }
}
