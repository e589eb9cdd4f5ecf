package dev.penstock.protocol.client;

import dev.penstock.protocol.connection.ConnectionFileException;
import dev.penstock.protocol.connection.ConnectionFiles;
import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.json.Trees;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Jupyter client: runs code in any kernel that has a connection file.
 *
 * <pre>{@code
 * try (KernelClient kernel = KernelClient.connect(Path.of("kernel-1.json"))) {
 *   for (Output output : kernel.execute("print(6 * 7)")) {
 *     if (output instanceof Output.Stream stream) System.out.print(stream.text());
 *   }
 * }
 * }</pre>
 *
 * <p>Thread-safe. Closing it leaves the kernel alone; {@link #shutdown} ends the kernel.
 */
public final class KernelClient implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KernelClient.class);
  private static final Duration RESEND = Duration.ofSeconds(1);

  private final ClientOptions options;
  private final ClientLoop loop;
  private final Map<String, Execution> executions = new ConcurrentHashMap<>();
  private final List<Consumer<Output>> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Boolean> iopubDelivers = new CompletableFuture<>();
  private volatile @Nullable Function<InputRequest, String> inputHandler;

  private KernelClient(ConnectionInfo kernel, ClientOptions options) {
    this.options = options;
    this.loop = new ClientLoop(kernel, new Events());
    loop.start();
  }

  /** Connects to the kernel of a connection file; waits until it answers. */
  public static KernelClient connect(Path connectionFile) throws ConnectionFileException {
    return connect(ConnectionFiles.read(connectionFile));
  }

  /** Connects to a kernel; waits until it answers. */
  public static KernelClient connect(ConnectionInfo kernel) {
    return connect(kernel, ClientOptions.DEFAULT);
  }

  /**
   * Connects to a kernel; waits until it answers and its iopub channel delivers, so that no output
   * of later requests is missed.
   *
   * @throws KernelTimeoutException after the time of {@link ClientOptions#connect}
   */
  public static KernelClient connect(ConnectionInfo kernel, ClientOptions options) {
    KernelClient client = new KernelClient(kernel, options);
    try {
      client.awaitReady(kernel);
      return client;
    } catch (RuntimeException e) {
      // The caller gets no client to close.
      client.close();
      throw e;
    }
  }

  /**
   * Kernels of protocol 5.5 send {@code iopub_welcome} (JEP 65). Others show by the status messages
   * around a kernel_info_request that the subscription has reached them. Control is asked too,
   * because a busy kernel's shell answers late. All this begins when stdin is connected, because a
   * question to a client that the kernel does not know there is lost.
   */
  private void awaitReady(ConnectionInfo kernel) {
    long end = System.nanoTime() + options.connect().toNanos();
    String what = "answer from the kernel at " + kernel.address(Channel.SHELL);
    Futures.get(loop.stdinGreeted(), what, options.connect());
    CompletableFuture<?> answered = new CompletableFuture<>();
    while (System.nanoTime() < end) {
      answered =
          CompletableFuture.anyOf(
              answered,
              request(Channel.SHELL, "kernel_info_request", Trees.object()),
              request(Channel.CONTROL, "kernel_info_request", Trees.object()));
      try {
        Futures.get(CompletableFuture.allOf(answered, iopubDelivers), "answer", RESEND);
        return;
      } catch (KernelTimeoutException e) {
        // Not there yet: ask again until the time is over.
      }
    }
    throw new KernelTimeoutException(what, options.connect());
  }

  /** Runs code as a notebook does. */
  public Execution execute(String code) {
    return execute(ExecuteRequest.of(code));
  }

  /** Runs code; returns at once with what will come. */
  public Execution execute(ExecuteRequest request) {
    ObjectNode content = request.content(inputHandler != null);
    Message message = loop.message("execute_request", Message.EMPTY_OBJECT, content);
    String id = id(message);
    Execution execution = new Execution(loop.expect(id), options.execute(), loop.backlog());
    executions.put(id, execution);
    loop.send(Channel.SHELL, message);
    return execution;
  }

  /**
   * Answers the questions of running code ({@code input()}). Without a handler such code fails.
   *
   * @param handler called on a thread of its own; an exception answers ""
   */
  public void onInput(Function<InputRequest, String> handler) {
    inputHandler = handler;
  }

  /** Hands every iopub message to a listener, whoever caused it; it must not wait. */
  public void onOutput(Consumer<Output> listener) {
    listeners.add(listener);
  }

  /** Completions at a position, in chars of {@code code}. */
  public Answers.Completion complete(String code, int cursor) {
    return Answers.Completion.of(ask(Channel.SHELL, "complete_request", at(code, cursor)));
  }

  /** What is known about the name at a position, in chars of {@code code}. */
  public Answers.Inspection inspect(String code, int cursor, int detailLevel) {
    ObjectNode content = at(code, cursor).put("detail_level", detailLevel);
    return Answers.Inspection.of(ask(Channel.SHELL, "inspect_request", content));
  }

  /** The last inputs, oldest first. */
  public List<Answers.HistoryEntry> history(int number) {
    ObjectNode content =
        Trees.object()
            .put("output", false)
            .put("raw", true)
            .put("hist_access_type", "tail")
            .put("n", number);
    return Answers.HistoryEntry.of(ask(Channel.SHELL, "history_request", content));
  }

  /** Whether code can run as it is. */
  public Answers.Completeness isComplete(String code) {
    ObjectNode content = Trees.object().put("code", code);
    return Answers.Completeness.of(ask(Channel.SHELL, "is_complete_request", content));
  }

  /** The content of a {@code kernel_info_reply}. */
  public ObjectNode kernelInfo() {
    return ask(Channel.SHELL, "kernel_info_request", Trees.object()).content();
  }

  /** Open comms: ids to objects with {@code target_name}. */
  public ObjectNode commInfo() {
    Reply reply = ask(Channel.SHELL, "comm_info_request", Trees.object());
    return Json.asObject(reply.content().path("comms"));
  }

  /** Interrupts the running code. */
  public void interrupt() {
    ask(Channel.CONTROL, "interrupt_request", Trees.object());
  }

  /**
   * Ends the kernel.
   *
   * @param restart true tells the kernel that it will be started again
   */
  public void shutdown(boolean restart) {
    ask(Channel.CONTROL, "shutdown_request", Trees.object().put("restart", restart));
  }

  /** Whether the kernel's heartbeat answers within a time. */
  public boolean heartbeat(Duration limit) {
    try {
      return Futures.get(loop.beat(), "heartbeat", limit);
    } catch (KernelTimeoutException e) {
      // No echo is the answer "no".
      return false;
    }
  }

  /** Sends any request, for what has no method here; the reply may have status {@code error}. */
  public CompletableFuture<Reply> request(Channel channel, String msgType, ObjectNode content) {
    Message message = loop.message(msgType, Message.EMPTY_OBJECT, content);
    CompletableFuture<Reply> reply = loop.expect(id(message));
    loop.send(channel, message);
    return reply;
  }

  private Reply ask(Channel channel, String msgType, ObjectNode content) {
    return Futures.get(request(channel, msgType, content), "reply to " + msgType, options.request())
        .orThrow();
  }

  /** Positions in the protocol count code points, not chars. */
  private static ObjectNode at(String code, int cursor) {
    return Trees.object().put("code", code).put("cursor_pos", code.codePointCount(0, cursor));
  }

  private static String id(Message message) {
    try {
      return Header.parse(message.header()).msgId();
    } catch (WireException e) {
      // Headers made here are JSON.
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    loop.close();
  }

  /** Runs on the client's thread. */
  private final class Events implements ClientLoop.Listener {

    @Override
    public void iopub(Header header, Header parent, Message message) {
      iopubDelivers.complete(true);
      if (!listeners.isEmpty()) {
        Output output = Json.output(header, message);
        listeners.forEach(listener -> listener.accept(output));
      }
      Execution execution = executions.get(parent.msgId());
      if (execution == null) {
        return;
      }
      execution.add(header, message);
      if (header.msgType().equals("status")
          && Trees.text(Json.object(message.content()), "execution_state").equals("idle")) {
        executions.remove(parent.msgId());
        execution.end();
      }
    }

    @Override
    public void input(Header header, Message message) {
      Function<InputRequest, String> handler = inputHandler;
      if (handler == null || !header.msgType().equals("input_request")) {
        return;
      }
      ObjectNode content = Json.object(message.content());
      InputRequest request =
          new InputRequest(
              Trees.text(content, "prompt"), content.path("password").asBoolean(false));
      Thread.ofVirtual().name("penstock-input").start(() -> answer(handler, request, message));
    }

    @Override
    public void ended() {
      executions.values().forEach(Execution::end);
      executions.clear();
    }

    private void answer(
        Function<InputRequest, String> handler, InputRequest request, Message message) {
      String value = "";
      try {
        value = handler.apply(request);
      } catch (RuntimeException e) {
        // Without an answer the code would wait for ever.
        LOG.warn("the input handler failed; the answer is empty", e);
      }
      ObjectNode content = Trees.object().put("value", value);
      loop.send(Channel.STDIN, loop.message("input_reply", message.header(), content));
    }
  }
}
