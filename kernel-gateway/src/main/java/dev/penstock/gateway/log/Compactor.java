package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Logged;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes a segment again without what later entries of it made needless ({@link Superseded}, {@link
 * TextRun}), so that a replay shows the same in the end. Belongs to the thread that writes logs.
 */
final class Compactor {
  /** A file must get smaller by a tenth to be worth its place. */
  private static final double WORTH = 0.9;

  private final ByteBuffer buffer;

  Compactor(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /** The compacted segment, in a file of its own; null if it would not gain anything. */
  @Nullable Segment compact(Segment segment) throws IOException {
    if (segment.records() < 2) {
      // Large entries have segments of their own and need not be read.
      return null;
    }
    Path target = Segment.compacted(segment.file());
    Path draft = segment.file().resolveSibling("draft");
    Files.deleteIfExists(draft);
    BitSet needless = needless(segment);
    try (SegmentWriter writer =
        SegmentWriter.create(draft, segment.first(), segment.next(), buffer)) {
      write(segment, needless, writer);
      writer.flush();
      Segment compacted = writer.segment(target, segment.next());
      if (compacted.end() > segment.end() * WORTH) {
        Files.delete(draft);
        return null;
      }
      Files.move(draft, compacted.file(), StandardCopyOption.ATOMIC_MOVE);
      return compacted;
    }
  }

  private static BitSet needless(Segment segment) throws IOException {
    Superseded superseded = new Superseded();
    try (RecordInput input = segment.open()) {
      while (input.next()) {
        superseded.see(input.take().entry());
      }
    }
    return superseded.needless();
  }

  private static void write(Segment segment, BitSet needless, SegmentWriter writer)
      throws IOException {
    TextRun run = null;
    try (RecordInput input = segment.open()) {
      for (int i = 0; input.next(); i++) {
        if (needless.get(i)) {
          input.skip();
          continue;
        }
        Logged logged = input.take();
        if (run != null && run.add(logged)) {
          continue;
        }
        if (run != null) {
          writer.append(run.logged());
        }
        run = TextRun.of(logged);
        if (run == null) {
          writer.append(logged);
        }
      }
    }
    if (run != null) {
      writer.append(run.logged());
    }
  }
}
