package dev.penstock.gateway.kernels;

import dev.penstock.gateway.session.Executions;
import dev.penstock.gateway.session.ForwardingLog;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A kernel's output log, which sees when the kernel was last active (WS-38): what tells no more
 * than that it is there is not activity.
 */
final class KernelLog extends ForwardingLog {
  /** Programs ask these by themselves, jupyter_server's {@code untracked_message_types} first. */
  private static final Set<String> UNTRACKED =
      Set.of(
          "comm_info",
          "connect",
          "create_subshell",
          "debug",
          "debug_event",
          "delete_subshell",
          "interrupt",
          "iopub_welcome",
          "kernel_info",
          "list_subshell",
          "shutdown",
          "status",
          "usage");

  private static final Pattern ENDING = Pattern.compile("_(request|reply)$");

  private final Progress progress;
  private final Executions executions;
  private final CellEnds ends;
  private volatile Instant lastActivity = Instant.now();

  KernelLog(OutputLog log, Progress progress, Executions executions, CellEnds ends) {
    super(log);
    this.progress = progress;
    this.executions = executions;
    this.ends = ends;
  }

  Instant lastActivity() {
    return lastActivity;
  }

  /** Somebody used the kernel. */
  void touch() {
    lastActivity = Instant.now();
  }

  /** A message of this type came or went. */
  void track(String msgType) {
    if (!UNTRACKED.contains(ENDING.matcher(msgType).replaceFirst(""))) {
      touch();
    }
  }

  @Override
  public long append(OutputEntry entry) {
    track(entry.msgType());
    progress.said(entry, this::next);
    if (entry.msgType().equals("status")) {
      turn(entry);
    }
    long seq = super.append(entry);
    ends.said(seq, entry);
    return seq;
  }

  /** A request's turn comes or is over, before that is logged. */
  private void turn(OutputEntry status) {
    String state = new String(status.content(), StandardCharsets.UTF_8);
    if (state.contains("\"busy\"")) {
      executions.began(status.parentMsgId(), next());
    } else if (state.contains("\"idle\"")) {
      executions.ended(status.parentMsgId());
    }
  }
}
