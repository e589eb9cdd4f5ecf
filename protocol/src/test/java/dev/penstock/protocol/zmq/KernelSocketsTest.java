package dev.penstock.protocol.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KernelSocketsTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final ConnectionInfo ANY = ConnectionInfo.loopback("key");

  private final ZmqRuntime runtime = new ZmqRuntime();

  @AfterEach
  void closeRuntime() {
    runtime.close();
  }

  private KernelSockets bind(ConnectionInfo wanted) throws BindException {
    return KernelSockets.bind(runtime, wanted, SocketLimits.DEFAULT);
  }

  private ClientSockets connect(KernelSockets kernel) {
    return ClientSockets.connect(runtime, kernel.connection(), SocketLimits.DEFAULT);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The next message that is no subscription. */
  private static Received next(KernelSockets kernel) {
    Received received;
    do {
      received = Objects.requireNonNull(kernel.poll(LONG), "nothing came");
    } while (received.channel() == Channel.IOPUB);
    return received;
  }

  private static Received next(ClientSockets client) {
    return Objects.requireNonNull(client.poll(LONG, true), "nothing came");
  }

  @Test
  void requestsAndRepliesTravelOnEveryChannelByteForByte() throws BindException {
    byte[] megabytes = new byte[5_000_000];
    megabytes[4_999_999] = 7;
    try (KernelSockets kernel = bind(ANY);
        ClientSockets client = connect(kernel)) {
      for (Channel channel : List.of(Channel.SHELL, Channel.CONTROL, Channel.STDIN)) {
        client.send(channel, List.of(bytes("a"), new byte[0], megabytes));
        Received request = next(kernel);
        assertThat(request.channel()).isEqualTo(channel);
        assertThat(request.frames()).hasSize(4);
        assertThat(request.frames().subList(1, 4))
            .containsExactly(bytes("a"), new byte[0], megabytes);
        kernel.send(channel, request.frames());
        Received reply = next(client);
        assertThat(reply.channel()).isEqualTo(channel);
        assertThat(reply.frames()).containsExactly(bytes("a"), new byte[0], megabytes);
      }
    }
  }

  @Test
  void controlComesBeforeShell() throws BindException {
    try (KernelSockets kernel = bind(ANY);
        ClientSockets client = connect(kernel)) {
      client.send(Channel.SHELL, List.of(bytes("0")));
      client.send(Channel.CONTROL, List.of(bytes("0")));
      next(kernel);
      next(kernel); // both are connected
      client.send(Channel.SHELL, List.of(bytes("1")));
      client.send(Channel.CONTROL, List.of(bytes("1")));
      // An event on the last socket served shows that both are in their queues: the I/O thread
      // takes the client's connections in turn, so several rounds are needed to be sure.
      Received first = null;
      for (int i = 0; first == null; i++) {
        client.send(Channel.HEARTBEAT, List.of(new byte[0], bytes("round")));
        next(client);
        first = i < 5 ? null : next(kernel);
      }
      assertThat(first.channel()).isEqualTo(Channel.CONTROL);
      assertThat(next(kernel).channel()).isEqualTo(Channel.SHELL);
    }
  }

  @Test
  void aClientThatIsGoneOrUnknownLosesItsReplyAndNobodyWaits() throws BindException {
    try (KernelSockets kernel = bind(ANY)) {
      kernel.send(Channel.SHELL, List.of(bytes("nobody"), bytes("reply")));
      assertThat(kernel.poll(Duration.ZERO)).isNull();
    }
  }

  @Test
  void wakeupEndsAPollFromAnyThreadAndCountsOnce() throws Exception {
    try (KernelSockets kernel = bind(ANY)) {
      kernel.wakeup();
      kernel.wakeup();
      assertThat(kernel.poll(LONG)).isNull();
      long start = System.nanoTime();
      assertThat(kernel.poll(Duration.ofMillis(50))).isNull();
      assertThat(System.nanoTime() - start).isGreaterThan(40_000_000);
      Thread waker = Thread.ofVirtual().start(kernel::wakeup);
      start = System.nanoTime();
      assertThat(kernel.poll(LONG)).isNull();
      assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos() / 2);
      waker.join();
    }
  }

  @Test
  void everySubscriberRaisesItsEventAlsoForAKnownTopic() throws BindException {
    try (KernelSockets kernel = bind(ANY);
        ClientSockets a = connect(kernel);
        ClientSockets b = connect(kernel);
        ClientSockets c = connect(kernel)) {
      for (int i = 0; i < 3; i++) {
        Received event = Objects.requireNonNull(kernel.poll(LONG));
        assertThat(event.channel()).isEqualTo(Channel.IOPUB);
        assertThat(event.frames()).containsExactly(new byte[] {1});
      }
      assertThat(kernel.publisher().subscribers()).isEqualTo(3);
      assertThat(kernel.publisher().offer(List.of(bytes("topic"), bytes("welcome")))).isTrue();
      for (ClientSockets client : List.of(a, b, c)) {
        assertThat(next(client).frames()).containsExactly(bytes("topic"), bytes("welcome"));
      }
    }
  }

  @Test
  void aSubscriptionIsToldBeforeRequestsThatWait() throws BindException {
    try (KernelSockets kernel = bind(ANY);
        ClientSockets client = connect(kernel)) {
      client.send(Channel.SHELL, List.of(bytes("request")));
      byte[] event = kernel.subscription();
      while (event == null) { // both are on their way
        Thread.onSpinWait();
        event = kernel.subscription();
      }
      assertThat(event).containsExactly(1);
      assertThat(kernel.subscription()).isNull();
      assertThat(Objects.requireNonNull(kernel.poll(LONG)).channel()).isEqualTo(Channel.SHELL);
    }
  }

  @Test
  void heartbeatsAreEchoedWhileTheOwnerDoesNothing() throws BindException {
    try (KernelSockets kernel = bind(ANY);
        ClientSockets client = connect(kernel)) {
      for (int i = 0; i < 50; i++) {
        client.send(Channel.HEARTBEAT, List.of(new byte[0], bytes("beat " + i)));
        Received echo = next(client);
        assertThat(echo.channel()).isEqualTo(Channel.HEARTBEAT);
        assertThat(echo.frames()).containsExactly(new byte[0], bytes("beat " + i));
      }
      kernel.stopHeartbeat();
      client.send(Channel.HEARTBEAT, List.of(new byte[0], bytes("anyone?")));
      assertThat(client.poll(Duration.ofMillis(200), true)).isNull();
    }
  }

  @Test
  void portsAreFreeAtOnceAfterClose() throws BindException {
    ConnectionInfo connection = ANY;
    for (int i = 0; i < 20; i++) {
      try (KernelSockets kernel = bind(connection);
          ClientSockets client = connect(kernel)) {
        client.send(Channel.SHELL, List.of(bytes("hello")));
        assertThat(next(kernel).channel()).isEqualTo(Channel.SHELL);
        if (i > 0) {
          assertThat(kernel.connection()).isEqualTo(connection);
        }
        connection = kernel.connection();
      }
    }
  }

  @Test
  void aTakenPortFailsAtOnceAndLeavesNothingBound() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ConnectionInfo bound;
      try (KernelSockets kernel = bind(ANY)) {
        bound = kernel.connection();
      }
      ConnectionInfo wanted = bound.withPort(Channel.HEARTBEAT, taken.getLocalPort());
      assertThatThrownBy(() -> bind(wanted))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("cannot bind the heartbeat socket to 127.0.0.1 port")
          .hasMessageContaining("in use");
      bind(bound).close();
    }
  }

  @Test
  void addressesThatAreNotOursFailClearly() {
    ConnectionInfo foreign =
        new ConnectionInfo("tcp", "192.0.2.1", 0, 0, 0, 0, 0, "", "hmac-sha256", null, null);
    assertThatThrownBy(() -> bind(foreign))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("this machine has no such address");
  }

  @Test
  void everyAddressFormBinds() throws Exception {
    for (String ip : List.of("*", "0.0.0.0", "localhost", "127.0.0.1", "::1")) {
      if (ip.equals("::1") && !hasIpv6()) {
        continue;
      }
      ConnectionInfo wanted =
          new ConnectionInfo("tcp", ip, 0, 0, 0, 0, 0, "", "hmac-sha256", null, null);
      try (KernelSockets kernel = bind(wanted);
          ClientSockets client = connect(kernel)) {
        client.send(Channel.SHELL, List.of(bytes(ip)));
        assertThat(next(kernel).frames().getLast()).isEqualTo(bytes(ip));
      }
    }
  }

  private static boolean hasIpv6() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      return socket.isBound();
    } catch (IOException e) {
      return false; // a machine without IPv6
    }
  }

  @Test
  void anotherThanTheOwnerIsRefused() throws Exception {
    try (KernelSockets kernel = bind(ANY)) {
      kernel.poll(Duration.ZERO);
      CountDownLatch refused = new CountDownLatch(1);
      Thread.ofVirtual()
          .start(() -> {
            try {
              kernel.poll(Duration.ZERO);
            } catch (IllegalStateException e) {
              refused.countDown();
            }
          });
      assertThat(refused.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
