package dev.penstock.gateway.commands;

import dev.penstock.gateway.logview.JsonSink;
import dev.penstock.gateway.logview.LogFormat;
import dev.penstock.gateway.session.Logged;
import java.io.IOException;
import java.io.OutputStream;

/** One object, an object on each line, or server-sent events. */
final class CommandJson extends JsonSink {
  private final boolean binary;

  CommandJson(LogFormat format, OutputStream out, boolean binary) {
    super(format, out);
    this.binary = binary;
  }

  @Override
  public void told(Logged logged) throws IOException {
    if (!Told.isExit(logged)) {
      byte[] json = Told.json(logged, binary);
      if (Told.isStderr(logged)) {
        writer.event("stderr", logged.seq(), json);
      } else {
        writer.entry(logged.seq(), json);
      }
    } else if (format == LogFormat.EVENTS) {
      writer.event("exit", logged.seq(), logged.entry().content());
    } else {
      writer.entry(logged.seq(), Told.json(logged, binary));
    }
  }
}
