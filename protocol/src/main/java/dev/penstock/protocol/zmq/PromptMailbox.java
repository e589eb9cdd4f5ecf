package dev.penstock.protocol.zmq;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZMQ;
import zmq.Command;
import zmq.Ctx;
import zmq.IMailbox;
import zmq.Mailbox;
import zmq.ZError;
import zmq.ZObject;

/**
 * The sending side of a JeroMQ mailbox, in an order in which the receiver never spins.
 *
 * <p>A mailbox is how JeroMQ's threads talk: a queue of commands, a pipe that wakes the receiver,
 * and a count of the bytes written to that pipe. JeroMQ 0.6.0 writes the byte first and counts it
 * then. The byte wakes the receiver, which on a busy machine takes the sender's core before the
 * sender has counted; the receiver takes no byte that was not counted, so its selector finds the
 * pipe readable again at once, and again, until the scheduler lets the sender go on: milliseconds.
 * Measured on two cores for one small cell at a time: 1.3 ms of CPU a cell, most of it these turns,
 * and one cell in a hundred that took 8 ms. Here the byte is counted before it is written.
 *
 * <p>JeroMQ has no call for this, so private fields are read (none is written; the array of
 * mailboxes gets another element). A JeroMQ with other fields keeps its own mailboxes: slower, and
 * as right. A test says so when the version that we build with is such a one.
 *
 * <p>{@link #send} is for any thread, as JeroMQ's is; receiving stays what it was.
 */
final class PromptMailbox implements IMailbox {

  private static final @Nullable Fields FIELDS = Fields.find();

  private final Mailbox mailbox;
  private final Deque<Command> commands;
  private final Pipe.SinkChannel sink;
  private final AtomicLong written;

  @SuppressWarnings("unchecked") // the field's declared type
  PromptMailbox(Mailbox mailbox, Fields fields) throws IllegalAccessException {
    this.mailbox = mailbox;
    Object signaler = fields.signaler.get(mailbox);
    commands = (Deque<Command>) fields.commands.get(mailbox);
    sink = (Pipe.SinkChannel) fields.sink.get(signaler);
    written = (AtomicLong) fields.written.get(signaler);
  }

  /**
   * Makes everybody send promptly to a socket that is neither bound nor connected yet, and to the
   * I/O threads of its context.
   */
  static void install(ZMQ.Socket socket) {
    if (FIELDS == null) {
      return;
    }
    try {
      Object context = FIELDS.ctx.get(socket.base());
      IMailbox[] slots = (IMailbox[]) FIELDS.slots.get(context);
      // The context never changes the slot of a socket or an I/O thread that lives. A thread that
      // still sees the former mailbox sends to the same queue in JeroMQ's way.
      replace(slots, socket.base(), FIELDS);
      for (Object thread : (List<?>) FIELDS.ioThreads.get(context)) {
        replace(slots, (ZObject) thread, FIELDS);
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a field that was made accessible is not", e);
    }
  }

  private static void replace(IMailbox[] slots, ZObject owner, Fields fields)
      throws IllegalAccessException {
    if (slots[owner.getTid()] instanceof Mailbox mailbox) {
      slots[owner.getTid()] = new PromptMailbox(mailbox, fields);
    }
  }

  @Override
  public void send(Command command) {
    commands.addLast(command);
    written.incrementAndGet();
    signal();
  }

  /** Writes one byte. An interrupt of this thread must not close the pipe: it is kept for later. */
  private void signal() {
    boolean interrupted = Thread.interrupted();
    try {
      ByteBuffer one = ByteBuffer.allocate(1);
      while (one.hasRemaining()) {
        sink.write(one);
      }
    } catch (IOException e) {
      throw new ZError.IOException(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public Command recv(long timeout) {
    return mailbox.recv(timeout);
  }

  @Override
  public void close() throws IOException {
    mailbox.close();
  }

  /** JeroMQ's private fields that are read here. */
  record Fields(
      Field ctx,
      Field slots,
      Field ioThreads,
      Field commands,
      Field signaler,
      Field sink,
      Field written) {

    /** Null for a JeroMQ that does not have them, or does not let them be read. */
    static @Nullable Fields find() {
      try {
        Field signaler = field(Mailbox.class, "signaler");
        return new Fields(
            field(ZObject.class, "ctx"),
            field(Ctx.class, "slots"),
            field(Ctx.class, "ioThreads"),
            field(Mailbox.class, "cpipe"),
            signaler,
            field(signaler.getType(), "w"),
            field(signaler.getType(), "wcursor"));
      } catch (NoSuchFieldException | InaccessibleObjectException e) {
        return null; // another version, or one in a closed module: its own mailboxes do
      }
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
      Field field = owner.getDeclaredField(name);
      field.setAccessible(true);
      return field;
    }
  }
}
