package dev.penstock.gateway.v1;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.Spliced;
import dev.penstock.gateway.logview.JsonSink;
import dev.penstock.gateway.logview.LogFormat;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.tally.Tally;
import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.databind.node.ObjectNode;

/** One object, an object on each line, or server-sent events. */
final class JsonOutputs extends JsonSink implements RunSink {
  private final RunModel model;

  JsonOutputs(LogFormat format, OutputStream out, RunModel model) {
    super(format, out);
    this.model = model;
  }

  @Override
  public void told(Logged logged) throws IOException {
    ObjectNode content = Told.content(logged.entry());
    byte[] json = Told.json(logged, content, model.tracebacks());
    String event = Told.event(logged.entry(), content);
    if (event == null) {
      writer.entry(logged.seq(), json);
    } else {
      writer.event(event, logged.seq(), json);
    }
    model.kernel().tally().sent(Tally.Way.HTTP, json.length);
  }

  @Override
  public void exit(RunView run) throws IOException {
    byte[] exit = model.exit(run);
    if (format == LogFormat.EVENTS) {
      writer.event("exit", run.to(), exit);
    } else {
      ObjectNode head = Json.object().put("seq", run.to()).put("time", String.valueOf(run.ended()));
      writer.entry(run.to(), new Spliced(head).with("exit", exit).bytes());
    }
  }
}
