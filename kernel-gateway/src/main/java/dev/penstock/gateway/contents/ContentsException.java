package dev.penstock.gateway.contents;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A request that cannot be done: the HTTP status that says so, and what was wrong. */
public final class ContentsException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * An error answer.
   *
   * @param status an HTTP status, with jupyter_server's meanings
   * @param message one line for people; paths in it are relative to the root
   */
  public ContentsException(int status, String message) {
    this(status, message, null);
  }

  ContentsException(int status, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** The HTTP status, 400 to 599. */
  public int status() {
    return status;
  }

  static ContentsException missing(ApiPath path) {
    return missing(path, null);
  }

  static ContentsException missing(ApiPath path, @Nullable Throwable cause) {
    return new ContentsException(
        404, "file or directory " + path.quoted() + " does not exist", cause);
  }

  static ContentsException outside(String path) {
    return new ContentsException(404, path + " is outside root contents directory");
  }
}
