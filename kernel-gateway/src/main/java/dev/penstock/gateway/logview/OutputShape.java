package dev.penstock.gateway.logview;

import dev.penstock.gateway.http.Call;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How outputs are told; the call's {@code Accept} chooses.
 *
 * @param format of what is no plain text
 * @param text whether plain text is asked for, in place of the format
 */
public record OutputShape(LogFormat format, boolean text) {
  /** The one that a call accepts. */
  public static OutputShape of(Call call) {
    LogFormat format = LogFormat.of(call);
    String accepted = call.header("Accept");
    boolean text =
        format == LogFormat.JSON
            && accepted != null
            && accepted.toLowerCase(Locale.ROOT).contains("text/plain");
    return new OutputShape(format, text);
  }

  /** Whether outputs are followed until there are no more. */
  public boolean follows() {
    return text || format != LogFormat.JSON;
  }

  /** Media type of the answer. */
  public String mediaType() {
    return text ? "text/plain; charset=utf-8" : format.mediaType();
  }

  /** The number that a browser had last; null if it did not say. */
  public @Nullable String lastEventId(Call call) {
    return format.lastEventId(call);
  }
}
