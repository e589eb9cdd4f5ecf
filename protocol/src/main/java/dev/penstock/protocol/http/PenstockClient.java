package dev.penstock.protocol.http;

import dev.penstock.protocol.json.Trees;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server that {@code penstock serve} runs.
 *
 * <pre>{@code
 * try (PenstockClient client = PenstockClient.of(URI.create("http://127.0.0.1:8888"), token);
 *     Session session = client.startSession()) {
 *   int answer = session.evaluate("6 * 7", Integer.class);
 * }
 * }</pre>
 *
 * <p>Thread-safe. Closing it leaves sessions and what runs in them alone.
 */
public final class PenstockClient implements AutoCloseable {

  static final String SESSIONS = "api/v1/sessions";

  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final HttpClient http;
  private final Transport transport;

  private PenstockClient(HttpClient http, URI base, String token, Duration patience) {
    this.http = http;
    this.transport = new Transport(http, base, token, patience);
  }

  /**
   * A client of the server at this address; one that has answered once and is lost is looked for
   * again for ten seconds.
   *
   * @param url as the server prints it
   * @param token if it is empty, the one in {@code url} ({@code ?token=}), if there is one
   */
  public static PenstockClient of(URI url, String token) {
    return of(url, token, Duration.ofSeconds(10), HttpClient.newBuilder());
  }

  /**
   * The same with settings.
   *
   * @param patience how long a server that has answered once is looked for
   * @param http with TLS, proxies and the like
   */
  public static PenstockClient of(
      URI url, String token, Duration patience, HttpClient.Builder http) {
    HttpClient made = http.version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
    Address address = Address.of(url, token);
    return new PenstockClient(made, address.base(), address.token(), patience);
  }

  /** All sessions, as the server tells them; kernels of notebooks are among them. */
  public List<JsonNode> sessions() {
    return transport.json(Call.get(SESSIONS)).valueStream().toList();
  }

  /** Starts a session as the server has it. */
  public Session startSession() {
    return startSession(SessionOptions.none());
  }

  /**
   * Starts a session, one, also when the call has to be made again; closing it ends it.
   *
   * @throws RefusedException if the server cannot have such a one
   */
  public Session startSession(SessionOptions options) {
    ObjectNode fields = options.fields().deepCopy();
    JsonNode key = fields.remove(SessionOptions.KEY);
    Call call = Call.once(SESSIONS, fields, key == null ? null : key.asString());
    return session(Trees.text(transport.json(call), "id"));
  }

  /** A session that is there already. Asks the server nothing. */
  public Session session(String id) {
    return new Session(transport, id);
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
