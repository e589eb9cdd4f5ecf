package dev.penstock.gateway.commands;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Ends a command that runs, or is silent or unwatched, for too long; on a virtual thread. */
final class Limits {
  private static final Duration LOOK = Duration.ofMillis(50);

  private Limits() {}

  /** Watches a command until its end, if it has limits. */
  static void watch(Command command, CommandOrder.Limits limits) {
    if (!limits.isNone()) {
      Thread.ofVirtual()
          .name("command-limits-" + command.order().id())
          .start(() -> run(command, limits));
    }
  }

  private static void run(Command command, CommandOrder.Limits limits) {
    while (!ends(command)) {
      String reason = passed(command, limits);
      if (reason != null) {
        command.end(reason);
        return;
      }
    }
  }

  private static boolean ends(Command command) {
    try {
      Exit _ = command.over().get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false; // it still runs
    } catch (ExecutionException e) {
      throw new IllegalStateException("an end never fails", e);
    } catch (InterruptedException e) {
      // Nobody interrupts this thread.
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static @Nullable String passed(Command command, CommandOrder.Limits limits) {
    if (isOver(command.age(), limits.time())) {
      return "time_limit";
    }
    if (isOver(command.silence(), limits.idle())) {
      return "idle_limit";
    }
    return isOver(command.viewers().absence(), limits.unwatched()) ? "unwatched_limit" : null;
  }

  private static boolean isOver(Duration time, @Nullable Duration limit) {
    return limit != null && time.compareTo(limit) > 0;
  }
}
