package dev.penstock.gateway.log;

import dev.penstock.gateway.json.Escapes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Removes text that nobody would see because a carriage return lets later text of its line stand
 * over it, as terminals and JupyterLab show it: a progress bar keeps its last state. What was
 * longer than all that came over it stays, since its end is still seen; so does what a message
 * before this one may have begun. Lines with control characters other than line end and carriage
 * return are left as they are: what they show depends on more than lengths. Works on the inside of
 * a JSON string as it is; characters are not decoded.
 */
final class OverwrittenText {
  private static final byte[] RETURN = {'\\', 'r'};

  private final byte[] text;
  private final ByteArrayOutputStream shown;

  /** What the line consists of, between carriage returns. */
  private final List<Piece> pieces = new ArrayList<>();

  private int lineStart;
  private int pieceStart;
  private int length;
  private boolean opaque;

  /**
   * A part of a line.
   *
   * @param length characters, counted as code points and escapes
   */
  private record Piece(int start, int end, int length) {}

  private OverwrittenText(byte[] text) {
    this.text = text;
    this.shown = new ByteArrayOutputStream(text.length);
  }

  /** The text without what is overwritten. */
  static byte[] removed(byte[] escaped) {
    if (!hasReturn(escaped)) {
      return escaped;
    }
    OverwrittenText lines = new OverwrittenText(escaped);
    lines.scan();
    return lines.shown.toByteArray();
  }

  private static boolean hasReturn(byte[] escaped) {
    int at = Escapes.next(escaped, 0);
    while (at + 1 < escaped.length) {
      if (escaped[at] == '\\' && escaped[at + 1] == 'r') {
        return true;
      }
      at = Escapes.next(escaped, Math.min(at + 2, escaped.length));
    }
    return false;
  }

  private void scan() {
    int at = 0;
    while (at < text.length) {
      int end = at + tokenLength(at);
      if (text[at] == '\\' && text[at + 1] == 'n') {
        endLine(at, end);
      } else if (text[at] == '\\' && text[at + 1] == 'r') {
        pieces.add(new Piece(pieceStart, at, length));
        pieceStart = end;
        length = 0;
      } else {
        opaque |= isControl(at);
        length += (text[at] & 0xc0) == 0x80 ? 0 : 1;
      }
      at = end;
    }
    endLine(text.length, text.length);
  }

  /** Bytes of the character, or part of one, or escape that begins here. */
  private int tokenLength(int at) {
    if (text[at] != '\\') {
      return 1;
    }
    return Math.min(text[at + 1] == 'u' ? 6 : 2, text.length - at);
  }

  /** Whether an escape stands for a character that moves, colours or deletes. */
  private boolean isControl(int at) {
    return text[at] == '\\'
        && switch (text[at + 1]) {
          case 'b', 'f', 't' -> true;
          case 'u' ->
              at + 5 < text.length
                  && text[at + 2] == '0'
                  && text[at + 3] == '0'
                  && text[at + 4] < '2';
          default -> false;
        };
  }

  private void endLine(int end, int next) {
    pieces.add(new Piece(pieceStart, end, length));
    if (opaque || pieces.size() == 1) {
      shown.write(text, lineStart, end - lineStart);
    } else {
      writeSeen();
    }
    shown.write(text, end, next - end);
    pieces.clear();
    lineStart = next;
    pieceStart = next;
    length = 0;
    opaque = false;
  }

  private void writeSeen() {
    Deque<Piece> seen = new ArrayDeque<>();
    int longest = -1;
    for (Piece piece : pieces.reversed()) {
      boolean begunBefore = piece.start() == 0;
      if (piece.length() > longest || begunBefore) {
        seen.addFirst(piece);
        longest = Math.max(longest, piece.length());
      }
    }
    write(seen.removeFirst());
    for (Piece piece : seen) {
      shown.writeBytes(RETURN);
      write(piece);
    }
  }

  private void write(Piece piece) {
    shown.write(text, piece.start(), piece.end() - piece.start());
  }
}
