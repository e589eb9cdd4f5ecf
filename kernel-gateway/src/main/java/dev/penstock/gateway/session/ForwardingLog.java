package dev.penstock.gateway.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An output log over another one, for those that change how entries come in. */
public abstract class ForwardingLog implements OutputLog {
  private final OutputLog log;

  /** Over this one. */
  protected ForwardingLog(OutputLog log) {
    this.log = log;
  }

  @Override
  public long append(OutputEntry entry) {
    return log.append(entry);
  }

  @Override
  public boolean hasRoom() {
    return log.hasRoom();
  }

  @Override
  public long next() {
    return log.next();
  }

  @Override
  public boolean await(long seq, Duration limit) throws InterruptedException {
    return log.await(seq, limit);
  }

  @Override
  public @Nullable OutputEntry get(long seq) {
    return log.get(seq);
  }

  @Override
  public Slice read(long from, int limit) {
    return log.read(from, limit);
  }

  @Override
  public void trim(long needed) {
    log.trim(needed);
  }
}
