package dev.penstock.gateway.verbs;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.TappedLog;
import dev.penstock.protocol.message.Channel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Puts together what a kernel says of one request up to its end. Thread-safe. */
final class Gathering implements TappedLog.Tap {
  /** Characters of each of the two texts that are kept. */
  private static final int MOST_TEXT = 1 << 23;

  private final boolean untilIdle;
  private final Runnable begun;
  private final CountDownLatch complete = new CountDownLatch(1);
  private final StringBuilder stdout = new StringBuilder();
  private final StringBuilder stderr = new StringBuilder();
  private @Nullable String value;
  private @Nullable VerbError error;
  private boolean replied;
  private boolean idle;

  /**
   * Nothing yet.
   *
   * @param untilIdle whether what is said after the reply belongs to it, too
   * @param begun told when the kernel turns to it; must not wait
   */
  Gathering(boolean untilIdle, Runnable begun) {
    this.untilIdle = untilIdle;
    this.begun = begun;
  }

  /** Waits until all of it is there; false if it is not after this time. */
  boolean await(Duration patience) throws InterruptedException {
    return complete.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  synchronized VerbResult result() {
    return new VerbResult(value, error, stdout.toString(), stderr.toString());
  }

  /** Nothing more will come. The first error counts. */
  synchronized VerbResult cutOff() {
    if (error == null) {
      error = VerbError.ended();
    }
    return result();
  }

  @Override
  public synchronized void said(long seq, OutputEntry entry) {
    if (entry.channel() == Channel.SHELL || entry.channel() == Channel.CONTROL) {
      reply(Said.content(entry));
    } else if (entry.msgType().equals("stream")) {
      print(Said.content(entry));
    } else if (Said.isBusy(entry)) {
      begun.run();
    } else if (Said.isIdle(entry)) {
      idle = true;
    }
    if (replied && (idle || !untilIdle)) {
      complete.countDown();
    }
  }

  private void reply(ObjectNode content) {
    replied = true;
    if ("ok".equals(Json.text(content, "status"))) {
      value = Json.text(content, "value");
    } else if (error == null) {
      error = VerbError.of(content);
    }
  }

  private void print(ObjectNode content) {
    boolean isError = "stderr".equals(Json.text(content, "name"));
    String text = Objects.requireNonNullElse(Json.text(content, "text"), "");
    StringBuilder all = isError ? stderr : stdout;
    int room = MOST_TEXT - all.length();
    if (text.length() <= room) {
      all.append(text);
    } else if (room >= 0) {
      all.append(text, 0, room).append("\n[the rest is not kept: too much was written]\n");
    }
  }
}
