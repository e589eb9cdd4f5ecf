package dev.penstock.gateway.http;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a call is answered with.
 *
 * @param headers names to values, without Content-Length
 * @param body all of it; ignored if there is a {@code stream}
 * @param stream writes the body bit by bit; each flush reaches the client
 */
// Bytes that pass through; answers are never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Answer(
    int status, Map<String, String> headers, byte[] body, @Nullable Stream stream) {

  /** Writes a body, on the call's own thread. */
  @FunctionalInterface
  public interface Stream {
    /**
     * Writes it.
     *
     * @throws IOException when the client is gone
     */
    void writeTo(OutputStream out) throws IOException, InterruptedException;

    /** Called in place of the other when nobody wants the body (HEAD): lets go of what is open. */
    default void skip() throws IOException {}
  }

  /** JSON. */
  public static Answer json(int status, JsonNode body) {
    return new Answer(status, Map.of("Content-Type", "application/json"), Json.bytes(body), null);
  }

  /** 200 with JSON. */
  public static Answer ok(JsonNode body) {
    return json(200, body);
  }

  /** 201 with JSON and where the new thing is. */
  public static Answer created(String location, JsonNode body) {
    return ok(body).withStatus(201).with("Location", location);
  }

  /** 204. */
  public static Answer nothing() {
    return new Answer(204, Map.of(), new byte[0], null);
  }

  /** A body of this media type. */
  public static Answer of(String contentType, byte[] body) {
    return new Answer(200, Map.of("Content-Type", contentType), body, null);
  }

  /** A body of this media type that is written bit by bit. */
  public static Answer streaming(String contentType, Stream stream) {
    return new Answer(200, Map.of("Content-Type", contentType), new byte[0], stream);
  }

  /** A body that is read while it is written: nobody on the way may keep it or collect it. */
  public static Answer live(String contentType, Stream stream) {
    return streaming(contentType, stream)
        .with("Cache-Control", "no-cache, no-transform")
        .with("X-Accel-Buffering", "no");
  }

  public Answer withStatus(int other) {
    return new Answer(other, headers, body, stream);
  }

  /** The same with one more header. */
  public Answer with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Answer(status, more, body, stream);
  }
}
