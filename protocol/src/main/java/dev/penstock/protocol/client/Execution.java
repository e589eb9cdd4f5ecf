package dev.penstock.protocol.client;

import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.Message;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Code that runs in a kernel: its outputs as they come, then its reply.
 *
 * <p>The outputs can be read once, by one thread; they end when the kernel is idle again and the
 * reply is there. Outputs that are not read wait in memory; when a client has 100,000 of them it
 * stops reading iopub, so read or {@link #close} every execution.
 */
public final class Execution implements Iterable<Output>, AutoCloseable {

  private static final Raw END = new Raw(new Header("", "", "", "", "", "", null), null);

  private record Raw(Header header, @Nullable Message message) {}

  private final BlockingQueue<Raw> unread = new LinkedBlockingQueue<>();
  private final CompletableFuture<Reply> reply;
  private final Duration limit;
  private final Backlog backlog;
  private volatile boolean closed;

  Execution(CompletableFuture<Reply> reply, Duration limit, Backlog backlog) {
    this.reply = reply;
    this.limit = limit;
    this.backlog = backlog;
  }

  /** An iopub message of this code; called by the client's thread. */
  void add(Header header, Message message) {
    if (!closed) {
      backlog.added();
      unread.add(new Raw(header, message));
    }
  }

  /** No more outputs; called by the client's thread. */
  void end() {
    unread.add(END);
  }

  /**
   * The outputs, each as soon as it comes.
   *
   * @throws KernelTimeoutException from the iterator, if nothing comes for the time of {@link
   *     ClientOptions#execute}
   */
  @Override
  public Iterator<Output> iterator() {
    return new Outputs();
  }

  /** The outputs as a stream. */
  public Stream<Output> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  /**
   * How the code ended; waits for it. Outputs can still be read afterwards.
   *
   * @throws KernelTimeoutException after the time of {@link ClientOptions#execute}
   */
  public ExecuteReply reply() {
    return ExecuteReply.of(Futures.get(reply, "execute_reply", limit));
  }

  /** Forgets outputs that were not read; the code runs on. */
  @Override
  public void close() {
    closed = true;
    for (Raw raw = unread.poll(); raw != null; raw = unread.poll()) {
      if (raw.message() != null) {
        backlog.taken();
      }
    }
    unread.add(END);
  }

  private final class Outputs implements Iterator<Output> {

    private @Nullable Output next;
    private boolean ended;

    @Override
    public boolean hasNext() {
      if (next == null && !ended) {
        next = take();
        ended = next == null;
      }
      return next != null;
    }

    @Override
    public Output next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException("the code has ended");
      }
      Output output = next;
      next = null;
      return output;
    }

    private @Nullable Output take() {
      Raw raw;
      try {
        raw = unread.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        // The caller wants to stop: it learns so by an exception and the flag.
        Thread.currentThread().interrupt();
        throw new KernelClientException("interrupted while waiting for output", e);
      }
      if (raw == null) {
        throw new KernelTimeoutException("output", limit);
      }
      if (raw.message() == null) {
        unread.add(END); // for later iterators
        if (!closed) {
          Futures.get(reply, "execute_reply", limit);
        }
        return null;
      }
      backlog.taken();
      return Json.output(raw.header(), raw.message());
    }
  }
}
