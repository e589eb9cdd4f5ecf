package dev.penstock.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExecutionsTest {
  private final Executions executions = new Executions(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

  @Test
  void aRequestWaitsRunsAndIsGone() throws WireException {
    executions.requested(request("a", "execute_request", "{'cellId':'first'}"));
    executions.requested(request("b", "execute_request", "{}"));
    assertThat(told(3)).isEqualTo("a first waiting 3, b null waiting 3, ");
    executions.began("a", 5);
    assertThat(told(9)).isEqualTo("a first running 5, b null waiting 9, ");
    executions.ended("a");
    assertThat(told(9)).isEqualTo("b null waiting 9, ");
  }

  @Test
  void otherRequestsAreNotTold() throws WireException {
    executions.requested(request("a", "complete_request", "{}"));
    executions.began("a", 5);
    executions.ended("a");
    assertThat(told(9)).isEmpty();
  }

  @Test
  void whatWaitsOutlivesTheProcess() throws WireException {
    executions.requested(request("a", "execute_request", "{'cellId':'first'}"));
    executions.requested(request("b", "execute_request", "{'cellId':'second'}"));
    executions.began("a", 5);
    executions.reset();
    assertThat(told(9)).isEqualTo("b second waiting 9, ");
    assertThat(ended()).isEqualTo("a first 5, ");
    executions.over();
    assertThat(told(9)).isEmpty();
  }

  @Test
  void theLastOfEachCellThatIsOverIsTold() throws WireException {
    run("a", "{'cellId':'first'}", 1);
    run("b", "{'cellId':'second'}", 3);
    run("c", "{}", 5);
    run("d", "{'cellId':'first'}", 7);
    executions.requested(request("e", "execute_request", "{'cellId':'third'}"));
    executions.ended("e");
    assertThat(ended()).isEqualTo("b second 3, d first 7, ");
    assertThat(executions.tell(9).at("/ended/0/at").asString()).isEqualTo("1970-01-01T00:00:00Z");
  }

  private void run(String msgId, String metadata, long from) throws WireException {
    executions.requested(request(msgId, "execute_request", metadata));
    executions.began(msgId, from);
    executions.ended(msgId);
  }

  private String ended() {
    StringBuilder all = new StringBuilder();
    executions
        .tell(0)
        .get("ended")
        .forEach(one ->
            all.append(one.get("msg_id").asString())
                .append(' ')
                .append(one.get("cell_id").asString())
                .append(' ')
                .append(one.get("from").asLong())
                .append(", "));
    return all.toString();
  }

  @Test
  void whatIsNoIdOfACellIsNone() throws WireException {
    executions.requested(request("a", "execute_request", "not JSON"));
    executions.requested(request("b", "execute_request", "{'cellId':7}"));
    String longest = "x".repeat(CellIds.LONGEST + 1);
    executions.requested(request("c", "execute_request", "{'cellId':'" + longest + "'}"));
    assertThat(told(0)).isEqualTo("a null waiting 0, b null waiting 0, c null waiting 0, ");
  }

  private String told(long next) {
    StringBuilder all = new StringBuilder();
    executions
        .tell(next)
        .get("executions")
        .forEach(one ->
            all.append(one.get("msg_id").asString())
                .append(' ')
                .append(one.get("cell_id").isNull() ? "null" : one.get("cell_id").asString())
                .append(' ')
                .append(one.get("state").asString())
                .append(' ')
                .append(one.get("from").asLong())
                .append(", "));
    return all.toString();
  }

  private static Request request(String msgId, String type, String metadata) throws WireException {
    byte[] header =
        json("{'msg_id':'" + msgId + "','session':'s','username':'u','msg_type':'" + type + "'}");
    byte[] empty = json("{}");
    Message message = new Message(List.of(), header, empty, json(metadata), empty, List.of());
    Client client = new Client((_, _) -> {}, List.of());
    return new Request(client, Channel.SHELL, Header.parse(header), message);
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
