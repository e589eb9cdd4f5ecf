package dev.penstock.gateway.kernels;

import dev.penstock.gateway.session.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of requests to the life that a kernel has just now. Those that come between two lives
 * wait for the next one, as they would in the sockets of a process. Thread-safe.
 */
final class Requests {
  /** Lives begin within moments; who sends more meanwhile is refused. */
  private static final int MOST = 1000;

  private final Voice voice;
  private final List<Request> held = new ArrayList<>();
  private @Nullable Life life;
  private @Nullable String refusal;

  Requests(Voice voice) {
    this.voice = voice;
  }

  synchronized void submit(Request request) {
    Life now = life;
    if (now != null && now.submit(request)) {
      return;
    }
    String cause = refusal;
    if (cause != null) {
      voice.refuse(request, cause);
    } else if (held.size() >= MOST) {
      voice.refuse(request, "too many requests while the kernel starts");
    } else {
      held.add(request);
    }
  }

  /** A life ends: keeps what comes now for the next one. */
  synchronized void hold() {
    life = null;
  }

  /** A life has begun: it gets what was kept, and what comes. */
  synchronized void pass(Life next) {
    refusal = null;
    life = next;
    List<Request> waiting = List.copyOf(held);
    held.clear();
    waiting.forEach(this::submit);
  }

  /**
   * There is no next life.
   *
   * @param cause why, one line for people
   */
  synchronized void refuse(String cause) {
    refusal = cause;
    life = null;
    held.forEach(request -> voice.refuse(request, cause));
    held.clear();
  }
}
