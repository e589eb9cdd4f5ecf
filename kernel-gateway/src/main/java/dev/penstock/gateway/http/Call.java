package dev.penstock.gateway.http;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One HTTP request on its way to an {@link Endpoint}. For the call's own thread. */
public final class Call {
  private final Request request;
  private final Map<String, String> path;
  private final HttpLimits limits;

  Call(Request request, Map<String, String> path, HttpLimits limits) {
    this.request = request;
    this.path = path;
    this.limits = limits;
  }

  /** A part of the path, decoded. */
  public String part(String name) {
    return path.getOrDefault(name, "");
  }

  /** A parameter of the query; null if it is not there. */
  public @Nullable String query(String name) {
    return Request.extractQueryParameters(request).getValue(name);
  }

  /** All parts of the path by name, decoded. */
  public Map<String, String> parts() {
    return path;
  }

  /** The query as it came; empty if there is none. */
  public String rawQuery() {
    return Objects.requireNonNullElse(request.getHttpURI().getQuery(), "");
  }

  /** All headers in order; a name may come again. */
  public List<Map.Entry<String, String>> headers() {
    return request.getHeaders().stream()
        .map(field -> Map.entry(field.getName(), Objects.requireNonNullElse(field.getValue(), "")))
        .toList();
  }

  /** A header; null if it is not there. */
  public @Nullable String header(String name) {
    return request.getHeaders().get(name);
  }

  /** Whether it came over TLS. */
  public boolean isSecure() {
    return request.isSecure();
  }

  /**
   * The body.
   *
   * @throws HttpException 413 if it is too large, 408 if it comes too slowly
   */
  public byte[] body() throws HttpException, IOException {
    RequestBody body = stream();
    try (body) {
      return body.readAllBytes();
    } catch (IOException e) {
      body.check();
      throw e;
    }
  }

  /** The body as it comes; to be closed by who reads it. */
  public RequestBody stream() {
    return new RequestBody(request, limits);
  }

  /**
   * Whether the client has closed its side of the connection: nobody waits for an answer. To be
   * asked when the body was read; a part of the client's next request stays in its place.
   */
  public boolean isClientGone() {
    if (request.getConnectionMetaData().getConnector().getServer().isStopping()) {
      return true; // an answer that follows what outlives the server would hold up its end
    }
    Connection connection = request.getConnectionMetaData().getConnection();
    if (!(connection instanceof Connection.UpgradeTo reader)) {
      return false;
    }
    ByteBuffer next = BufferUtil.allocate(1);
    try {
      int count = connection.getEndPoint().fill(next);
      if (count > 0) {
        reader.onUpgradeTo(next); // puts it before what is read later
      }
      return count < 0;
    } catch (IOException e) {
      return true; // reset
    }
  }

  /**
   * The body as a JSON object.
   *
   * @throws HttpException 400 if it is something else, or nothing
   */
  public ObjectNode someJson() throws HttpException, IOException {
    byte[] body = body();
    if (body.length == 0) {
      throw new HttpException(400, "No JSON data provided");
    }
    return object(body);
  }

  /**
   * The body as a JSON object; an empty body is an empty object.
   *
   * @throws HttpException 400 if it is something else
   */
  public ObjectNode json() throws HttpException, IOException {
    byte[] body = body();
    return body.length == 0 ? Json.object() : object(body);
  }

  private static ObjectNode object(byte[] body) throws HttpException {
    try {
      return Json.readObject(body);
    } catch (JsonLineException e) {
      // What the parser says is of its own insides, and may quote the body.
      throw new HttpException(400, "Invalid JSON in body of request: it has to be an object");
    }
  }
}
