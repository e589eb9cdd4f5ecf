package dev.penstock.gateway.http;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One HTTP request on its way to an {@link Endpoint}. For the call's own thread. */
public final class Call {
  private static final long MAX_SWALLOWED = 64L << 20;

  private final Request request;
  private final Map<String, String> path;
  private final long maxBody;

  Call(Request request, Map<String, String> path, long maxBody) {
    this.request = request;
    this.path = path;
    this.maxBody = maxBody;
  }

  /** A part of the path, decoded. */
  public String part(String name) {
    return path.getOrDefault(name, "");
  }

  /** A parameter of the query; null if it is not there. */
  public @Nullable String query(String name) {
    return Request.extractQueryParameters(request).getValue(name);
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
   * @throws HttpException 413 if it is too large
   */
  public byte[] body() throws HttpException, IOException {
    try (InputStream in = Content.Source.asInputStream(request)) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      byte[] chunk = new byte[1 << 16];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        if (body.size() + (long) n > maxBody) {
          swallow(in, chunk);
          throw new HttpException(
              413, "The request's body is larger than " + maxBody + " bytes, the server's limit");
        }
        body.write(chunk, 0, n);
      }
      return body.toByteArray();
    }
  }

  /** Most clients read no answer before they have sent all: without this they see a cut. */
  private static void swallow(InputStream in, byte[] chunk) throws IOException {
    long swallowed = 0;
    for (int n = in.read(chunk); n >= 0 && swallowed < MAX_SWALLOWED; n = in.read(chunk)) {
      swallowed += n;
    }
  }

  /**
   * The body as a JSON object; an empty body is an empty object.
   *
   * @throws HttpException 400 if it is something else
   */
  public ObjectNode json() throws HttpException, IOException {
    byte[] body = body();
    if (body.length == 0) {
      return Json.object();
    }
    try {
      return Json.readObject(body);
    } catch (JsonLineException e) {
      throw new HttpException(400, "Invalid JSON in body of request: " + e.getMessage());
    }
  }
}
