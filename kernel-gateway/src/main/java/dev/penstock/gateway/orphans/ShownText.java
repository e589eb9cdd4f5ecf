package dev.penstock.gateway.orphans;

/**
 * Text of a stream as front ends keep it: a carriage return lets what follows stand over the
 * beginning of its line, and a backspace takes a character away, so that a progress bar is stored
 * in its last state only. As JupyterLab does it before it saves.
 */
final class ShownText {
  private ShownText() {}

  /** What is seen of a text. */
  static String of(String text) {
    String kept = text.indexOf('\b') < 0 ? text : withoutErased(text);
    if (kept.indexOf('\r') < 0) {
      return kept;
    }
    StringBuilder shown = new StringBuilder(kept.length());
    int start = 0;
    while (start < kept.length()) {
      int found = kept.indexOf('\n', start);
      boolean ended = found >= 0;
      int end = ended ? found : kept.length();
      line(kept.substring(start, end), ended, shown);
      start = end + 1;
    }
    return shown.toString();
  }

  private static void line(String line, boolean ended, StringBuilder shown) {
    String seen = "";
    for (String piece : line.split("\r", -1)) {
      seen = piece + seen.substring(Math.min(piece.length(), seen.length()));
    }
    shown.append(seen);
    if (ended) {
      shown.append('\n');
    } else if (line.endsWith("\r")) {
      // What comes later may stand over it.
      shown.append('\r');
    }
  }

  private static String withoutErased(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int last = kept.length() - 1;
      if (c != '\b') {
        kept.append(c);
      } else if (last >= 0 && kept.charAt(last) != '\n') {
        kept.setLength(kept.offsetByCodePoints(kept.length(), -1));
      }
      // At a line's beginning there is nothing to take away.
    }
    return kept.toString();
  }
}
