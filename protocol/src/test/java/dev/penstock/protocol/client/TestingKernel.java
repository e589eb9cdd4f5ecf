package dev.penstock.protocol.client;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.json.Trees;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.HeaderFactory;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import dev.penstock.protocol.wire.ReplayGuard;
import dev.penstock.protocol.wire.Signer;
import dev.penstock.protocol.wire.WireCodec;
import dev.penstock.protocol.zmq.BindException;
import dev.penstock.protocol.zmq.KernelSockets;
import dev.penstock.protocol.zmq.Received;
import dev.penstock.protocol.zmq.SocketLimits;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A kernel whose language has five words: {@code echo X} prints X, {@code count N} prints N lines,
 * {@code ask X} asks its user, {@code fail} raises, {@code hang} never ends. It does or does not
 * send {@code iopub_welcome}.
 */
final class TestingKernel implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(20);

  private final ZmqRuntime runtime = new ZmqRuntime();
  private final HeaderFactory headers = new HeaderFactory("testing", "kernel");
  private final WireCodec codec;
  private final KernelSockets sockets;
  private final boolean welcomes;
  private final Thread thread;
  private final Queue<Received> waiting = new ArrayDeque<>();
  private volatile boolean closed;
  private int count;
  private @Nullable Message asking;

  TestingKernel(boolean welcomes) throws BindException {
    this(welcomes, ConnectionInfo.loopback("a key"));
  }

  TestingKernel(boolean welcomes, ConnectionInfo wanted) throws BindException {
    this.welcomes = welcomes;
    codec = new WireCodec(Signer.of(wanted.signatureScheme(), wanted.key()), new ReplayGuard());
    sockets = KernelSockets.bind(runtime, wanted, SocketLimits.DEFAULT);
    thread = Thread.ofPlatform().daemon().name("testing-kernel").start(this::run);
  }

  ConnectionInfo connection() {
    return sockets.connection();
  }

  private void run() {
    while (!closed) {
      Received received =
          waiting.isEmpty() ? sockets.poll(Duration.ofSeconds(1)) : waiting.remove();
      if (received == null) {
        continue;
      }
      try {
        if (received.channel() == Channel.IOPUB) {
          welcome(received.frames().getFirst());
        } else {
          handle(received.channel(), codec.decode(received.frames()));
        }
      } catch (WireException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void welcome(byte[] event) {
    if (welcomes && event[0] == 1) {
      publish(Message.EMPTY_OBJECT, "iopub_welcome", Trees.object().put("subscription", ""));
    }
  }

  private void handle(Channel channel, Message request) throws WireException {
    if (channel == Channel.STDIN) {
      Message asked = asking;
      asking = null;
      if (asked != null) {
        print(asked, Trees.text(Json.object(request.content()), "value"));
        finish(Channel.SHELL, asked, "execute_reply", ok());
      }
      return;
    }
    String type = Header.parse(request.header()).msgType();
    status(request, "busy");
    switch (type) {
      case "execute_request" -> execute(request);
      case "complete_request" ->
          finish(channel, request, "complete_reply", completion(Json.object(request.content())));
      case "inspect_request" ->
          finish(
              channel,
              request,
              "inspect_reply",
              Trees.object().put("status", "error").put("ename", "E").put("evalue", "no"));
      default -> finish(channel, request, type.replace("_request", "_reply"), ok());
    }
  }

  private void execute(Message request) {
    String[] words = Trees.text(Json.object(request.content()), "code").split(" ", 2);
    String argument = words.length > 1 ? words[1] : "";
    count++;
    publish(
        request.header(),
        "execute_input",
        Trees.object().put("code", words[0]).put("execution_count", count));
    ObjectNode reply = ok();
    switch (words[0]) {
      case "echo" -> print(request, argument);
      case "count" -> {
        for (int i = 0; i < Integer.parseInt(argument); i++) {
          print(request, i + "\n");
        }
      }
      case "ask" -> {
        asking = request;
        ObjectNode question = Trees.object().put("prompt", argument).put("password", true);
        send(Channel.STDIN, request, "input_request", question);
        return;
      }
      case "fail" -> {
        reply = Trees.object().put("status", "error").put("ename", "Oops").put("evalue", "bad");
        reply.putArray("traceback").add("line 1");
        publish(request.header(), "error", reply);
      }
      default -> {
        return; // hang
      }
    }
    finish(Channel.SHELL, request, "execute_reply", reply.put("execution_count", count));
  }

  private static ObjectNode ok() {
    return Trees.object().put("status", "ok");
  }

  private static ObjectNode completion(ObjectNode content) {
    ObjectNode reply =
        ok().put("cursor_start", 0).put("cursor_end", content.get("cursor_pos").asInt());
    reply.putArray("matches").add("match");
    return reply;
  }

  private void print(Message request, String text) {
    publish(request.header(), "stream", Trees.object().put("name", "stdout").put("text", text));
  }

  private void status(Message request, String state) {
    publish(request.header(), "status", Trees.object().put("execution_state", state));
  }

  private void finish(Channel channel, Message request, String type, ObjectNode content) {
    send(channel, request, type, content);
    status(request, "idle");
  }

  private void send(Channel channel, Message request, String type, ObjectNode content) {
    Message message = Message.of(headers.next(type), request.header(), Trees.bytes(content));
    sockets.send(channel, codec.encode(message.withIdentities(request.identities())));
  }

  private void publish(byte[] parentHeader, String type, ObjectNode content) {
    byte[] topic = type.getBytes(StandardCharsets.US_ASCII);
    Message message = Message.of(headers.next(type), parentHeader, Trees.bytes(content));
    List<byte[]> frames = codec.encode(message.withIdentities(List.of(topic)));
    while (!sockets.publisher().offer(frames)) {
      Received received = sockets.poll(PAUSE);
      if (received != null) {
        waiting.add(received); // its turn comes when this request is done
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    sockets.wakeup();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      // The test is over: the thread is a daemon.
      Thread.currentThread().interrupt();
    }
    sockets.close();
    runtime.close();
  }
}
