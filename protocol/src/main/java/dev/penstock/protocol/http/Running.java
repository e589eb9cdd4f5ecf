package dev.penstock.protocol.http;

import dev.penstock.protocol.json.Trees;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What executions and streams have in common. Thread-safe. */
public abstract sealed class Running permits Execution, ValueStream {

  /** The server may be asked for 60; proxies commonly end connections after that time. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final Transport transport;
  private final String path;
  private final String said;
  private final String id;

  /**
   * One of a session.
   *
   * @param session the session's path
   * @param said the path of what it says
   */
  Running(Transport transport, String session, String said, String id) {
    this.transport = transport;
    this.path = session + "/executions/" + Call.part(id);
    this.said = said;
    this.id = id;
  }

  /** Its id. */
  public String id() {
    return id;
  }

  /** How it is now. */
  public Status status() {
    return Status.of(transport.json(Call.get(path)));
  }

  /** How it ended; waits for it. */
  public Status await() {
    return await(null);
  }

  /**
   * How it is when it has ended, or when this time is over.
   *
   * @param limit null: for ever
   */
  public Status await(@Nullable Duration limit) {
    long end = System.nanoTime() + (limit == null ? 0 : limit.toNanos());
    while (true) {
      Duration left =
          limit == null ? LONGEST_WAIT : Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      Duration wait = left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
      String query = "?wait_s=%d.%03d".formatted(wait.toSeconds(), wait.toMillisPart());
      Status status = Status.of(transport.json(Call.get(path + query).waiting(wait)));
      if (status.isOver() || left.isZero()) {
        return status;
      }
    }
  }

  /** What it says, from its beginning to its end, as it comes. */
  public Entries entries() {
    return entries(0);
  }

  /** The same from a number on. */
  public Entries entries(long from) {
    return new Entries(transport, said, from);
  }

  /**
   * Interrupts it.
   *
   * @throws RefusedException 409 if it does not run
   */
  public void interrupt() {
    tell(Call.post(path + "/interrupt", Trees.object()));
  }

  /** It never runs if it waits; if it runs it is interrupted. */
  public void cancel() {
    tell(Call.post(path + "/cancel", Trees.object()).again());
  }

  void tell(Call call) {
    byte[] _ = transport.bytes(call);
  }

  String path() {
    return path;
  }
}
