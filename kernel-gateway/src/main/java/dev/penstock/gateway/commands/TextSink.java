package dev.penstock.gateway.commands;

import dev.penstock.gateway.logview.OutputSink;
import dev.penstock.gateway.session.Logged;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The bytes that a command wrote, stdout and stderr alike, and nothing else, unless its exit is
 * asked for as a last line. Where something is gone there is a line that says so.
 */
final class TextSink implements OutputSink {
  private static final int BUFFER = 1 << 15;

  private final OutputStream out;
  private final boolean tellsExit;
  private boolean inLine;

  TextSink(OutputStream out, boolean tellsExit) {
    this.out = new BufferedOutputStream(out, BUFFER);
    this.tellsExit = tellsExit;
  }

  @Override
  public void begin() {}

  @Override
  public void told(Logged logged) throws IOException {
    byte[] content = logged.entry().content();
    if (!Told.isExit(logged)) {
      out.write(content);
      inLine = content.length > 0 && content[content.length - 1] != '\n';
    } else if (tellsExit) {
      line("exit " + new String(content, StandardCharsets.UTF_8));
    }
  }

  @Override
  public void lost(long from, long count) throws IOException {
    line("[" + count + " pieces of output are gone]");
  }

  private void line(String text) throws IOException {
    out.write(((inLine ? "\n" : "") + text + "\n").getBytes(StandardCharsets.UTF_8));
    inLine = false;
  }

  /** Whatever was written would be taken for output. */
  @Override
  public void idle() {}

  @Override
  public void end(long next) {}

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
