package dev.penstock.gateway.v1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.verbs.Pace;
import dev.penstock.protocol.message.Channel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An execution, as the messages about it make it: in any order that kernels send them in. */
class RunTest {
  private static final byte[] NONE = "{}".getBytes(StandardCharsets.UTF_8);

  private final Run run =
      new Run("r", new Order(Verb.CELL, "1", null, false, true, false, 0), 5, new Pace(0, _ -> {}));
  private long seq;

  @BeforeEach
  void begin() {
    seq = 5;
  }

  private void says(Channel channel, String type, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    run.said(seq++, new OutputEntry(channel, type, NONE, null, NONE, NONE, NONE, bytes, List.of()));
  }

  private void status(String state) {
    says(Channel.IOPUB, "status", "{\"execution_state\": \"%s\"}".formatted(state));
  }

  private void replies(String content) {
    says(Channel.SHELL, "execute_reply", content);
  }

  private RunState state() {
    return run.view().state();
  }

  @Test
  void itWaitsRunsAndEnds() {
    assertThat(state()).isEqualTo(RunState.WAITING);
    status("busy");
    assertThat(state()).isEqualTo(RunState.RUNNING);
    says(Channel.IOPUB, "stream", "{\"name\": \"stdout\", \"text\": \"a\"}");
    says(Channel.IOPUB, "execute_result", "{}");
    replies("{\"status\": \"ok\", \"execution_count\": 3}");
    assertThat(state()).isEqualTo(RunState.RUNNING);
    status("idle");
    RunView view = run.view();
    assertThat(view.state()).isEqualTo(RunState.OK);
    assertThat(view.to()).isEqualTo(9);
    assertThat(view.resultSeq()).isEqualTo(7);
    assertThat(view.replySeq()).isEqualTo(8);
    assertThat(view.outputs()).isEqualTo(2);
    assertThat(run.over()).isDone();
    assertThat(run.heard()).isEqualTo(9);
  }

  @Test
  void theReplyMayComeLast() {
    status("busy");
    status("idle");
    assertThat(run.over()).isNotDone();
    replies("{\"status\": \"error\", \"ename\": \"E\"}");
    assertThat(state()).isEqualTo(RunState.ERROR);
    assertThat(run.view().to()).isEqualTo(7);
  }

  @Test
  void nothingFollowsTheReplyOfADeadKernel() {
    replies("{\"status\": \"error\", \"ename\": \"DeadKernelError\"}");
    assertThat(state()).isEqualTo(RunState.ERROR);
  }

  @Test
  void whatWasCancelledIsToldSo() {
    assertThat(run.isUnwanted()).isFalse();
    assertThat(run.askCancel()).isTrue();
    assertThat(run.isUnwanted()).isTrue();
    replies("{\"status\": \"aborted\"}");
    assertThat(run.entered()).as("there is nothing to interrupt").isNotDone();
    status("idle");
    assertThat(state()).isEqualTo(RunState.CANCELLED);
    assertThat(run.isUnwanted()).isFalse();
    assertThat(run.askCancel()).isFalse();
  }

  @Test
  void aCancelThatCameTooLateChangesNothing() {
    status("busy");
    assertThat(run.askCancel()).isTrue();
    assertThat(run.isUnwanted()).isTrue();
    replies("{\"status\": \"ok\"}");
    status("idle");
    assertThat(state()).isEqualTo(RunState.OK);
  }

  @Test
  void itAsksUntilItIsAnswered() {
    status("busy");
    says(Channel.STDIN, "input_request", "{\"prompt\": \"? \", \"password\": true}");
    assertThat(state()).isEqualTo(RunState.ASKING);
    Question question = Objects.requireNonNull(run.takeQuestion());
    assertThat(question.prompt()).isEqualTo("? ");
    assertThat(question.isPassword()).isTrue();
    assertThat(state()).isEqualTo(RunState.RUNNING);
    assertThat(run.takeQuestion()).isNull();
  }

  @Test
  void itEndsWithItsKernel() {
    run.lost(40);
    assertThat(state()).isEqualTo(RunState.ERROR);
    assertThat(run.view().to()).isEqualTo(40);
    replies("{\"status\": \"ok\"}");
    assertThat(state()).isEqualTo(RunState.ERROR);
  }

  @Test
  void aLargeReplyIsNotReadForItsStatus() {
    status("busy");
    replies("{\"status\": \"ok\", \"value\": \"%s\"}".formatted("1".repeat(1 << 19)));
    status("idle");
    assertThat(state()).isEqualTo(RunState.OK);
  }
}
