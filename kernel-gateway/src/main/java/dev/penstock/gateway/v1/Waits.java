package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.WaitTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** How long calls wait for what they ask for, and what happens when their client leaves. */
final class Waits {
  /** How soon it is seen that a client has left. */
  private static final long LOOK_MS = 250;

  /** RFC 7240, 4.3. */
  private static final Pattern PREFER = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?(\\d{1,9})");

  private Waits() {}

  /** {@code wait_s} of the body, else of the query, else {@code Prefer: wait=N}. */
  static Duration of(Call call, ObjectNode body) throws HttpException {
    if (body.hasNonNull("wait_s")) {
      double seconds = body.path("wait_s").isNumber() ? body.path("wait_s").doubleValue() : -1;
      if (!(seconds >= 0)) {
        throw new HttpException(400, "wait_s must be a number of seconds");
      }
      return WaitTime.of(seconds);
    }
    Duration asked = WaitTime.ofQuery(call);
    String prefer = preferred(call);
    return asked.isZero() && prefer != null ? WaitTime.of(Double.parseDouble(prefer)) : asked;
  }

  private static @Nullable String preferred(Call call) {
    String header = call.header("Prefer");
    Matcher match = PREFER.matcher(header == null ? "" : header);
    return match.find() ? match.group(1) : null;
  }

  /** Whether the client's leaving ends what it asked for. */
  static boolean cancels(Call call) {
    return Flags.isSet(call.query("cancel_on_disconnect"));
  }

  /**
   * Waits for this.
   *
   * @param left run if the client leaves meanwhile
   * @return whether it is there
   */
  static boolean until(CompletableFuture<?> wanted, Duration patience, Call call, Runnable left)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!wanted.isDone()) {
      long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (millis <= 0) {
        return false;
      }
      try {
        wanted.get(Math.min(millis, LOOK_MS), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // A time to look up.
        if (call.isClientGone()) {
          left.run();
          return false;
        }
      } catch (ExecutionException e) {
        return true; // whoever asked looks at it
      }
    }
    return true;
  }
}
