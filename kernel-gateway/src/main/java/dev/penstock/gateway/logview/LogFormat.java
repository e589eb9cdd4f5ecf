package dev.penstock.gateway.logview;

import dev.penstock.gateway.http.Call;
import java.io.OutputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The shapes in which a log is told; the call's {@code Accept} chooses. */
public enum LogFormat {
  /** One object. */
  JSON("application/json"),
  /** An object on each line; goes on if asked to. */
  LINES("application/x-ndjson"),
  /** Server-sent events, which always go on. */
  EVENTS("text/event-stream");

  private final String mediaType;

  LogFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The one that a call accepts. */
  public static LogFormat of(Call call) {
    String header = call.header("Accept");
    String accepted = header == null ? "" : header.toLowerCase(Locale.ROOT);
    if (accepted.contains("text/event-stream")) {
      return EVENTS;
    }
    return accepted.contains("ndjson") ? LINES : JSON;
  }

  /** The number that a browser had last; null if it did not say, or this is not for browsers. */
  public @Nullable String lastEventId(Call call) {
    return this == EVENTS ? call.header("Last-Event-ID") : null;
  }

  public String mediaType() {
    return mediaType;
  }

  /** Writes in this format. */
  public LogWriter writer(OutputStream out) {
    return switch (this) {
      case JSON -> new ObjectWriter(out);
      case LINES -> new LineWriter(out);
      case EVENTS -> new EventWriter(out);
    };
  }
}
