package dev.penstock.protocol.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Makes calls, again where that does no harm. Thread-safe. */
final class Transport {

  /** How long a server may take for an answer, beyond what it was asked to wait. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /** What proxies say while the server is away, and the server when it is full. */
  static final Set<Integer> PASSING = Set.of(502, 503, 504);

  private final HttpClient http;
  private final URI base;
  private final String token;
  private final Duration limit;
  private volatile boolean answered;

  /**
   * A way to a server.
   *
   * @param limit how long a server that has answered once is looked for
   */
  Transport(HttpClient http, URI base, String token, Duration limit) {
    this.http = http;
    this.base = base;
    this.token = token;
    this.limit = limit;
  }

  /** With a server that never answered there is none: its address is wrong. */
  Patience patience() {
    return new Patience(answered ? limit : Duration.ZERO);
  }

  /**
   * The bytes of an answer.
   *
   * @throws RefusedException for an error
   * @throws UnreachableException for none
   */
  byte[] bytes(Call call) {
    Patience patience = patience();
    while (true) {
      try {
        HttpResponse<byte[]> answer = send(call, BodyHandlers.ofByteArray());
        if (PASSING.contains(answer.statusCode()) && call.repeatable()) {
          throw new IOException("HTTP " + answer.statusCode());
        }
        if (answer.statusCode() >= 400) {
          throw refused(answer.statusCode(), answer.body());
        }
        return answer.body();
      } catch (IOException e) {
        // Whether it was done is not known: only what can be done twice is asked for again.
        if (!call.repeatable()) {
          throw Patience.unreachable(e);
        }
        patience.after(e);
      }
    }
  }

  /** The JSON of an answer; a missing node if it has none. Throws as {@link #bytes}. */
  JsonNode json(Call call) {
    return Json.read(bytes(call));
  }

  /**
   * The bytes of an answer as they come; as {@link #bytes} until it begins.
   *
   * @param patience for that, and for whoever reads
   */
  InputStream stream(Call call, Patience patience) {
    while (true) {
      try {
        HttpResponse<InputStream> answer = open(call, ANSWER);
        if (answer.statusCode() < 400) {
          return answer.body();
        }
        byte[] said;
        try (InputStream body = answer.body()) {
          said = body.readAllBytes();
        }
        if (!PASSING.contains(answer.statusCode())) {
          throw refused(answer.statusCode(), said);
        }
        throw new IOException("HTTP " + answer.statusCode());
      } catch (IOException e) {
        // To read can be asked for again.
        patience.after(e);
      }
    }
  }

  /** An answer to read as it comes, as long as something comes within this time. */
  HttpResponse<InputStream> open(Call call, Duration silence) throws IOException {
    return send(call, _ -> new LivelyBody(silence));
  }

  /** The server's reason. */
  static RefusedException refused(int status, byte[] body) {
    String message;
    try {
      message = Json.read(body).path("message").asString("The server refuses");
    } catch (JacksonException e) {
      // A proxy's page, not the server's words.
      message = "The server refuses";
    }
    return new RefusedException(status, message);
  }

  private <T> HttpResponse<T> send(Call call, BodyHandler<T> body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(call.path()))
            .timeout(ANSWER.plus(call.patience()))
            .method(call.method(), call.body());
    call.headers().forEach(request::setHeader);
    if (!token.isEmpty()) {
      request.setHeader("Authorization", "token " + token);
    }
    try {
      HttpResponse<T> answer = http.send(request.build(), body);
      answered = true;
      return answer;
    } catch (InterruptedException e) {
      // The caller wants to stop: it learns so by an exception and the flag.
      Thread.currentThread().interrupt();
      throw new UnreachableException("interrupted while waiting for the server", e);
    }
  }
}
