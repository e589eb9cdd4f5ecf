package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.node.ObjectNode;

/** The fields that all models of the contents API have (jupyter_server's api.yaml, Contents). */
final class Models {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'");
  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");
  private static final int NANOS_PER_MICRO = 1000;

  private Models() {}

  /** A model without content, format, MIME type and hash. */
  static ObjectNode of(ApiPath path, FileInfo info, boolean writable) {
    ObjectNode model =
        Json.object()
            .put("name", path.name())
            .put("path", path.toString())
            .put("last_modified", time(info.modified()))
            .put("created", time(info.changed()))
            .putNull("content")
            .putNull("format")
            .putNull("mimetype");
    if (info.isDirectory()) {
      model.putNull("size");
    } else {
      model.put("size", info.size());
    }
    return model
        .put("writable", writable)
        .putNull("hash")
        .putNull("hash_algorithm")
        .put("type", type(path, info));
  }

  /** {@code directory}, {@code notebook} or {@code file}. */
  private static String type(ApiPath path, FileInfo info) {
    if (info.isDirectory()) {
      return "directory";
    }
    return isNotebook(path) ? "notebook" : "file";
  }

  static boolean isNotebook(ApiPath path) {
    return path.name().endsWith(".ipynb");
  }

  /** As Python's isoformat: microseconds, and none where they are zero. */
  static String time(Instant time) {
    OffsetDateTime rounded =
        time.plusNanos(NANOS_PER_MICRO / 2).truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    return (rounded.getNano() == 0 ? SECONDS : MICROSECONDS).format(rounded);
  }
}
