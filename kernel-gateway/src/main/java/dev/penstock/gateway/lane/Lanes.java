package dev.penstock.gateway.lane;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Both lanes of one worker and their reader threads. The readers need nothing of Python: they empty
 * the FIFOs whatever the worker does, so that a write to file descriptor 1 or 2 can never deadlock
 * on the GIL (OUT-04, U13).
 *
 * <p>The FIFOs are opened for reading and writing: they never reach their end by themselves, and
 * {@link #finish} can write the marker that ends them.
 */
public final class Lanes {
  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

  /** The marker that ends a lane; workers count from 1 and never reach it. */
  private static final long END = -1L;

  private static final int BUFFER_BYTES = 32 << 10;
  private static final long STACK_BYTES = 128 << 10;

  private final List<Reader> readers = new ArrayList<>();
  private final LaneOrder order;

  /** Takes text that a lane delivered; may block the lane (back-pressure). */
  @FunctionalInterface
  public interface Sink {
    void text(Lane lane, String text) throws InterruptedException;

    /** The same as it was written, at once and before it is delivered; may block, too. */
    default void written(Lane lane, byte[] bytes, int offset, int length)
        throws InterruptedException {}
  }

  private Lanes(LaneOrder order) {
    this.order = order;
  }

  /**
   * Opens the FIFOs and starts the readers.
   *
   * @param nonce the session's 16 bytes that a marker carries
   * @param order where the lanes meet the link
   * @throws IOException if a FIFO cannot be opened
   */
  public static Lanes open(Path out, Path err, byte[] nonce, LaneOrder order, Sink sink)
      throws IOException {
    Lanes lanes = new Lanes(order);
    try {
      lanes.start(Lane.OUT, out, nonce, sink);
      lanes.start(Lane.ERR, err, nonce, sink);
    } catch (IOException e) {
      lanes.finish(Duration.ZERO);
      throw e;
    }
    return lanes;
  }

  /**
   * Delivers what the lanes still hold and ends the readers. To be called once the worker is gone.
   */
  public void finish(Duration atMost) {
    order.close();
    for (Reader reader : readers) {
      reader.end();
    }
    for (Reader reader : readers) {
      reader.join(atMost);
    }
  }

  private void start(Lane lane, Path fifo, byte[] nonce, Sink sink) throws IOException {
    FileChannel channel = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE);
    // A channel reads or writes, one at a time: the end is written through another one.
    FileChannel ending = FileChannel.open(fifo, StandardOpenOption.WRITE);
    Reader reader = new Reader(lane, channel, ending, new MarkerScanner(nonce), sink);
    readers.add(reader);
    reader.thread.start();
  }

  /**
   * Reads one lane on a thread of its own: a blocking read of a FIFO would hold the carrier of a
   * virtual one.
   */
  private final class Reader implements MarkerScanner.Sink {
    private final Lane lane;
    private final FileChannel channel;
    private final FileChannel ending;
    private final MarkerScanner scanner;
    private final Sink sink;
    private final Utf8Stream decoder = new Utf8Stream();
    private final Thread thread;
    private boolean ended;

    /** The last marker: text from here on belongs after its frame. */
    private long passed;

    Reader(Lane lane, FileChannel channel, FileChannel ending, MarkerScanner scanner, Sink sink) {
      this.lane = lane;
      this.channel = channel;
      this.ending = ending;
      this.scanner = scanner;
      this.sink = sink;
      this.thread = new Thread(null, this::run, "lane-" + lane.streamName(), STACK_BYTES);
      this.thread.setDaemon(true);
    }

    private void run() {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      byte[] bytes = new byte[BUFFER_BYTES];
      try (channel;
          ending) {
        while (!ended) {
          int read = channel.read(buffer.clear());
          if (read < 0) {
            break;
          }
          buffer.flip().get(bytes, 0, read);
          scanner.feed(bytes, read, this);
        }
        scanner.finish(this);
        deliver(decoder.flush());
      } catch (IOException e) {
        // The FIFO broke or was closed: what it held cannot be had any more; the session goes on
        // without this lane.
        LOG.atWarn().addKeyValue("lane", lane).setCause(e).log("lane lost");
      }
    }

    @Override
    public void output(byte[] bytes, int offset, int length) {
      try {
        sink.written(lane, bytes, offset, length);
      } catch (InterruptedException e) {
        // finish() gave up on this reader, as in deliver().
        ended = true;
        return;
      }
      deliver(decoder.decode(bytes, offset, length));
    }

    @Override
    public void marker(long number) {
      if (number == END) {
        ended = true;
        return;
      }
      order.laneReached(lane, number);
      passed = number;
    }

    private void deliver(String text) {
      if (text.isEmpty()) {
        return;
      }
      try {
        order.awaitFrame(passed);
        sink.text(lane, text);
      } catch (InterruptedException e) {
        // finish() gave up on this reader: the session no longer takes output.
        ended = true;
      }
    }

    void end() {
      // A full FIFO of a lane that nobody empties would block this write: the reader empties it,
      // and finish() closes it at last.
      Thread.startVirtualThread(() -> {
        try {
          ending.write(ByteBuffer.wrap(scanner.marker(END)));
        } catch (IOException e) {
          LOG.atDebug().addKeyValue("lane", lane).setCause(e).log("lane was closed already");
        }
      });
    }

    void join(Duration atMost) {
      try {
        if (!thread.join(atMost)) {
          thread.interrupt();
          channel.close();
        }
      } catch (IOException e) {
        LOG.atWarn().addKeyValue("lane", lane).setCause(e).log("lane did not close");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
