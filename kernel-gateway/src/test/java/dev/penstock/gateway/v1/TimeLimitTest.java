package dev.penstock.gateway.v1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.verbs.Pace;
import dev.penstock.protocol.message.Channel;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimeLimitTest {
  private static final byte[] NONE = "{}".getBytes(StandardCharsets.UTF_8);

  private static Run run() {
    Order order = new Order(Verb.CELL, "1", 3600.0, false, true, false, 0);
    return new Run("r", order, 0, new Pace(0, _ -> {}));
  }

  private static void says(Run run, Channel channel, String type, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    run.said(0, new OutputEntry(channel, type, NONE, null, NONE, NONE, NONE, bytes, List.of()));
  }

  private static void begin(Run run) {
    says(run, Channel.IOPUB, "status", "{\"execution_state\": \"busy\"}");
  }

  private static void end(Run run) {
    says(run, Channel.SHELL, "execute_reply", "{\"status\": \"ok\"}");
    says(run, Channel.IOPUB, "status", "{\"execution_state\": \"idle\"}");
  }

  /** The only reference to a run that was over long before its limit. */
  private static WeakReference<Run> over(ReferenceQueue<Run> gone) {
    Run run = run();
    TimeLimit.watch(run, 3600, () -> {});
    begin(run);
    end(run);
    assertThat(run.over()).isDone();
    return new WeakReference<>(run, gone);
  }

  @Test
  void aRunThatIsOverIsHeldNoLonger() throws Exception {
    ReferenceQueue<Run> gone = new ReferenceQueue<>();
    WeakReference<Run> run = over(gone);
    Reference<? extends Run> found = null;
    for (int i = 0; i < 300 && found == null; i++) {
      System.gc();
      found = gone.remove(100);
    }
    assertThat(found).isSameAs(run);
  }

  @Test
  void oneThatNobodyWantsIsInterruptedOnceItsCodeRuns() throws Exception {
    Run run = run();
    Semaphore interrupts = new Semaphore(0);
    TimeLimit.end(run, interrupts::release);
    begin(run);
    assertThat(run.askCancel()).isTrue();
    assertThat(interrupts.tryAcquire(500, TimeUnit.MILLISECONDS)).as("not in its code").isFalse();
    says(run, Channel.IOPUB, "execute_input", "{}");
    assertThat(interrupts.tryAcquire(2, 30, TimeUnit.SECONDS)).as("again and again").isTrue();
    end(run);
    assertThat(run.askCancel()).isFalse();
  }

  @Test
  void oneThatRunsOnIsInterrupted() throws Exception {
    Run run = run();
    Semaphore interrupts = new Semaphore(0);
    TimeLimit.watch(run, 0.01, interrupts::release);
    begin(run);
    assertThat(interrupts.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    end(run);
    assertThat(run.view().timedOut()).isTrue();
  }
}
