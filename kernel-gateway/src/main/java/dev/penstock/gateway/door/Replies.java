package dev.penstock.gateway.door;

import dev.penstock.gateway.session.OutputEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replies on shell, in order. Those to cells whose output an {@code Output} widget captures wait
 * for a pause in the conversation.
 *
 * <p>Such a widget makes its client send on shell for each output, while it waits for the reply on
 * the same socket. In jupyter_client's asyncio client (nbclient, Voila, papermill) that send is
 * synchronous and takes the event that would tell of the reply, if the reply came a moment before:
 * then the client waits for ever for a message that it has (jupyter_client#1059). ipykernel's pause
 * between the last output and the reply hides this as a rule; without one, every sixth such cell
 * hung. So the reply is sent a {@link #PAUSE} after the last message of either side, or, if an
 * output was not answered, {@link #SILENCE} after it.
 *
 * <p>Belongs to the session's owner thread.
 */
final class Replies {
  private static final long PAUSE = Duration.ofMillis(5).toNanos();
  private static final long SILENCE = Duration.ofMillis(40).toNanos();

  /** No reply waits longer: a client that keeps sending gets it, too. */
  private static final long MOST = Duration.ofMillis(100).toNanos();

  /** Where an {@code Output} widget begins or ends to capture (ipywidgets, {@code Output}). */
  private static final String MARK = "\"msg_id\"";

  private static final Pattern END = Pattern.compile("\"msg_id\"\\s*:\\s*\"\"");

  /** Outputs that a widget can capture, and its client answers. */
  private static final Set<String> ANSWERED =
      Set.of("stream", "display_data", "execute_result", "error");

  /** A longer message is the state of something else. */
  private static final int LONGEST_MARKED = 4096;

  private final Consumer<List<byte[]>> sender;

  /** Headers of the requests with a widget that captures. */
  private final Set<ByteBuffer> captured = new HashSet<>();

  private final Deque<List<byte[]>> held = new ArrayDeque<>();
  private long since;
  private long due;
  private boolean capturing;
  private int unanswered;

  Replies(Consumer<List<byte[]>> sender) {
    this.sender = sender;
  }

  /** A message went out on iopub. */
  void published(OutputEntry entry) {
    if (entry.msgType().equals("comm_msg") && entry.content().length <= LONGEST_MARKED) {
      look(entry);
    } else if (capturing && ANSWERED.contains(entry.msgType())) {
      unanswered++;
    }
    spoken();
  }

  private void look(OutputEntry entry) {
    String content = text(entry.content());
    if (content.contains(MARK) && text(entry.parentHeader()).contains("\"execute_request\"")) {
      captured.add(ByteBuffer.wrap(entry.parentHeader()));
      capturing = !END.matcher(content).find();
    }
  }

  /** A client sent a message. */
  void heard() {
    unanswered = Math.max(0, unanswered - 1);
    spoken();
  }

  private void spoken() {
    if (!captured.isEmpty() || !held.isEmpty()) {
      due = System.nanoTime() + (unanswered > 0 ? SILENCE : PAUSE);
    }
  }

  /** Sends a reply, or keeps it for the pause. */
  void send(byte[] parentHeader, List<byte[]> frames) {
    boolean waits = captured.remove(ByteBuffer.wrap(parentHeader));
    if (held.isEmpty() && !waits) {
      sender.accept(frames);
      return;
    }
    if (held.isEmpty()) {
      since = System.nanoTime();
    }
    held.add(frames);
  }

  /** Sends what has waited long enough. */
  void sendDue() {
    if (!held.isEmpty() && left() <= 0) {
      sendAll();
    }
  }

  /** Sends what is kept: the session ends. */
  void sendAll() {
    unanswered = 0;
    for (@Nullable List<byte[]> next = held.poll(); next != null; next = held.poll()) {
      sender.accept(next);
    }
  }

  /** How long the owner may wait before {@link #sendDue} has something to do. */
  Duration patience(Duration atMost) {
    if (held.isEmpty()) {
      return atMost;
    }
    Duration left = Duration.ofNanos(Math.max(0, left()));
    return left.compareTo(atMost) < 0 ? left : atMost;
  }

  private long left() {
    long now = System.nanoTime();
    return Math.min(due - now, since + MOST - now);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}
