package dev.penstock.gateway.logview;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.kernels.Tracebacks;

/**
 * {@code GET /api/kernels/{id}/log}: what a kernel said to its clients, as JSON, as lines of JSON
 * or as server-sent events; {@code /executions}: which cells are in flight (docs/observing.md).
 * Thread-safe.
 */
public final class LogApi {
  private final Kernels kernels;
  private final Tracebacks tracebacks;

  /** The logs of these kernels. */
  public LogApi(Kernels kernels, Tracebacks tracebacks) {
    this.kernels = kernels;
    this.tracebacks = tracebacks;
  }

  /** Adds the path. */
  public void addTo(Routes routes) {
    routes
        .add("GET", "/api/kernels/{id}/log", this::log)
        .add("GET", "/api/kernels/{id}/executions", this::executions);
  }

  private Answer executions(Call call) throws HttpException {
    try {
      Kernel kernel = kernels.find(call.part("id"));
      long next = kernel.log().next();
      return Answer.ok(kernel.executionsInFlight().tell(next)).with("Cache-Control", "no-store");
    } catch (KernelException e) {
      throw new HttpException(404, String.valueOf(e.getMessage()));
    }
  }

  private Answer log(Call call) throws HttpException {
    LogSource source = find(call.part("id"));
    LogFormat format = LogFormat.of(call);
    LogQuery query = LogQuery.of(call, format);
    return Answer.streaming(
            format.mediaType(),
            out -> new LogStream(source, query, tracebacks, format.writer(out)).run())
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
}
