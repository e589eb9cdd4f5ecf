import dev.penstock.protocol.client.Answers;
import dev.penstock.protocol.client.Execution;
import dev.penstock.protocol.client.KernelClient;
import dev.penstock.protocol.client.Output;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Drives a KernelClient; started with the path of a connection file, see ../driven.py. */
public final class Client {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final KernelClient kernel;

  private Client(KernelClient kernel) {
    this.kernel = kernel;
  }

  /** Obeys until stdin ends. */
  public static void main(String[] arguments) throws Exception {
    try (KernelClient kernel = KernelClient.connect(Path.of(arguments[0]))) {
      Client client = new Client(kernel);
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        answers.println(client.obey(JSON.readTree(line)));
      }
    }
  }

  private ObjectNode obey(JsonNode order) throws InterruptedException {
    String code = order.path("code").asString();
    return switch (order.path("do").asString()) {
      case "run" ->
          run(code, order.path("answer").asString(), order.path("interrupt_at").asString());
      case "complete" -> {
        Answers.Completion completion = kernel.complete(code, code.length());
        yield text(String.join(" ", completion.matches()));
      }
      case "inspect" ->
          text(kernel.inspect(code, code.length(), 0).data().path("text/plain").asString());
      case "death" -> text(death(code));
      default -> throw new IllegalArgumentException("unknown order " + order);
    };
  }

  private ObjectNode run(String code, String answer, String interruptAt) {
    kernel.onInput(request -> answer);
    StringBuilder stdout = new StringBuilder();
    StringBuilder stderr = new StringBuilder();
    ObjectNode seen = JSON.createObjectNode().put("result", "").put("error", "").put("traceback", "");
    ArrayNode images = seen.putArray("images");
    boolean interrupted = interruptAt.isEmpty();
    Execution execution = kernel.execute(code);
    for (Output output : execution) {
      switch (output) {
        case Output.Stream stream ->
            (stream.name().equals("stdout") ? stdout : stderr).append(stream.text());
        case Output.ExecuteResult result -> seen.put("result", result.text());
        case Output.DisplayData display when display.data().has("image/png") ->
            images.add(display.data().path("image/png").asString());
        case Output.Error error ->
            seen.put("error", error.ename()).put("traceback", String.join("\n", error.traceback()));
        default -> {
          // Statuses and the like are not shown.
        }
      }
      if (!interrupted && stdout.indexOf(interruptAt) >= 0) {
        interrupted = true;
        kernel.interrupt();
      }
    }
    return seen.put("stdout", stdout.toString()).put("stderr", stderr.toString());
  }

  private String death(String code) throws InterruptedException {
    boolean alive = kernel.heartbeat(PATIENCE);
    try (Execution ignored = kernel.execute(code)) {
      for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; ) {
        if (!kernel.heartbeat(Duration.ofSeconds(1))) {
          return "heartbeat: " + alive + ", then none";
        }
        Thread.sleep(50);
      }
    }
    return "the heart beats on";
  }

  private static ObjectNode text(String text) {
    return JSON.createObjectNode().put("text", text);
  }
}
