package dev.penstock.gateway.session;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How many pages are attached to kernels whose clients come by ZeroMQ, as the servers of those
 * pages say (docs/local-sockets.md): the sockets do not tell a page from a server that only
 * listens. By connection file, which stays the same when a kernel is started anew. Thread-safe.
 */
public final class Attachments {
  private final ConcurrentMap<String, Integer> pages = new ConcurrentHashMap<>();

  /** One page, from its attachment to its close. */
  public interface Attachment extends AutoCloseable {
    /** The page is gone. More than once is as once. */
    @Override
    void close();
  }

  /** A page is there, for whatever kernel has this connection file. */
  public Attachment attach(String connectionFile) {
    pages.merge(connectionFile, 1, Integer::sum);
    AtomicBoolean open = new AtomicBoolean(true);
    return () -> {
      if (open.getAndSet(false)) {
        pages.computeIfPresent(connectionFile, (_, count) -> count == 1 ? null : count - 1);
      }
    };
  }

  /**
   * How many there are.
   *
   * @param connectionFile null for a kernel that has none, and so no pages
   */
  public int count(@Nullable String connectionFile) {
    return connectionFile == null ? 0 : pages.getOrDefault(connectionFile, 0);
  }
}
