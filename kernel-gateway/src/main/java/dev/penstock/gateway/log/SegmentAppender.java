package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Logged;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a log's entries to its last segment, and begins a new one when that is large enough or a
 * number is missing. Belongs to the thread that writes logs.
 */
final class SegmentAppender {
  private final SegmentFiles files;
  private final ByteBuffer buffer;
  private final long segmentBytes;
  private @Nullable SegmentWriter active;

  SegmentAppender(SegmentFiles files, ByteBuffer buffer, long segmentBytes) {
    this.files = files;
    this.buffer = buffer;
    this.segmentBytes = segmentBytes;
  }

  /**
   * Writes entries; {@link SegmentFiles#next} tells how far it came.
   *
   * @throws IOException if the disk does not take them; what was written stays readable, and the
   *     next call begins a new segment
   */
  void append(List<Logged> entries) throws IOException {
    try {
      for (Logged logged : entries) {
        SegmentWriter writer = writerFor(logged);
        active = writer;
        writer.append(logged);
      }
      publish();
    } catch (IOException e) {
      cut(e);
      throw e;
    }
  }

  /** Closes the last segment. */
  void close() throws IOException {
    SegmentWriter writer = active;
    active = null;
    if (writer != null) {
      writer.close();
    }
  }

  private SegmentWriter writerFor(Logged logged) throws IOException {
    SegmentWriter writer = active;
    if (writer != null
        && (writer.next() != logged.seq()
            || writer.size() + logged.entry().bytes() > segmentBytes)) {
      publish();
      close();
      writer = null;
    }
    if (writer != null) {
      return writer;
    }
    // It may be missing after an error, or because somebody tidied up.
    LogDirectory.makePrivate(files.directory());
    return SegmentWriter.create(
        Segment.whole(files.directory(), logged.seq()), logged.seq(), 0, buffer);
  }

  private void publish() throws IOException {
    SegmentWriter writer = active;
    if (writer != null) {
      writer.flush();
      files.put(writer.segment());
    }
  }

  private void cut(IOException cause) {
    SegmentWriter writer = active;
    active = null;
    if (writer == null) {
      return;
    }
    try {
      List<Segment> all = files.all();
      if (!all.isEmpty() && all.getLast().first() == writer.first()) {
        writer.cutTo(all.getLast());
      } else {
        writer.abandon();
      }
    } catch (IOException e) {
      // The same broken disk: readers and the next gateway find the torn end by its checksum.
      cause.addSuppressed(e);
    }
  }
}
