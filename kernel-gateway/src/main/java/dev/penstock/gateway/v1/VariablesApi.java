package dev.penstock.gateway.v1;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.FileStream;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** {@code …/variables}: values of names in the user's namespace, as JSON or Arrow. Thread-safe. */
final class VariablesApi {
  private static final String ALL = SessionsApi.ONE + "/variables";
  private static final String ARROW = "application/vnd.apache.arrow.stream";

  /** A name of Python's (keywords are told by Python). */
  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{Mn}\\p{Mc}\\p{Nd}_]*");

  private static final String WORKER =
      "__import__('penstock.worker.verbs.variables', fromlist=['*']).";

  private final Parts parts;

  VariablesApi(Parts parts) {
    this.parts = parts;
  }

  void addTo(Routes routes) {
    routes.add("GET", ALL, this::list).add("GET", ALL + "/{name}", this::get);
  }

  private Answer list(Call call) throws HttpException, IOException, InterruptedException {
    return json(evaluate(call, WORKER + "listing(globals())"));
  }

  private Answer get(Call call) throws HttpException, IOException, InterruptedException {
    String name = call.part("name");
    if (!NAME.matcher(name).matches()) {
      throw new HttpException(400, "That is no name of a variable");
    }
    String accepted = call.header("Accept");
    if (accepted == null || !accepted.contains(ARROW)) {
      return json(evaluate(call, name));
    }
    return arrow(call, name);
  }

  private static Answer json(String value) {
    return Answer.of("application/json", value.getBytes(UTF_8)).with("Cache-Control", "no-store");
  }

  private String evaluate(Call call, String expression)
      throws HttpException, IOException, InterruptedException {
    parts.check(Verb.EVAL.msgType());
    SessionClient client = parts.clients().find(parts.factory().kernels(), call);
    if (!client.isOurs()) {
      throw new HttpException(400, "Only Penstock's own kernels tell variables");
    }
    byte[] _ = call.body(); // before it can be told whether the client is there
    ObjectNode content = Json.object().put("expr", expression);
    OutputEntry reply = Asking.ask(call, client, Channel.SHELL, Verb.EVAL.msgType(), content);
    ObjectNode said = Told.content(parts.tracebacks().of(reply));
    String value = Json.text(said, "value");
    if (value == null) {
      throw refused(Told.content(reply), said);
    }
    return value;
  }

  /** What went wrong by its name, and in words as far as clients may see them. */
  private static HttpException refused(ObjectNode error, ObjectNode shown) {
    String message =
        Objects.requireNonNullElse(Json.text(shown, "ename"), "Error")
            + ": "
            + Json.clean(Objects.requireNonNullElse(Json.text(shown, "evalue"), ""));
    return switch (Objects.requireNonNullElse(Json.text(error, "ename"), "")) {
      case "NameError" -> new HttpException(404, message);
      case "NoArrowError" -> new HttpException(406, message);
      default -> new HttpException(400, message);
    };
  }

  /** The worker writes the table into a file of ours, which goes whatever comes of it. */
  private Answer arrow(Call call, String name)
      throws HttpException, IOException, InterruptedException {
    Path file = Files.createTempFile(parts.tables(), null, ".arrows");
    try {
      String path = new String(Json.bytes(Json.string(file.toString())), UTF_8);
      String _ = evaluate(call, WORKER + "arrow(" + name + ", " + path + ")");
      String size = Long.toString(Files.size(file));
      return Answer.streaming(ARROW, new FileStream(Files.newInputStream(file)))
          .with("Content-Length", size)
          .with("Cache-Control", "no-store");
    } finally {
      // What is open can be read. A worker that comes to it when its client has left finds nothing.
      Files.deleteIfExists(file);
    }
  }
}
