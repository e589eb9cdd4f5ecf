package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.StreamText;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Adjacent text of one stream and request that becomes one message, without overwritten text. */
final class TextRun {
  /** Bytes of text after which a new message begins. */
  private static final int LIMIT = 64 << 10;

  private final StreamText first;
  private Logged last;
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();

  private TextRun(Logged logged, StreamText first) {
    this.last = logged;
    this.first = first;
    text.writeBytes(first.escaped());
  }

  /** A run that begins with this, or null if it is no text. */
  static @Nullable TextRun of(Logged logged) {
    StreamText first = StreamText.of(logged.entry());
    return first == null ? null : new TextRun(logged, first);
  }

  /** Takes an entry that goes on with the text; false if it does not, or there is enough. */
  boolean add(Logged logged) {
    StreamText more = StreamText.of(logged.entry());
    if (more == null || !first.continuesWith(more)) {
      return false;
    }
    byte[] escaped = more.escaped();
    if (text.size() + escaped.length > LIMIT) {
      shorten();
      if (text.size() + escaped.length > LIMIT / 2) {
        return false;
      }
    }
    text.writeBytes(escaped);
    last = logged;
    return true;
  }

  /** The one message, with number and time of the last. */
  Logged logged() {
    shorten();
    return new Logged(last.seq(), last.at(), last.session(), first.entry(text.toByteArray()));
  }

  private void shorten() {
    byte[] shown = OverwrittenText.removed(text.toByteArray());
    text.reset();
    text.writeBytes(shown);
  }
}
