package dev.penstock.gateway.log;

import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds entries that later ones made needless: updates of a display that was updated again, and
 * outputs of a request before its {@code clear_output} (messaging spec, "Clear output"). With
 * {@code wait} the output that follows clears. Entries are shown to it in order; it counts them
 * from 0.
 *
 * <p>A comm message of the request keeps what was before it from being cleared: an Output widget
 * may have begun to catch the request's outputs, and then only those are cleared.
 */
final class Superseded {
  private final BitSet needless = new BitSet();

  /** The last update of a display id. */
  private final Map<String, Integer> updates = new HashMap<>();

  /** What would be cleared, by parent header. */
  private final Map<ByteBuffer, Outputs> requests = new HashMap<>();

  private int count;

  private static final class Outputs {
    final List<Integer> shown = new ArrayList<>();

    /** Whether the last one is a clear_output that waits for the next output. */
    boolean waiting;
  }

  void see(OutputEntry entry) {
    int number = count++;
    if (entry.channel() != Channel.IOPUB) {
      return;
    }
    switch (entry.msgType()) {
      case "update_display_data" -> update(OutputContent.displayId(entry.content()), number);
      case "clear_output" -> clear(entry, number);
      case "stream", "display_data", "execute_result", "error" -> output(entry, number);
      case "comm_open", "comm_msg", "comm_close" -> requests.remove(parent(entry));
      default -> {} // shown nowhere, or not in the place of another
    }
  }

  /** Numbers of the entries that a replay can do without. */
  BitSet needless() {
    return needless;
  }

  private void update(String displayId, int number) {
    if (!displayId.isEmpty()) {
      Integer before = updates.put(displayId, number);
      if (before != null) {
        needless.set(before);
      }
    }
  }

  private void clear(OutputEntry entry, int number) {
    Outputs outputs = requests.computeIfAbsent(parent(entry), _ -> new Outputs());
    boolean waits = OutputContent.waits(entry.content());
    if (waits && outputs.waiting) {
      // It clears what the one before it would have cleared.
      needless.set(outputs.shown.removeLast());
    } else if (!waits) {
      forget(outputs);
    }
    outputs.shown.add(number);
    outputs.waiting = waits;
  }

  private void output(OutputEntry entry, int number) {
    Outputs outputs = requests.computeIfAbsent(parent(entry), _ -> new Outputs());
    if (outputs.waiting) {
      int clear = outputs.shown.removeLast();
      forget(outputs);
      outputs.shown.add(clear);
      outputs.waiting = false;
    }
    outputs.shown.add(number);
  }

  private void forget(Outputs outputs) {
    outputs.shown.forEach(needless::set);
    outputs.shown.clear();
  }

  private static ByteBuffer parent(OutputEntry entry) {
    return ByteBuffer.wrap(entry.parentHeader());
  }
}
