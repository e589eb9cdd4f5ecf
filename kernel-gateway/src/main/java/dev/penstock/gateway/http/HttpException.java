package dev.penstock.gateway.http;

import java.io.Serial;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A call that is answered with an error. */
public final class HttpException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final @Nullable String reason;
  private final transient Map<String, String> headers;
  private final transient Map<String, String> more;

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
    this(status, message, reason, Map.of(), Map.of());
  }

  private HttpException(
      int status,
      String message,
      @Nullable String reason,
      Map<String, String> headers,
      Map<String, String> more) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.headers = headers;
    this.more = more;
  }

  /** 405; its answer tells the methods that the path has. */
  static HttpException notAllowed(Set<String> methods) {
    String allowed = String.join(", ", methods);
    return new HttpException(
        405,
        "Method Not Allowed: this path has " + allowed,
        null,
        Map.of("Allow", allowed),
        Map.of());
  }

  /** An error whose answer has one more field. */
  public static HttpException with(int status, String message, String field, String value) {
    return new HttpException(status, message, null, Map.of(), Map.of(field, value));
  }

  /** Headers of the answer. */
  Map<String, String> headers() {
    return headers;
  }

  /** Fields of the answer besides message and reason. */
  Map<String, String> more() {
    return more;
  }

  public int status() {
    return status;
  }

  public @Nullable String reason() {
    return reason;
  }
}
