package dev.penstock.gateway.http;

import java.time.Duration;
import java.util.regex.Pattern;

/** How long a call may wait for what it asks for: {@code wait_s}, in seconds. */
public final class WaitTime {
  /** Longer ones are taken for this: proxies end connections that are silent. */
  private static final double MOST_S = 60;

  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");

  private WaitTime() {}

  /**
   * That of the query; zero without it.
   *
   * @throws HttpException 400 if it is no number
   */
  public static Duration ofQuery(Call call) throws HttpException {
    String text = call.query("wait_s");
    if (text != null && !SECONDS.matcher(text).matches()) {
      throw new HttpException(400, "wait_s is not a number of seconds");
    }
    return text == null ? Duration.ZERO : of(Double.parseDouble(text));
  }

  /** So many seconds, 60 at most. */
  public static Duration of(double seconds) {
    return Duration.ofNanos((long) (Math.min(MOST_S, seconds) * 1e9));
  }
}
