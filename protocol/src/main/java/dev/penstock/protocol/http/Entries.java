package dev.penstock.protocol.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an execution or a stream says, each entry as soon as it comes, until its end. A connection
 * that is cut is made again where it was: each entry comes once. To be read once, by one thread,
 * and closed by whoever stops before the end.
 */
public final class Entries implements Iterable<Entry>, AutoCloseable {

  /** The server shows a sign of life in each 15 seconds. */
  private static final Duration SILENCE = Duration.ofSeconds(45);

  private final Transport transport;
  private final String path;
  private final Patience patience;
  private long next;
  private boolean over;
  private @Nullable InputStream lines;
  private @Nullable Entry read;

  Entries(Transport transport, String path, long from) {
    this.transport = transport;
    this.path = path;
    this.patience = transport.patience();
    this.next = from;
  }

  /**
   * The entries, each as soon as it comes.
   *
   * @throws UnreachableException from the iterator, if the server is lost for longer than the
   *     client's patience
   * @throws RefusedException from the iterator, if the server does not know what is read
   */
  @Override
  public Iterator<Entry> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return await() != null;
      }

      @Override
      public Entry next() {
        Entry entry = await();
        if (entry == null) {
          throw new NoSuchElementException("it has ended");
        }
        read = null;
        return entry;
      }
    };
  }

  /** The same as a stream. */
  public Stream<Entry> stream() {
    return StreamSupport.stream(spliterator(), false).onClose(this::close);
  }

  /** Waits for the next entry; null at the end. */
  private @Nullable Entry await() {
    while (read == null && !over) {
      try {
        read = readOne();
      } catch (IOException e) {
        // Cut: go on where it was.
        shut();
        patience.after(e);
      }
    }
    return read;
  }

  private @Nullable Entry readOne() throws IOException {
    InputStream in = lines;
    if (in == null) {
      in = open();
      lines = in;
      if (in == null) {
        over = true;
        return null;
      }
    }
    Entry entry = Entry.of(line(in));
    next = entry instanceof Entry.Gap ? entry.seq() : entry.seq() + 1;
    if (entry instanceof Entry.Exit) {
      over = true;
      shut();
    }
    return entry;
  }

  /** The lines of what has not come yet; null if there is no more. */
  private @Nullable InputStream open() throws IOException {
    Call call = Call.get(path + "?from=" + next).with("Accept", "application/x-ndjson");
    HttpResponse<InputStream> answer = transport.open(call, SILENCE);
    InputStream body = answer.body();
    if (answer.statusCode() == 200) {
      return new BufferedInputStream(body, 1 << 16);
    }
    try (body) {
      byte[] said = body.readAllBytes();
      if (Transport.PASSING.contains(answer.statusCode())) {
        throw new IOException("HTTP " + answer.statusCode());
      }
      if (answer.statusCode() >= 400) {
        throw Transport.refused(answer.statusCode(), said);
      }
      return null; // 204: everything is read
    }
  }

  /** The next line that is not empty; those are signs of life. */
  private JsonNode line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int letter = in.read();
      if (letter < 0) {
        throw new IOException("the connection ended early");
      }
      if (letter != '\n') {
        line.write(letter);
      } else {
        patience.answered();
        if (line.size() > 0) {
          return Json.read(line.toByteArray());
        }
      }
    }
  }

  private void shut() {
    InputStream open = lines;
    lines = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }
  }

  /** Stops reading; what runs goes on. */
  @Override
  public void close() {
    over = true;
    read = null;
    shut();
  }
}
