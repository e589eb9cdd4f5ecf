package dev.penstock.protocol.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes from peers that have no key: the sockets must still serve those that have one. */
final class AttackTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  /** Small, because random bytes often announce frames of almost the limit. */
  private static final SocketLimits LIMITS = SocketLimits.DEFAULT.withMaxMessageBytes(1 << 24);

  private final ZmqRuntime runtime = new ZmqRuntime();
  private final KernelSockets kernel = bind();

  private KernelSockets bind() {
    try {
      return KernelSockets.bind(runtime, ConnectionInfo.loopback("key"), LIMITS);
    } catch (BindException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void isServingBefore() {
    assertServing();
  }

  @AfterEach
  void close() {
    kernel.close();
    runtime.close();
  }

  private RawPeer peer(Channel channel) throws IOException {
    RawPeer peer = new RawPeer(kernel.connection().port(channel));
    return peer.handshake(channel == Channel.IOPUB ? "SUB" : "DEALER");
  }

  @ParameterizedTest
  @EnumSource
  void aFrameOfNegativeSize(Channel channel) throws IOException {
    try (RawPeer peer = peer(channel)) {
      peer.announce(-1);
      peer.announce(Long.MIN_VALUE);
      peer.announce(Long.MIN_VALUE | Integer.MAX_VALUE); // its lower half looks like 2 GB
      assertServing();
    }
  }

  @ParameterizedTest
  @EnumSource
  void commandsThatAreCutShort(Channel channel) throws IOException {
    for (String command : List.of("", "PING", "PONG", "READY", "ERROR", "SUBSCRIBE", "X")) {
      try (RawPeer peer = peer(channel)) {
        byte[] name = command.getBytes(StandardCharsets.US_ASCII);
        peer.send((byte) 4, (byte) (1 + name.length), (byte) name.length);
        sendAll(peer, name);
        assertServing();
      }
    }
  }

  @Test
  void manyPeersThatAnnounceWhatIsAllowed() throws IOException {
    List<RawPeer> peers = new ArrayList<>();
    long heap = Runtime.getRuntime().maxMemory();
    for (long announced = 0; announced < heap * 5 / 4; announced += 1 << 24) {
      RawPeer peer = new RawPeer(kernel.connection().shellPort()).handshake("DEALER");
      peer.announce(1 << 24);
      peers.add(peer);
    }
    assertServing();
    for (RawPeer peer : peers) {
      peer.close();
    }
    assertServing();
  }

  @Test
  void sizesOutsideTheLimitAreNeverAllocated() {
    assertThat(FrameMemory.allocate(-1, 10).size()).isZero();
    assertThat(FrameMemory.allocate(11, 10).size()).isZero();
    assertThat(FrameMemory.allocate(10, 10).size()).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource
  void anAnnouncedFrameOfTwoGigabytes(Channel channel) throws IOException {
    try (RawPeer peer = peer(channel)) {
      peer.announce(Integer.MAX_VALUE);
      assertThat(peer.isClosedWithin(LONG)).isTrue();
      assertServing();
    }
  }

  @ParameterizedTest
  @EnumSource
  void garbageInsteadOfAGreetingAndAfterIt(Channel channel) throws IOException {
    SplittableRandom random = new SplittableRandom(channel.name().length());
    byte[] garbage = new byte[20_000];
    for (int i = 0; i < 20; i++) {
      random.nextBytes(garbage);
      try (RawPeer stranger = new RawPeer(kernel.connection().port(channel));
          RawPeer peer = peer(channel)) {
        sendAll(stranger, garbage);
        sendAll(peer, garbage);
      }
    }
    assertServing();
  }

  @Test
  void aTopicOfAMegabyte() throws IOException {
    try (RawPeer peer = peer(Channel.IOPUB)) {
      byte[] topic = new byte[1 << 20];
      topic[0] = 1;
      sendAll(peer, topic);
      peer.longFrame(topic);
      assertServing();
    } catch (IOException e) {
      assertServing(); // disconnected while it sent
    }
  }

  @Test
  void theLongestTopicAllowed() throws IOException {
    try (RawPeer peer = peer(Channel.IOPUB)) {
      byte[] topic = new byte[1_024];
      topic[0] = 1;
      peer.longFrame(topic);
      Received event;
      do {
        event = Objects.requireNonNull(kernel.poll(LONG));
      } while (event.frames().getFirst().length != topic.length);
      assertServing();
    }
    assertServing();
  }

  @Test
  void messagesOnIopubThatAreNoSubscriptions() throws IOException {
    try (RawPeer peer = peer(Channel.IOPUB)) {
      peer.frame();
      peer.frame((byte) 7, (byte) 7);
      peer.send((byte) 1, (byte) 1, (byte) 1); // a subscription that says "more follows"
      assertServing();
    }
  }

  private static void sendAll(RawPeer peer, byte[] bytes) {
    try {
      peer.send(bytes);
    } catch (IOException e) {
      // Disconnected while it sent: that is what garbage deserves.
    }
  }

  /** A good client still gets its echo from every socket, and its subscription. */
  private void assertServing() {
    try (ClientSockets client =
        ClientSockets.connect(runtime, kernel.connection(), SocketLimits.DEFAULT)) {
      client.send(Channel.HEARTBEAT, List.of(new byte[0], HELLO));
      assertThat(next(client).frames()).containsExactly(new byte[0], HELLO);
      for (Channel channel : List.of(Channel.SHELL, Channel.CONTROL, Channel.STDIN)) {
        client.send(channel, List.of(HELLO));
        kernel.send(channel, request(channel).frames());
        assertThat(next(client).frames()).containsExactly(HELLO);
      }
    }
  }

  private Received request(Channel channel) {
    Received received;
    do {
      received = Objects.requireNonNull(kernel.poll(LONG), "nothing came");
    } while (received.channel() != channel || !Arrays.equals(received.frames().getLast(), HELLO));
    return received;
  }

  private static Received next(ClientSockets client) {
    return Objects.requireNonNull(client.poll(LONG, true), "nothing came");
  }
}
