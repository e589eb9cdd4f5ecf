package dev.penstock.gateway.logview;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.Kernels;
import java.util.Locale;

/**
 * {@code GET /api/kernels/{id}/log}: what a kernel said to its clients, as JSON, as lines of JSON
 * or as server-sent events (docs/observing.md). Thread-safe.
 */
public final class LogApi {
  private final Kernels kernels;

  /** The logs of these kernels. */
  public LogApi(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Adds the path. */
  public void addTo(Routes routes) {
    routes.add("GET", "/api/kernels/{id}/log", this::log);
  }

  private Answer log(Call call) throws HttpException {
    LogSource source = find(call.part("id"));
    LogFormat format = format(call);
    LogQuery query = LogQuery.of(call, format);
    return Answer.streaming(
            format.mediaType(), out -> new LogStream(source, query, format.writer(out)).run())
        .with("Cache-Control", "no-store");
  }

  private LogSource find(String id) throws HttpException {
    try {
      return LogSource.of(kernels.find(id));
    } catch (KernelException e) {
      // Its log may still be there.
      return kernels
          .formerLog(id)
          .map(log -> LogSource.former(log, kernels.tally()))
          .orElseThrow(() -> new HttpException(404, String.valueOf(e.getMessage())));
    }
  }

  private static LogFormat format(Call call) {
    String header = call.header("Accept");
    String accepted = header == null ? "" : header.toLowerCase(Locale.ROOT);
    if (accepted.contains("text/event-stream")) {
      return LogFormat.EVENTS;
    }
    return accepted.contains("ndjson") ? LogFormat.LINES : LogFormat.JSON;
  }
}
