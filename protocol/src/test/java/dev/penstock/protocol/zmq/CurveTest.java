package dev.penstock.protocol.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.connection.CurveKeys;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/** An encrypted kernel serves those who know its key, and nobody else. */
final class CurveTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final List<Channel> REPLYING =
      List.of(Channel.SHELL, Channel.CONTROL, Channel.STDIN);
  private static final byte[] HELLO = bytes("hello");

  private final ZmqRuntime runtime = new ZmqRuntime();
  private final KernelSockets kernel = bind();
  private int subscriptions; // that the kernel was told of

  private static CurveKeys keys() {
    ZMQ.Curve.KeyPair pair = ZMQ.Curve.generateKeyPair();
    return new CurveKeys(pair.publicKey, pair.secretKey);
  }

  private KernelSockets bind() {
    try {
      ConnectionInfo wanted = ConnectionInfo.loopback("key").withCurve(keys());
      return KernelSockets.bind(runtime, wanted, SocketLimits.DEFAULT);
    } catch (BindException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    kernel.close();
    runtime.close();
  }

  private ClientSockets connect(ConnectionInfo connection) {
    return ClientSockets.connect(runtime, connection, SocketLimits.DEFAULT);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void messagesTravelOnEveryChannelByteForByte() {
    byte[] megabytes = new byte[5_000_000];
    megabytes[4_999_999] = 7;
    assertServing(new byte[0], megabytes);
  }

  /** Encryption is slower than the publisher, which is no fault of the subscriber. */
  @Test
  void aSubscriberThatReadsLosesNothingHoweverSlowEncryptionIs() throws BindException {
    SocketLimits hasty =
        new SocketLimits(1 << 24, 64, 100, Duration.ofSeconds(1), Duration.ofMillis(1));
    ConnectionInfo wanted = ConnectionInfo.loopback("key").withCurve(keys());
    int messages = 100;
    try (KernelSockets other = KernelSockets.bind(runtime, wanted, hasty);
        ClientSockets client = connect(other.connection())) {
      while (!isSubscription(Objects.requireNonNull(other.poll(LONG), "no subscription"))) {
        // something else
      }
      Thread reader =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < messages; i++) {
                  assertThat(next(client).frames().getLast()).hasSize(200_000);
                }
              });
      for (int sent = 0; sent < messages; ) {
        if (other.publisher().offer(List.of(new byte[200_000]))) {
          sent++;
        } else {
          other.poll(Duration.ofMillis(20));
        }
      }
      assertThat(join(reader)).isTrue();
      assertThat(other.publisher().dropped()).isZero();
    }
  }

  private static boolean join(Thread thread) {
    try {
      return thread.join(LONG);
    } catch (InterruptedException e) {
      throw new AssertionError(e); // nobody interrupts tests
    }
  }

  private static boolean isSubscription(Received received) {
    return received.channel() == Channel.IOPUB && received.frames().getFirst()[0] == 1;
  }

  @Test
  void theLongestTopicIsAsLongAsWithoutEncryption() {
    ConnectionInfo connection = kernel.connection();
    try (ZMQ.Socket subscriber = runtime.encrypted(SocketType.SUB, Channel.IOPUB, 1_024, 0)) {
      Curve.connect(subscriber, Objects.requireNonNull(connection.curve()), false);
      byte[] topic = new byte[1_023];
      subscriber.subscribe(topic);
      subscriber.connect(connection.address(Channel.IOPUB));
      Received event = Objects.requireNonNull(kernel.poll(LONG), "no subscription came");
      assertThat(event.frames().getFirst()).hasSize(1_024);
    }
  }

  @Test
  void aClientWithoutEncryptionGetsNothing() {
    ConnectionInfo real = kernel.connection();
    ConnectionInfo plain =
        ConnectionInfo.loopback("key")
            .withPorts(
                real.shellPort(),
                real.iopubPort(),
                real.stdinPort(),
                real.controlPort(),
                real.hbPort());
    assertIgnored(plain);
  }

  @Test
  void aClientWithAnotherKeyGetsNothing() {
    assertIgnored(kernel.connection().withCurve(keys()));
  }

  /** What it sends reaches nobody, and no answer or publication reaches it. */
  private void assertIgnored(ConnectionInfo connection) {
    try (ClientSockets stranger = connect(connection)) {
      REPLYING.forEach(channel -> stranger.send(channel, List.of(bytes("stranger"))));
      stranger.send(Channel.HEARTBEAT, List.of(new byte[0], bytes("stranger")));
      for (int i = 0; i < 3; i++) {
        assertServing(HELLO);
      }
      assertThat(stranger.poll(Duration.ZERO, true)).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void peersThatSpeakNoCurveAreDisconnected(Channel channel) throws IOException {
    byte[] signature = {(byte) 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f};
    for (byte[] rest : List.of(new byte[] {0, 5}, new byte[] {1, 5})) { // ZMTP 1.0 and 2.0, DEALER
      try (RawPeer old = peer(channel)) {
        old.send(signature);
        old.send(rest);
        old.send((byte) 0, (byte) 0);
        assertThat(old.isClosedWithin(LONG)).isTrue();
      }
    }
    try (RawPeer unversioned = peer(channel);
        RawPeer plain = peer(channel)) {
      unversioned.send((byte) 1, (byte) 0, (byte) 2, (byte) 0, (byte) 7);
      assertThat(unversioned.isClosedWithin(LONG)).isTrue();
      assertThat(plain.greet("NULL").isClosedWithin(LONG)).isTrue();
    }
    assertServing(HELLO);
  }

  @ParameterizedTest
  @EnumSource
  void brokenHandshakesDoNoHarm(Channel channel) throws IOException {
    SplittableRandom random = new SplittableRandom(channel.name().length());
    List<String> names = List.of("HELLO", "INITIATE", "MESSAGE", "READY", "ERROR", "WELCOME", "X");
    for (int i = 0; i < 40; i++) {
      byte[] rest = new byte[random.nextInt(4) == 0 ? 194 : random.nextInt(600)];
      random.nextBytes(rest);
      if (rest.length > 1) {
        rest[0] = 1; // the version of a HELLO
        rest[1] = 0;
      }
      try (RawPeer peer = peer(channel).greet("CURVE")) {
        for (int n = 0; n < 3; n++) {
          sendQuietly(peer, names.get(random.nextInt(names.size())), rest);
        }
      }
    }
    assertServing(HELLO);
  }

  @ParameterizedTest
  @EnumSource
  void liesAboutSizesDoNoHarm(Channel channel) throws IOException {
    for (long size : List.of(-1L, Long.MIN_VALUE, (long) Integer.MAX_VALUE, 1L << 40)) {
      try (RawPeer peer = peer(channel).greet("CURVE")) {
        peer.announce(size);
      }
    }
    assertServing(HELLO);
  }

  private RawPeer peer(Channel channel) throws IOException {
    return new RawPeer(kernel.connection().port(channel));
  }

  private static void sendQuietly(RawPeer peer, String name, byte[] rest) {
    try {
      peer.command(name, rest);
    } catch (IOException e) {
      // Disconnected while it sent: that is what a broken handshake deserves.
    }
  }

  /** A client with the key gets its echo from every socket, and what is published. */
  private void assertServing(byte[]... frames) {
    List<byte[]> message = List.of(frames);
    int before = subscriptions;
    try (ClientSockets client = connect(kernel.connection())) {
      client.send(Channel.HEARTBEAT, List.of(new byte[0], HELLO));
      assertThat(next(client).frames()).containsExactly(new byte[0], HELLO);
      for (Channel channel : REPLYING) {
        client.send(channel, message);
        kernel.send(channel, request(channel, message.getLast()));
        assertThat(next(client).frames()).containsExactlyElementsOf(message);
      }
      while (subscriptions == before) {
        received();
      }
      assertThat(kernel.publisher().offer(message)).isTrue();
      assertThat(next(client).frames()).containsExactlyElementsOf(message);
    }
  }

  private List<byte[]> request(Channel channel, byte[] last) {
    Received received;
    do {
      received = received();
    } while (received.channel() != channel || !Arrays.equals(received.frames().getLast(), last));
    return received.frames();
  }

  private Received received() {
    Received received = Objects.requireNonNull(kernel.poll(LONG), "nothing came");
    String text = new String(received.frames().getLast(), StandardCharsets.US_ASCII);
    assertThat(text).isNotEqualTo("stranger");
    if (isSubscription(received)) {
      subscriptions++;
    }
    return received;
  }

  private static Received next(ClientSockets client) {
    return Objects.requireNonNull(client.poll(LONG, true), "nothing came");
  }
}
