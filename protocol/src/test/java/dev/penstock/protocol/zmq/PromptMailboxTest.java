package dev.penstock.protocol.zmq;

import static dev.penstock.protocol.zmq.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import zmq.Command;
import zmq.Ctx;
import zmq.IMailbox;
import zmq.Mailbox;
import zmq.ZObject;

final class PromptMailboxTest {

  /** Term and reaper threads come first; nothing that passes messages talks to them. */
  private static final int FIRST_IO_THREAD = 2;

  @Test
  void everySocketAndTheIoThreadAreSentToPromptly() throws Exception {
    try (ZmqRuntime runtime = new ZmqRuntime()) {
      ZMQ.Socket first = runtime.socket(SocketType.ROUTER, 1 << 20, 0);
      ZMQ.Socket second = runtime.socket(SocketType.XPUB, 1 << 20, 0);
      IMailbox[] slots = (IMailbox[]) read(Ctx.class, "slots", ctx(first));
      assertThat(
              Arrays.asList(
                  slots[FIRST_IO_THREAD],
                  slots[first.base().getTid()],
                  slots[second.base().getTid()]))
          .allMatch(PromptMailbox.class::isInstance);
    }
  }

  @Test
  void aSignalIsCountedBeforeTheReceiverCanSeeIt() throws Exception {
    try (ZmqRuntime runtime = new ZmqRuntime()) {
      ZMQ.Socket socket = runtime.socket(SocketType.ROUTER, 1 << 20, 0);
      Mailbox mailbox = new Mailbox((Ctx) ctx(socket), "test", 0);
      PromptMailbox prompt =
          new PromptMailbox(mailbox, requireNonNull(PromptMailbox.Fields.find()));
      Object signaler = read(Mailbox.class, "signaler", mailbox);
      AtomicLong counted = (AtomicLong) read(signaler.getClass(), "wcursor", signaler);
      Pipe.SinkChannel sink = (Pipe.SinkChannel) read(signaler.getClass(), "w", signaler);
      fill(sink);

      // No byte can be written now, but whoever looks is told that one comes.
      Command command = command(socket.base());
      Thread sender = Thread.ofPlatform().start(() -> prompt.send(command));
      eventually("the signal is counted", () -> counted.get() == 1);
      assertThat(sender.isAlive()).isTrue();

      assertThat(prompt.recv(0)).isSameAs(command);
      assertThat(((Pipe.SourceChannel) mailbox.getFd()).read(ByteBuffer.allocate(1 << 20)))
          .isPositive();
      assertThat(sender.join(Duration.ofSeconds(20))).isTrue();
      prompt.close();
    }
  }

  private static Command command(ZObject to) throws ReflectiveOperationException {
    Constructor<Command> constructor =
        Command.class.getDeclaredConstructor(ZObject.class, Command.Type.class);
    constructor.setAccessible(true);
    return constructor.newInstance(to, Command.Type.STOP);
  }

  private static void fill(Pipe.SinkChannel sink) throws Exception {
    int written = 1;
    for (int size = 1 << 16; size > 0; size = written > 0 ? size : size / 2) {
      written = sink.write(ByteBuffer.allocate(size));
    }
  }

  private static Object ctx(ZMQ.Socket socket) throws ReflectiveOperationException {
    return read(ZObject.class, "ctx", socket.base());
  }

  private static Object read(Class<?> owner, String name, Object from)
      throws ReflectiveOperationException {
    Field field = owner.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(from);
  }
}
