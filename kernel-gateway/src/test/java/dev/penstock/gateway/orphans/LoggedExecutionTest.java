package dev.penstock.gateway.orphans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.gateway.session.MemoryOutputLog;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What a local Jupyter server is told of an execution. */
class LoggedExecutionTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private MemoryOutputLog log = new MemoryOutputLog(1 << 20);

  @Test
  void whatIsNotOverIsNotToldYet() throws Exception {
    say("execute_input", "{'code':'','execution_count':1}");
    say("stream", "{'name':'stdout','text':'a'}");
    say("execute_reply", "{'status':'ok','execution_count':1}");
    assertThat(LoggedExecution.await(log, "mine", Duration.ZERO).toString())
        .isEqualTo("{\"over\":false}");
  }

  @Test
  void theEndIsWaitedFor() throws Exception {
    say("execute_input", "{'code':'','execution_count':1}");
    CompletableFuture<ObjectNode> told = CompletableFuture.supplyAsync(this::end);
    say("stream", "{'name':'stdout','text':'a'}");
    say("status", "{'execution_state':'idle'}");
    say("execute_reply", "{'status':'ok','execution_count':1}");
    say("stream", "{'name':'stdout','text':'of a thread, later'}");
    assertThat(told.get(1, TimeUnit.MINUTES).toString().replace('"', '\''))
        .startsWith("{'over':true,'ran':true,'outputs':[{'output_type':'stream'")
        .endsWith("'execution_count':1}")
        .contains("'text':'a")
        .doesNotContain("later");
  }

  @Test
  void whatWasAbortedHasNotRun() throws Exception {
    say("status", "{'execution_state':'busy'}");
    say("execute_reply", "{'status':'aborted'}");
    say("status", "{'execution_state':'idle'}");
    assertThat(LoggedExecution.await(log, "mine", LONG).toString())
        .isEqualTo("{\"over\":true,\"ran\":false}");
  }

  @Test
  void whatHasLostItsBeginningIsNotTold() {
    log = new MemoryOutputLog(2000);
    say("execute_input", "{'code':'','execution_count':1}");
    for (int i = 0; i < 100; i++) {
      say("stream", "{'name':'stdout','text':'a'}");
      log.trim(log.next());
    }
    say("execute_reply", "{'status':'ok','execution_count':1}");
    say("status", "{'execution_state':'idle'}");
    assertThatExceptionOfType(UnwrittenException.class)
        .isThrownBy(() -> LoggedExecution.await(log, "mine", LONG))
        .extracting(UnwrittenException::code)
        .isEqualTo("lost");
  }

  private ObjectNode end() {
    try {
      return LoggedExecution.await(log, "mine", LONG);
    } catch (UnwrittenException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void say(String msgType, String content) {
    byte[] none = {};
    String header = "{'msg_id':'mine','session':'s','msg_type':'execute_request'}";
    log.append(
        new OutputEntry(
            Channel.IOPUB,
            msgType,
            none,
            null,
            json("{}"),
            json(header),
            json("{}"),
            json(content),
            List.of()));
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
