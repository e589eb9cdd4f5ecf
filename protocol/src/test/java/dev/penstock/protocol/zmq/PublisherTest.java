package dev.penstock.protocol.zmq;

import static dev.penstock.protocol.zmq.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.message.Channel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PublisherTest {

  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final int MESSAGES = 20_000;
  private static final int SIZE = 1_024;
  private static final byte[] TOPIC = "stream.stdout".getBytes(StandardCharsets.US_ASCII);

  private final ZmqRuntime runtime = new ZmqRuntime();
  private final CountDownLatch done = new CountDownLatch(2);
  private final CountDownLatch leave = new CountDownLatch(1);
  private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    readers.shutdownNow();
    runtime.close();
  }

  @Test
  void oneStalledSubscriberOfThreeCostsTheOthersNothing() throws Exception {
    Duration patience = Duration.ofSeconds(5); // healthy readers get the processor within it
    try (KernelSockets kernel = bind(patience);
        RawPeer stalled = new RawPeer(kernel.connection().iopubPort()).handshake("SUB")) {
      stalled.frame((byte) 1);
      Future<Integer> a = readers.submit(reader(kernel.connection()));
      Future<Integer> b = readers.submit(reader(kernel.connection()));
      Publisher publisher = kernel.publisher();
      awaitSubscriptions(kernel, 3);

      long start = System.nanoTime();
      for (int i = 0; i < MESSAGES; i++) {
        publish(kernel, i);
      }
      long millis = (System.nanoTime() - start) / 1_000_000;

      assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(publisher.stalled()).isEqualTo(1);
      assertThat(publisher.dropped()).isBetween(1L, (long) MESSAGES);
      // Another one for each message would be a day.
      assertThat(millis).as("one patience").isGreaterThanOrEqualTo(patience.toMillis());

      stalled.startReading();
      eventually(
          "the stalled subscriber is healthy again",
          () -> {
            publish(kernel, MESSAGES);
            return publisher.stalled() == 0;
          });
      long dropped = publisher.dropped();
      for (int i = 0; i < 1_000; i++) {
        publish(kernel, MESSAGES + i);
      }
      assertThat(publisher.dropped()).isEqualTo(dropped);
      leave.countDown();
      assertThat(a.get()).isEqualTo(MESSAGES);
      assertThat(b.get()).isEqualTo(MESSAGES);
    }
  }

  @Test
  void aSlowSubscriberIsWaitedForAndLosesNothing() throws Exception {
    try (KernelSockets kernel = bind(Duration.ofSeconds(20));
        RawPeer slow = new RawPeer(kernel.connection().iopubPort()).handshake("SUB")) {
      slow.frame((byte) 1);
      awaitSubscriptions(kernel, 1);
      int sent = 0;
      while (kernel.publisher().offer(message(sent))) {
        sent++;
      }
      assertThat(sent).as("its queue is bounded").isLessThan(MESSAGES);
      slow.startReading();
      publish(kernel, sent);
      assertThat(kernel.publisher().dropped()).isZero();
      assertThat(kernel.publisher().stalled()).isZero();
    }
  }

  @Test
  void withoutSubscribersMessagesGoNowhere() throws BindException {
    try (KernelSockets kernel = bind()) {
      for (int i = 0; i < 1_000; i++) {
        assertThat(kernel.publisher().offer(message(i))).isTrue();
      }
      assertThat(kernel.publisher().dropped()).isZero();
      assertThat(kernel.publisher().subscribers()).isZero();
    }
  }

  @Test
  void aSubscriberThatLeavesWhileItIsStalledIsForgotten() throws Exception {
    try (KernelSockets kernel = bind()) {
      try (RawPeer stalled = new RawPeer(kernel.connection().iopubPort()).handshake("SUB")) {
        stalled.frame((byte) 1);
        awaitSubscriptions(kernel, 1);
        for (int i = 0; kernel.publisher().stalled() == 0; i++) {
          publish(kernel, i);
        }
      }
      eventually(
          "the subscriber is gone",
          () -> {
            publish(kernel, 0);
            return kernel.publisher().subscribers() == 0;
          });
      assertThat(kernel.publisher().stalled()).isZero();
    }
  }

  private KernelSockets bind() throws BindException {
    return bind(SocketLimits.DEFAULT.stallPatience());
  }

  private KernelSockets bind(Duration patience) throws BindException {
    SocketLimits usual = SocketLimits.DEFAULT;
    SocketLimits limits =
        new SocketLimits(
            usual.maxMessageBytes(),
            usual.publishHighWaterMark(),
            usual.replyHighWaterMark(),
            usual.linger(),
            patience);
    return KernelSockets.bind(runtime, ConnectionInfo.loopback(""), limits);
  }

  private static void awaitSubscriptions(KernelSockets kernel, int number) {
    for (int events = 0; events < number; ) {
      Received received = kernel.poll(Duration.ofSeconds(20));
      assertThat(received).as("subscription").isNotNull();
      events++;
    }
  }

  private static void publish(KernelSockets kernel, int number) {
    List<byte[]> frames = message(number);
    while (!kernel.publisher().offer(frames)) {
      kernel.poll(PAUSE);
    }
  }

  private static List<byte[]> message(int number) {
    return List.of(TOPIC, ByteBuffer.allocate(SIZE).putInt(number).array());
  }

  /** Reads all messages and checks that each is the next one; gives their number. */
  private Callable<Integer> reader(ConnectionInfo kernel) {
    return () -> {
      try (ClientSockets client = ClientSockets.connect(runtime, kernel, SocketLimits.DEFAULT)) {
        for (int expected = 0; expected < MESSAGES; expected++) {
          Received received = client.poll(Duration.ofSeconds(20), true);
          assertThat(received).as("message %d", expected).isNotNull();
          if (received == null || received.channel() != Channel.IOPUB) {
            throw new AssertionError("not an iopub message");
          }
          int number = ByteBuffer.wrap(received.frames().getLast()).getInt();
          assertThat(number).isEqualTo(expected);
        }
        done.countDown();
        leave.await();
        return MESSAGES;
      }
    };
  }
}
