package dev.penstock.gateway.pathview;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.verbs.StreamMessage;
import dev.penstock.gateway.verbs.StreamSlice;
import java.time.Duration;
import tools.jackson.databind.node.ArrayNode;

/** One reader of one stream and how far it has come. Thread-safe: one batch at a time. */
final class StreamReader {
  /** Entries of the log that are looked at together. */
  private static final int STRETCH = 64;

  /** Characters of values after which a batch is long enough. */
  private static final long LONG = 8L << 20;

  /** An end follows its error at once. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private final PathviewStream stream;
  private long position;
  private boolean over;
  private boolean failed;
  private long size;

  /** From the stream's beginning. */
  StreamReader(PathviewStream stream) {
    this.stream = stream;
    this.position = stream.handle().from();
  }

  PathviewStream stream() {
    return stream;
  }

  /** Whether it has read the stream's end. */
  synchronized boolean isOver() {
    return over;
  }

  /** All that is there; waits this long for a first message. */
  synchronized Batch read(Duration patience) throws InterruptedException {
    ArrayNode messages = Json.array();
    size = 0;
    long deadline = System.nanoTime() + patience.toNanos();
    while (!over && size < LONG) {
      boolean waits = failed || messages.isEmpty();
      long left = waits ? Math.max(deadline - System.nanoTime(), 0) : 0;
      long before = position;
      boolean hadFailed = failed;
      StreamSlice slice = stream.handle().read(before, STRETCH, Duration.ofNanos(left));
      take(slice, messages);
      if (failed && !hadFailed) {
        // Who reads the error looks for no more: the end has to come with it.
        deadline = System.nanoTime() + SOON.toNanos();
      }
      // A stretch may be of what others say only: then what the stream says is behind it.
      boolean nothing = slice.messages().isEmpty() && slice.lost() == 0;
      if (nothing && (position == before || System.nanoTime() - deadline >= 0)) {
        break;
      }
    }
    return new Batch(messages, over && !messages.isEmpty());
  }

  private void take(StreamSlice slice, ArrayNode messages) {
    position = slice.next();
    if (slice.lost() > 0) {
      messages.add(Messages.of("stderr", lost(slice.lost())));
    }
    boolean told = false;
    for (StreamMessage message : slice.messages()) {
      messages.add(Messages.of(message, stream.id()));
      failed |= message instanceof StreamMessage.Failed;
      told |= message instanceof StreamMessage.Done;
      size += message instanceof StreamMessage.Data data ? data.json().length() : 1;
    }
    if (slice.over()) {
      over = true;
      stream.ended();
      if (!told) {
        messages.add(Messages.of(new StreamMessage.Done("lost"), stream.id()));
      }
    }
  }

  private static String lost(long count) {
    return "[%d messages of this session are gone: nobody read them in time]%n".formatted(count);
  }
}
