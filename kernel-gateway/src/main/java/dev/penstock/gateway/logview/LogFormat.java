package dev.penstock.gateway.logview;

import java.io.OutputStream;

/** The shapes in which a log is told; the call's {@code Accept} chooses. */
enum LogFormat {
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

  String mediaType() {
    return mediaType;
  }

  LogWriter writer(OutputStream out) {
    return switch (this) {
      case JSON -> new ObjectWriter(out);
      case LINES -> new LineWriter(out);
      case EVENTS -> new EventWriter(out);
    };
  }
}
