package dev.penstock.gateway.kernels;

import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kernel's output log, which sees when the kernel was last active (WS-38): what tells no more
 * than that it is there is not activity.
 */
final class KernelLog implements OutputLog {
  private static final Set<String> UNTRACKED =
      Set.of(
          "comm_info_reply",
          "complete_reply",
          "connect_reply",
          "debug_reply",
          "debug_event",
          "history_reply",
          "inspect_reply",
          "interrupt_reply",
          "iopub_welcome",
          "is_complete_reply",
          "kernel_info_reply",
          "list_subshell_reply",
          "create_subshell_reply",
          "delete_subshell_reply",
          "shutdown_reply",
          "status",
          "usage_reply");

  private final OutputLog log;
  private final Progress progress;
  private volatile Instant lastActivity = Instant.now();

  KernelLog(OutputLog log, Progress progress) {
    this.log = log;
    this.progress = progress;
  }

  Instant lastActivity() {
    return lastActivity;
  }

  /** Somebody used the kernel. */
  void touch() {
    lastActivity = Instant.now();
  }

  @Override
  public long append(OutputEntry entry) {
    if (!UNTRACKED.contains(entry.msgType())) {
      touch();
    }
    progress.said(entry);
    return log.append(entry);
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
