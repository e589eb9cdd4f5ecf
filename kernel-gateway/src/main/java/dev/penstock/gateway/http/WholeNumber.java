package dev.penstock.gateway.http;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whole numbers of queries and headers. */
public final class WholeNumber {
  /** Eighteen digits fit into a long. */
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  private WholeNumber() {}

  /**
   * The number, or the other one if none is named.
   *
   * @param name what the client calls it
   * @throws HttpException 400 if it is none
   */
  public static long of(String name, @Nullable String text, long otherwise) throws HttpException {
    if (text == null) {
      return otherwise;
    }
    if (!DIGITS.matcher(text).matches()) {
      throw new HttpException(400, name + " is not a whole number from 0 on");
    }
    return Long.parseLong(text);
  }
}
