package dev.penstock.protocol.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.connection.RegistrationInfo;
import dev.penstock.protocol.wire.RegistrationCodec;
import dev.penstock.protocol.wire.Signer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMsg;

/** A kernel's side of JEP 66, against a launcher's ROUTER socket. */
final class RegistrarTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final ConnectionInfo KERNEL =
      ConnectionInfo.loopback("key").withPorts(1, 2, 3, 4, 5);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ZContext context = new ZContext();
  private final ZmqRuntime runtime = new ZmqRuntime();
  private final ZMQ.Socket launcher = context.createSocket(SocketType.ROUTER);
  private RegistrationInfo info = new RegistrationInfo("id", "tcp", "127.0.0.1", 1);

  @BeforeEach
  void listen() {
    launcher.setReceiveTimeOut(Math.toIntExact(LONG.toMillis()));
    info =
        new RegistrationInfo(
            "id", "tcp", "127.0.0.1", launcher.bindToRandomPort("tcp://127.0.0.1"));
  }

  @AfterEach
  void close() {
    threads.close();
    runtime.close();
    context.close();
  }

  private static RegistrationCodec codec(String key) {
    return new RegistrationCodec(Signer.of("hmac-sha256", key));
  }

  private CompletableFuture<Boolean> register(Duration limit) {
    Registrar registrar = new Registrar(runtime);
    return CompletableFuture.supplyAsync(
        () -> registrar.register(info, KERNEL, codec("key"), limit), threads);
  }

  private static ZMsg message(byte[] identity, List<byte[]> frames) {
    ZMsg message = new ZMsg();
    message.add(identity);
    frames.forEach(message::add);
    return message;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theKernelTellsItsPortsAndTakesASignedAnswer() {
    CompletableFuture<Boolean> registered = register(LONG);
    ZMsg request = ZMsg.recvMsg(launcher);
    byte[] identity = request.pop().getData();
    assertThat(request).hasSize(3);
    assertThat(request.getFirst().getString(StandardCharsets.US_ASCII)).isEqualTo("<IDS|MSG>");
    assertThat(request.getLast().getData()).isEqualTo(info.content(KERNEL));
    List<byte[]> frames = request.stream().map(frame -> frame.getData()).toList();
    assertThat(codec("key").isSigned(frames)).isTrue();
    assertThat(codec("other").isSigned(frames)).isFalse();

    message(identity, codec("other").encode(bytes("{}"))).send(launcher);
    message(identity, List.of(bytes("ACK"))).send(launcher);
    message(identity, List.of()).send(launcher);
    assertThat(registered).isNotDone();
    message(identity, codec("key").encode(bytes("ACK"))).send(launcher);
    assertThat(registered.join()).isTrue();
  }

  /** Connections that JeroMQ forgets must be made anew. */
  @Test
  void manyAtOnceAllComeThrough() {
    List<CompletableFuture<Boolean>> kernels =
        Stream.generate(() -> register(LONG)).limit(40).toList();
    for (int i = 0; i < kernels.size(); i++) {
      byte[] identity = ZMsg.recvMsg(launcher).pop().getData();
      message(identity, codec("key").encode(bytes("ACK"))).send(launcher);
    }
    assertThat(kernels).allSatisfy(kernel -> assertThat(kernel.join()).isTrue());
  }

  @Test
  void aLauncherThatSaysNothingIsGivenUp() {
    assertThat(register(Duration.ofMillis(100)).join()).isFalse();
  }
}
