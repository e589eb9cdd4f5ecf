package dev.penstock.protocol.http;

import dev.penstock.protocol.json.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A session of a server. Every call throws {@link RefusedException} (404) when there is none of
 * this id, and {@link UnreachableException} when the server is lost. Thread-safe.
 */
public final class Session implements AutoCloseable {

  /** Any time: a file is as large as it is, and a connection that is dead is cut. */
  private static final Duration UPLOAD = Duration.ofDays(1);

  private static final String ARROW = "application/vnd.apache.arrow.stream";

  private final Transport transport;
  private final String path;
  private final String id;

  Session(Transport transport, String id) {
    this.transport = transport;
    this.path = PenstockClient.SESSIONS + "/" + Call.part(id);
    this.id = id;
  }

  /** Its id, also among the kernels. */
  public String id() {
    return id;
  }

  /** How it is, as the server tells it (docs/api-v1.md, "Sessions"). */
  public JsonNode info() {
    return get("");
  }

  /** Has a cell run; returns as soon as that is sure. */
  public Execution execute(String code) {
    return execute(code, ExecutionOptions.of(ExecutionOptions.Mode.CELL));
  }

  /** Has code run; returns as soon as that is sure. */
  public Execution execute(String code, ExecutionOptions options) {
    Call call = start("/executions", options.fields(code), options.key());
    return execution(Trees.text(transport.json(call), "id"));
  }

  /** One of an id, also of another client. Asks the server nothing. */
  public Execution execution(String execution) {
    return new Execution(transport, path, execution);
  }

  /** The latest, without their results. */
  public List<Status> executions() {
    return get("/executions").valueStream().map(Status::of).toList();
  }

  /**
   * The value of an expression.
   *
   * @throws CodeException if it fails
   */
  public JsonNode evaluate(String expression) {
    ObjectNode fields =
        ExecutionOptions.of(ExecutionOptions.Mode.EVAL)
            .fields(expression)
            .put("wait_s", Running.LONGEST_WAIT.toSeconds());
    Call call = start("/executions", fields, null).waiting(Running.LONGEST_WAIT);
    Status status = Status.of(transport.json(call));
    return status.isOver() ? status.result() : execution(status.id()).result();
  }

  /**
   * The value of an expression as an object of this type.
   *
   * @throws CodeException if it fails
   */
  public <T> T evaluate(String expression, Class<T> type) {
    return Json.convert(evaluate(expression), type);
  }

  /**
   * Evaluates an expression again and again, until it says so ({@code {"done": true, "result":
   * …}}), fails or is stopped. It runs as fast as it can.
   */
  public ValueStream startStream(String expression) {
    return startStream(Trees.object().put("expr", expression));
  }

  /**
   * The same; it waits when so many values are unread, and loses none.
   *
   * @param pace at least 1
   */
  public ValueStream startStream(String expression, int pace) {
    return startStream(Trees.object().put("expr", expression).put("pace", pace));
  }

  private ValueStream startStream(ObjectNode fields) {
    return stream(Trees.text(transport.json(start("/streams", fields, null)), "id"));
  }

  /** One of an id, also of another client. Asks the server nothing. */
  public ValueStream stream(String stream) {
    return new ValueStream(transport, path, stream);
  }

  /** The latest. */
  public List<Status> streams() {
    return get("/streams").valueStream().map(Status::of).toList();
  }

  /** The content of Jupyter's {@code complete_reply} at a place, in chars of {@code code}. */
  public JsonNode complete(String code, int cursor) {
    return transport.json(Call.post(path + "/complete", at(code, cursor)).again());
  }

  /** The content of Jupyter's {@code inspect_reply} at a place, in chars of {@code code}. */
  public JsonNode inspect(String code, int cursor, int detailLevel) {
    ObjectNode fields = at(code, cursor).put("detail_level", detailLevel);
    return transport.json(Call.post(path + "/inspect", fields).again());
  }

  /** Positions in the protocol count code points, not chars. */
  private static ObjectNode at(String code, int cursor) {
    return Trees.object().put("code", code).put("cursor_pos", code.codePointCount(0, cursor));
  }

  /** {@code name}, {@code type}, {@code length} and {@code shape} of each. */
  public JsonNode variables() {
    return get("/variables");
  }

  /**
   * A variable's value.
   *
   * @throws RefusedException 404 if there is none of this name
   */
  public JsonNode variable(String name) {
    return get("/variables/" + Call.part(name));
  }

  /**
   * A table as an Arrow stream.
   *
   * @throws RefusedException 406 if it is none
   */
  public byte[] arrow(String name) {
    return transport.bytes(Call.get(path + "/variables/" + Call.part(name)).with("Accept", ARROW));
  }

  /** A directory's model with its {@code content}, as of {@code /api/contents}; "" is its own. */
  public JsonNode files(String directory) {
    return get(file(directory));
  }

  /** A file below the session's directory, all of it in memory. */
  public byte[] readFile(String file) {
    return transport.bytes(Call.get(path + file(file)));
  }

  /**
   * A file as it comes, to be closed.
   *
   * @throws UnreachableException if the connection fails before it begins; later an IOException
   */
  public InputStream openFile(String file) {
    return transport.stream(Call.get(path + file(file)), transport.patience());
  }

  /**
   * Brings a file here. It is there when all of it is: it is written beside itself before, from its
   * beginning again if the connection is cut.
   *
   * @throws IOException if it cannot be written here
   */
  public void downloadFile(String file, Path to) throws IOException {
    Download.to(to, transport, Call.get(path + file(file)));
  }

  /** Makes or replaces a file: readers see the old content or the new. */
  public void writeFile(String file, byte[] content) {
    tell(Call.put(path + file(file), BodyPublishers.ofByteArray(content)));
  }

  /**
   * The same from a file here, of any size.
   *
   * @throws IOException if it is not there
   */
  public void writeFile(String file, Path content) throws IOException {
    tell(Call.put(path + file(file), BodyPublishers.ofFile(content)).waiting(UPLOAD));
  }

  /** The same with what can be read once: a call that is cut is not made again. */
  public void writeFile(String file, InputStream content) {
    Call call = Call.put(path + file(file), BodyPublishers.ofInputStream(() -> content));
    tell(call.waiting(UPLOAD).notAgain());
  }

  /** Deletes a file for good; that it is gone already is well. */
  public void deleteFile(String file) {
    delete(path + file(file));
  }

  /** Interrupts what runs. */
  public void interrupt() {
    tell(Call.post(path + "/interrupt", Trees.object()));
  }

  /** Gives it a new process; returns when that runs. */
  public void restart() {
    tell(Call.post(path + "/restart", Trees.object()));
  }

  /** Ends it; that it has ended already is well. */
  public void delete() {
    delete(path);
  }

  /** The same as {@link #delete}. */
  @Override
  public void close() {
    delete();
  }

  private JsonNode get(String below) {
    return transport.json(Call.get(path + below));
  }

  private Call start(String below, ObjectNode fields, @Nullable String key) {
    return Call.once(path + below, fields, key);
  }

  private void tell(Call call) {
    byte[] _ = transport.bytes(call);
  }

  private void delete(String what) {
    try {
      tell(Call.delete(what));
    } catch (RefusedException e) {
      // It may have been this client's own call, whose answer was lost.
      if (e.status() != 404) {
        throw e;
      }
    }
  }

  private static String file(String file) {
    return Arrays.stream(file.split("/", -1))
        .filter(part -> !part.isEmpty())
        .map(part -> "/" + Call.part(part))
        .collect(Collectors.joining("", "/files", ""));
  }
}
