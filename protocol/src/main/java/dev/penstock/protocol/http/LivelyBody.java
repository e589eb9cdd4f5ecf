package dev.penstock.protocol.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body to be read as it comes. Other than that of {@code BodyHandlers.ofInputStream} it gives all
 * that came before a cut, and ends when nothing comes for too long.
 */
final class LivelyBody extends InputStream implements BodySubscriber<InputStream> {

  /** Pieces, of 16 KiB at most, that are asked for before they are read. */
  private static final int AHEAD = 16;

  private sealed interface Item {}

  private record Data(List<ByteBuffer> pieces) implements Item {}

  private record End(@Nullable Throwable problem) implements Item {}

  private final Duration silence;
  private final BlockingQueue<Item> come = new LinkedBlockingQueue<>();
  private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
  private final Deque<ByteBuffer> unread = new ArrayDeque<>();

  LivelyBody(Duration silence) {
    this.silence = silence;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Subscription to) {
    subscription.complete(to);
    to.request(AHEAD);
  }

  @Override
  public void onNext(List<ByteBuffer> pieces) {
    come.add(new Data(pieces));
  }

  @Override
  public void onError(Throwable problem) {
    come.add(new End(problem));
  }

  @Override
  public void onComplete() {
    come.add(new End(null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (unread.isEmpty()) {
      switch (take()) {
        case Data(List<ByteBuffer> pieces) -> {
          subscription.join().request(1);
          pieces.stream().filter(ByteBuffer::hasRemaining).forEach(unread::add);
        }
        case End(Throwable problem) -> {
          come.add(new End(problem)); // for later calls
          if (problem == null) {
            return -1;
          }
          throw new IOException("the connection ended early", problem);
        }
      }
    }
    ByteBuffer first = unread.element();
    int count = Math.min(length, first.remaining());
    first.get(into, offset, count);
    if (!first.hasRemaining()) {
      unread.remove();
    }
    return count;
  }

  private Item take() throws IOException {
    try {
      Item item = come.poll(silence.toNanos(), TimeUnit.NANOSECONDS);
      if (item == null) {
        throw new IOException("the server was silent for " + silence.toSeconds() + " s");
      }
      return item;
    } catch (InterruptedException e) {
      // The caller wants to stop: it learns so by an exception and the flag.
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the server");
    }
  }

  /** Ends the connection unless everything has come. */
  @Override
  public void close() {
    CompletableFuture<Void> _ = subscription.thenAccept(Subscription::cancel);
    come.add(new End(null));
  }
}
