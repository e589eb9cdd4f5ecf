package dev.penstock.gateway.orphans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.gateway.kernels.Execution;
import dev.penstock.gateway.session.MemoryOutputLog;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Outputs of a cell as nbformat has them, from what a kernel said. */
class CellRunTest {
  private static final String MINE = "mine";

  private final MemoryOutputLog log = new MemoryOutputLog(1 << 20);

  @Test
  void textOfOneStreamIsOneOutput() throws Exception {
    ran();
    say("stream", "{'name':'stdout','text':'a'}");
    say("other", "stream", "{'name':'stdout','text':'not mine'}");
    say("stream", "{'name':'stdout','text':'b'}");
    say("stream", "{'name':'stderr','text':'c'}");
    say("stream", "{'name':'stdout','text':'d'}");
    assertThat(outputs())
        .isEqualTo(
            "[{'output_type':'stream','name':'stdout','text':'ab'},"
                + "{'output_type':'stream','name':'stderr','text':'c'},"
                + "{'output_type':'stream','name':'stdout','text':'d'}]");
  }

  @Test
  void clearedOutputsAreGone() throws Exception {
    ran();
    say("stream", "{'name':'stdout','text':'a'}");
    say("clear_output", "{'wait':false}");
    say("stream", "{'name':'stdout','text':'b'}");
    say("clear_output", "{'wait':true}");
    assertThat(outputs()).contains("'text':'b'").doesNotContain("'a'");
    say("stream", "{'name':'stdout','text':'c'}");
    assertThat(outputs()).isEqualTo("[{'output_type':'stream','name':'stdout','text':'c'}]");
  }

  @Test
  void updatesReplaceWhatTheirDisplayShows() throws Exception {
    ran();
    say("display_data", display("d", "one"));
    say("display_data", display("e", "stays"));
    say("execute_result", display("d", "one again"));
    say("update_display_data", display("d", "two"));
    say("other", "update_display_data", display("d", "three"));
    say("update_display_data", display("unknown", "nowhere"));
    assertThat(outputs())
        .isEqualTo(
            "[{'output_type':'display_data','data':{'text/plain':'three'},'metadata':{}},"
                + "{'output_type':'display_data','data':{'text/plain':'stays'},'metadata':{}},"
                + "{'output_type':'execute_result','execution_count':null,"
                + "'data':{'text/plain':'three'},'metadata':{}}]");
  }

  @Test
  void pagesAndErrorsAreOutputs() throws Exception {
    ran();
    say("error", "{'ename':'E','evalue':'v','traceback':['t'],'more':1}");
    say(
        "execute_reply",
        "{'execution_count':7,'payload':[{'source':'page','data':{'text/plain':'help'}},"
            + "{'source':'set_next_input','text':'x'}]}");
    assertThat(outputs())
        .isEqualTo(
            "[{'output_type':'error','ename':'E','evalue':'v','traceback':['t']},"
                + "{'output_type':'display_data','data':{'text/plain':'help'},'metadata':{}}]");
    assertThat(read().count().intValue()).isEqualTo(7);
  }

  @Test
  void whatNeverRanHasNoOutputs() throws Exception {
    say("execute_reply", "{'status':'aborted'}");
    assertThat(CellRun.read(log, execution())).isNull();
  }

  @Test
  void whatIsNotWholeIsNotWritten() {
    MemoryOutputLog small = new MemoryOutputLog(1000);
    for (int i = 0; i < 100; i++) {
      small.append(entry(MINE, "stream", "{'name':'stdout','text':'a'}"));
      small.trim(small.next());
    }
    assertThatExceptionOfType(UnwrittenException.class)
        .isThrownBy(() -> CellRun.read(small, new Execution(MINE, "c", "", 0, small.next())))
        .extracting(UnwrittenException::outcome)
        .isEqualTo(Outcome.LOST);
    ran();
    say("display_data", "{'data':{'application/json':NaN}}");
    assertThatExceptionOfType(UnwrittenException.class)
        .isThrownBy(this::read)
        .extracting(UnwrittenException::outcome)
        .isEqualTo(Outcome.FAILED);
  }

  @Test
  void whatIsTooLargeIsNotWritten() {
    MemoryOutputLog large = new MemoryOutputLog(Long.MAX_VALUE);
    OutputEntry text =
        entry(MINE, "stream", "{'name':'stdout','text':'" + "x".repeat(1 << 20) + "'}");
    for (int i = 0; i < 65; i++) {
      large.append(text);
    }
    assertThatExceptionOfType(UnwrittenException.class)
        .isThrownBy(() -> CellRun.read(large, new Execution(MINE, "c", "", 0, large.next())))
        .extracting(UnwrittenException::outcome)
        .isEqualTo(Outcome.TOO_LARGE);
  }

  private void ran() {
    say("execute_input", "{'code':'','execution_count':1}");
  }

  private void say(String msgType, String content) {
    say(MINE, msgType, content);
  }

  private void say(String parent, String msgType, String content) {
    log.append(entry(parent, msgType, content));
  }

  private Execution execution() {
    return new Execution(MINE, "cell", "", 0, log.next());
  }

  private CellRun read() throws UnwrittenException {
    return Objects.requireNonNull(CellRun.read(log, execution()));
  }

  private String outputs() throws UnwrittenException {
    return read().outputs().toString().replace('"', '\'');
  }

  private static String display(String id, String text) {
    return "{'data':{'text/plain':'%s'},'metadata':{},'transient':{'display_id':'%s'}}"
        .formatted(text, id);
  }

  private static OutputEntry entry(String parent, String msgType, String content) {
    byte[] none = {};
    String header = "{'msg_id':'" + parent + "','session':'s','msg_type':'execute_request'}";
    return new OutputEntry(
        Channel.IOPUB,
        msgType,
        none,
        null,
        json("{}"),
        json(header),
        json("{}"),
        json(content),
        List.of());
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
