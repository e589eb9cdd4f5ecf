package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment files of one log, in order. Any thread reads, without a lock: a reader works on the
 * list as it was and looks again when a file is gone. Only the thread that writes logs changes it.
 */
final class SegmentFiles {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentFiles.class);

  private final Path directory;
  private volatile List<Segment> segments;

  SegmentFiles(Path directory, List<Segment> segments) {
    this.directory = directory;
    this.segments = List.copyOf(segments);
  }

  Path directory() {
    return directory;
  }

  List<Segment> all() {
    return segments;
  }

  long bytes() {
    return segments.stream().mapToLong(Segment::end).sum();
  }

  /** The number after the last entry. */
  long next() {
    List<Segment> now = segments;
    return now.isEmpty() ? 0 : now.getLast().next();
  }

  /** Puts a new segment at the end, or the last one as it has become. */
  void put(Segment segment) {
    List<Segment> now = new ArrayList<>(segments);
    if (!now.isEmpty() && now.getLast().first() == segment.first()) {
      now.removeLast();
    }
    now.add(segment);
    segments = List.copyOf(now);
  }

  /** Puts a segment where one with more in it was, whose file goes. */
  void replace(Segment old, Segment compacted) throws IOException {
    List<Segment> now = new ArrayList<>(segments);
    now.set(now.indexOf(old), compacted);
    segments = List.copyOf(now);
    Files.deleteIfExists(old.file());
  }

  /** Takes a segment away, and its file. */
  void drop(Segment segment) throws IOException {
    List<Segment> now = new ArrayList<>(segments);
    now.remove(segment);
    segments = List.copyOf(now);
    Files.deleteIfExists(segment.file());
  }

  /** The entry with this number, or null if it is not here. */
  @Nullable OutputEntry get(long seq) {
    Stretch stretch = new Stretch(seq, 1);
    copyTo(stretch, seq + 1);
    List<Logged> found = stretch.slice().entries();
    return found.isEmpty() ? null : found.getFirst().entry();
  }

  /** Puts what the stretch looks for into it, as far as it is here and before {@code until}. */
  void copyTo(Stretch stretch, long until) {
    while (!stretch.full() && stretch.next() < until) {
      Segment segment = atOrAfter(stretch.next());
      if (segment == null) {
        stretch.gap(until);
        return;
      }
      stretch.gap(Math.min(until, segment.first()));
      if (!stretch.full() && stretch.next() < until) {
        copy(segment, stretch, until);
      }
    }
  }

  private void copy(Segment segment, Stretch stretch, long until) {
    try {
      segment.copyTo(stretch, until);
    } catch (IOException e) {
      if (e instanceof FileNotFoundException && !segments.contains(segment)) {
        // It was compacted or dropped meanwhile: the list as it is now tells which.
        return;
      }
      LOG.atWarn()
          .addKeyValue("file", segment.file().getFileName())
          .addKeyValue("reason", e.getMessage())
          .log("a part of an output log cannot be read: its readers see a gap");
      stretch.gap(Math.min(until, segment.next()));
    }
  }

  private @Nullable Segment atOrAfter(long seq) {
    for (Segment segment : segments) {
      if (segment.next() > seq) {
        return segment;
      }
    }
    return null;
  }
}
