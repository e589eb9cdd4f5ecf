package dev.penstock.protocol.zmq;

import dev.penstock.protocol.message.Channel;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * What all ZeroMQ sockets of a program share: one I/O thread and one heartbeat thread. Thread-safe.
 *
 * <p>Encrypted sockets have two more I/O threads: JeroMQ encrypts there, in plain Java, and a large
 * message takes seconds. One is for what is large (shell, iopub), the other for what must not wait
 * (heartbeat, control, stdin); sockets without encryption notice neither.
 *
 * <p>Closing it closes what is left of its sockets without waiting for their messages.
 */
public final class ZmqRuntime implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ZmqRuntime.class);

  /** JeroMQ's default of 1,023 would end at about 200 sessions. */
  private static final int MAX_SOCKETS = 20_000;

  /** A peer that connects and does not finish the handshake is disconnected after this, in ms. */
  private static final int HANDSHAKE_MS = 10_000;

  /** Copies that JeroMQ makes of a frame while it encrypts or decrypts it, and the frame. */
  private static final int CURVE_COPIES = 4;

  private static final long BULK_THREAD = 1;
  private static final long URGENT_THREAD = 2;

  private final ZContext context = new ZContext(1);
  private final ZContext encrypting = new ZContext(2);
  private final Heartbeats heartbeats;

  /** Starts no thread yet: the first socket does. */
  public ZmqRuntime() {
    prepare(context);
    prepare(encrypting);
    heartbeats = new Heartbeats(this);
  }

  private static void prepare(ZContext context) {
    context.getContext().setMaxSockets(MAX_SOCKETS);
    context.setUncaughtExceptionHandler(
        (thread, e) -> LOG.error("ZeroMQ thread {} ended; no socket works now", thread, e));
    context.setNotificationExceptionHandler(
        (thread, e) -> LOG.warn("ZeroMQ thread {}: {}", thread, e.toString()));
  }

  Heartbeats heartbeats() {
    return heartbeats;
  }

  ZMQ.Poller poller(int size) {
    return context.createPoller(size);
  }

  /**
   * A socket with the guards that JeroMQ 0.6.0 needs before it is bound or connected. Two attacks
   * that need no key stop a whole context without them: a frame of negative size throws in the I/O
   * thread for ever, and an announced size that cannot be allocated ends that thread. So the
   * allocator never throws (see {@link FrameMemory}), and sizes are bounded. Messages on the heap
   * are also copied once less.
   *
   * <p>TCP keepalive finds peers that went away. ZMTP heartbeats would too, but they also
   * disconnect a client that is merely stopped (a debugger, a suspended job), which then loses its
   * messages: they stay off.
   */
  ZMQ.Socket socket(SocketType type, long maxMessageBytes, int lingerMillis) {
    ZMQ.Socket socket = context.createSocket(type);
    socket.setMsgAllocator(size -> FrameMemory.allocate(size, maxMessageBytes));
    socket.setMaxMsgSize(maxMessageBytes);
    return withDefaults(socket, lingerMillis);
  }

  /** The same for one channel of an encrypted kernel; its keys are set by {@link Curve}. */
  ZMQ.Socket encrypted(SocketType type, Channel channel, long maxMessageBytes, int lingerMillis) {
    ZMQ.Socket socket = encrypting.createSocket(type);
    long max = maxMessageBytes + Curve.OVERHEAD;
    socket.setMsgAllocator(size -> FrameMemory.allocate(size, max, CURVE_COPIES));
    socket.setMaxMsgSize(max);
    boolean isBulk = channel == Channel.SHELL || channel == Channel.IOPUB;
    socket.setAffinity(isBulk ? BULK_THREAD : URGENT_THREAD);
    return withDefaults(socket, lingerMillis);
  }

  private static ZMQ.Socket withDefaults(ZMQ.Socket socket, int lingerMillis) {
    socket.setLinger(lingerMillis);
    socket.setTCPKeepAlive(1);
    socket.setHandshakeIvl(HANDSHAKE_MS);
    PromptMailbox.install(socket);
    return socket;
  }

  /** Whether the encrypting threads have memory for these frames. */
  static boolean canEncrypt(List<byte[]> frames) {
    return frames.stream().allMatch(frame -> FrameMemory.hasRoom(frame.length, CURVE_COPIES - 1));
  }

  @Override
  public void close() {
    heartbeats.close();
    context.close();
    encrypting.close();
  }
}
