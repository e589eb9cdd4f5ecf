package dev.penstock.gateway.environments;

import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.WholeNumber;
import dev.penstock.gateway.logview.LogFormat;
import dev.penstock.gateway.logview.LogWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/**
 * Tells one call what a job told.
 *
 * @param from number of the first event that is wanted
 * @param follow whether to go on until the job's end
 */
record JobStream(LogFormat format, long from, boolean follow) {
  /** Proxies end connections that are silent for longer, often after 30 s or a minute. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /**
   * Reads a call: {@code Accept}, {@code from}, {@code Last-Event-ID}, {@code follow}.
   *
   * @throws HttpException 400 if a number is none
   */
  static JobStream of(Call call) throws HttpException {
    LogFormat format = LogFormat.of(call);
    long from = WholeNumber.of("from", call.query("from"), 0);
    boolean events = format == LogFormat.EVENTS;
    from = Math.max(from, WholeNumber.of("Last-Event-ID", format.lastEventId(call), -1) + 1);
    boolean asked = format == LogFormat.LINES && "1".equals(call.query("follow"));
    return new JobStream(format, from, events || asked);
  }

  /** Whether the client has all that there will ever be: a browser then stops coming again. */
  boolean hasAll(JobEvents events) {
    return format == LogFormat.EVENTS && events.read(from).over() && from >= events.next();
  }

  /** Writes them until the job is over, or the client is gone. */
  void write(JobEvents events, OutputStream out) throws IOException, InterruptedException {
    LogWriter writer = format.writer(out);
    long next = from;
    writer.begin();
    while (true) {
      JobEvents.Slice slice = events.read(next);
      if (slice.first() > next) {
        writer.lost(next, slice.first() - next);
        next = slice.first();
      }
      for (byte[] line : slice.lines()) {
        writer.entry(next++, line);
      }
      if (!follow || slice.over()) {
        break;
      }
      writer.flush();
      if (!events.await(next, HEARTBEAT)) {
        writer.idle();
      }
    }
    writer.end(next);
    writer.flush();
  }
}
