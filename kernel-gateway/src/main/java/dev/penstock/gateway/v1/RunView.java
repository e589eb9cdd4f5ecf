package dev.penstock.gateway.v1;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of an execution.
 *
 * @param reason why a stream ended; null for others
 * @param from number of the first log entry that can be about it
 * @param to number of the entry that ended it, which is no output; -1 before
 * @param replySeq number of the entry that says how it went; -1 for none
 * @param resultSeq number of a cell's last {@code execute_result}; -1 for none
 * @param outputs how many entries of output there were
 * @param bytes size of their contents
 */
record RunView(
    String id,
    Order order,
    Instant created,
    @Nullable Instant started,
    @Nullable Instant ended,
    RunState state,
    @Nullable Question question,
    @Nullable ReplyStatus reply,
    @Nullable String reason,
    boolean timedOut,
    long from,
    long to,
    long replySeq,
    long resultSeq,
    long outputs,
    long bytes) {}
