package dev.penstock.protocol.zmq;

import java.util.concurrent.CompletableFuture;
import org.zeromq.ZEvent;
import org.zeromq.ZMQ;
import zmq.msg.MsgAllocator;

/**
 * Tells when a connecting socket is known to its peer by its identity, from when on the peer can
 * send to it.
 *
 * <p>A peer says READY when it has read who we are (encrypted: its second frame, after WELCOME), or
 * is just about to (in plain: its first; what we then send on another socket takes longer than
 * that). JeroMQ 0.6.0 has an event for the first bytes of a connection only, which for an encrypted
 * one is two round trips too early, and keeps the frames of the handshake to itself; but it asks
 * the socket's allocator for their memory. All of this happens on the socket's I/O thread.
 */
final class Greeting implements MsgAllocator, ZEvent.ZEventConsummer {

  private final MsgAllocator memory;
  private final int framesToReady;
  private final CompletableFuture<Boolean> known = new CompletableFuture<>();
  private int frames;

  private Greeting(MsgAllocator memory, int framesToReady) {
    this.memory = memory;
    this.framesToReady = framesToReady;
  }

  /** Watches a socket that is not connected yet, and completes when its peer knows it. */
  static CompletableFuture<Boolean> of(ZMQ.Socket socket, boolean encrypted) {
    MsgAllocator memory = (MsgAllocator) socket.base().getSocketOptx(zmq.ZMQ.ZMQ_MSG_ALLOCATOR);
    Greeting greeting = new Greeting(memory, encrypted ? 2 : 1);
    socket.setMsgAllocator(greeting);
    socket.setEventHook(greeting, ZMQ.EVENT_CONNECTED);
    return greeting.known;
  }

  /** A connection begins: what another one greeted does not count. */
  @Override
  public void consume(ZEvent event) {
    frames = 0;
  }

  @Override
  public zmq.Msg allocate(int size) {
    frames++;
    if (frames == framesToReady) {
      known.complete(true);
    }
    return memory.allocate(size);
  }
}
