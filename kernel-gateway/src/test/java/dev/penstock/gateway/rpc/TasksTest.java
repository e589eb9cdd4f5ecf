package dev.penstock.gateway.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class TasksTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Semaphore interrupts = new Semaphore(0);
  private final List<String> ran = new CopyOnWriteArrayList<>();
  private final Tasks tasks = new Tasks();

  private Work work(String name) {
    return turn -> {
      turn.asked(() -> {});
      turn.begun();
      ran.add(name);
      return new Outcome.Result("\"" + name + "\"");
    };
  }

  /** Work that runs until it is interrupted, as often as it takes. */
  private Work endless(CountDownLatch running) {
    return turn -> {
      turn.asked(interrupts::release);
      turn.begun();
      running.countDown();
      interrupts.acquire();
      throw new RpcException(RpcError.of(RpcError.FAILED, "KeyboardInterrupt"));
    };
  }

  private static TaskState ended(Task task) throws InterruptedException {
    task.await(LONG);
    return task.state();
  }

  @Test
  void theyRunInOrderAndAreKnownAfterwards() throws Exception {
    Task first = tasks.submit("a", work("first"));
    Task second = tasks.submit("b", work("second"));
    assertThat(ended(second)).isEqualTo(TaskState.DONE);
    assertThat(ran).containsExactly("first", "second");
    assertThat(tasks.find(first.id()).outcome()).isEqualTo(new Outcome.Result("\"first\""));
    assertThat(tasks.find(first.id())).isSameAs(first);
    assertThatExceptionOfType(RpcException.class)
        .isThrownBy(() -> tasks.find("another"))
        .satisfies(e -> assertThat(e.error().code()).isEqualTo(RpcError.NO_TASK));
  }

  /** Submits work to which nobody else refers. */
  private WeakReference<Work> submitted(List<Task> made, ReferenceQueue<Work> gone)
      throws RpcException {
    Work work = work("large");
    made.add(tasks.submit("a", work));
    return new WeakReference<>(work, gone);
  }

  @Test
  void whatATaskWasCalledWithIsNotKept() throws Exception {
    List<Task> made = new ArrayList<>();
    ReferenceQueue<Work> gone = new ReferenceQueue<>();
    WeakReference<Work> work = submitted(made, gone);
    assertThat(ended(made.getFirst())).isEqualTo(TaskState.DONE);
    Reference<? extends Work> found = null;
    for (int i = 0; i < 300 && found == null; i++) {
      System.gc();
      found = gone.remove(100);
    }
    assertThat(found).isSameAs(work);
    assertThat(tasks.find(made.getFirst().id()).outcome())
        .isEqualTo(new Outcome.Result("\"large\""));
  }

  @Test
  void oneThatRunsIsInterruptedAndOneThatWaitsNeverRuns() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    Task endless = tasks.submit("endless", endless(running));
    Task waiting = tasks.submit("waiting", work("waiting"));
    Task last = tasks.submit("last", work("last"));
    running.await();
    assertThat(endless.state()).isEqualTo(TaskState.RUNNING);
    tasks.cancel(waiting);
    assertThat(waiting.state()).isEqualTo(TaskState.CANCELLED);
    tasks.cancel(endless);
    assertThat(ended(endless)).isEqualTo(TaskState.CANCELLED);
    assertThat(ended(last)).isEqualTo(TaskState.DONE);
    assertThat(ran).containsExactly("last");
    tasks.cancel(last);
    assertThat(last.state()).isEqualTo(TaskState.DONE);
    assertThat(interrupts.availablePermits()).isZero();
  }

  @Test
  void oneThatWaitsBehindOthersCodeNeverBegins() throws Exception {
    CountDownLatch handedOver = new CountDownLatch(1);
    Work behind =
        turn -> {
          turn.asked(interrupts::release);
          handedOver.countDown();
          interrupts.acquire();
          throw new RpcException(RpcError.of(RpcError.FAILED, "Aborted"));
        };
    Task task = tasks.submit("behind", behind);
    handedOver.await();
    assertThat(task.state()).isEqualTo(TaskState.WAITING);
    tasks.cancel(task);
    assertThat(ended(task)).isEqualTo(TaskState.CANCELLED);
    assertThat(task.toJson().get("started").isNull()).isTrue();
  }

  @Test
  void oneThatIsOnItsWayToTheWorkerIsCancelledWhenItIsSent() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    Task task =
        tasks.submit(
            "on its way",
            turn -> {
              taken.countDown();
              cancelled.await();
              return endless(new CountDownLatch(1)).run(turn);
            });
    taken.await();
    tasks.cancel(task);
    cancelled.countDown();
    assertThat(ended(task)).isEqualTo(TaskState.CANCELLED);
  }

  @Test
  void whoCancelsIsAnsweredWhenTheWorkerKnows() throws Exception {
    CountDownLatch handedOver = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    Semaphore heard = new Semaphore(0);
    Task task =
        tasks.submit(
            "behind",
            turn -> {
              turn.asked(() -> {
                told.countDown();
                heard.acquire();
                interrupts.release();
              });
              handedOver.countDown();
              interrupts.acquire();
              throw new RpcException(RpcError.of(RpcError.FAILED, "Aborted"));
            });
    handedOver.await();
    Thread client =
        Thread.ofVirtual()
            .start(() -> assertThatNoException().isThrownBy(() -> tasks.cancel(task)));
    told.await();
    assertThat(client.join(Duration.ofMillis(50))).isFalse();
    heard.release();
    client.join();
    assertThat(ended(task)).isEqualTo(TaskState.CANCELLED);
  }

  @Test
  void codeThatCatchesAnInterruptIsInterruptedAgain() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    Task task =
        tasks.submit(
            "catches",
            turn -> {
              turn.asked(interrupts::release);
              turn.begun();
              running.countDown();
              interrupts.acquire(2);
              throw new RpcException(RpcError.of(RpcError.FAILED, "KeyboardInterrupt"));
            });
    running.await();
    tasks.cancel(task);
    assertThat(ended(task)).isEqualTo(TaskState.CANCELLED);
  }

  @Test
  void oneThatFailsIsFollowedByTheNext() throws Exception {
    Task broken =
        tasks.submit(
            "broken",
            _ -> {
              throw new IllegalStateException("a fault");
            });
    Task next = tasks.submit("next", work("next"));
    assertThat(ended(next)).isEqualTo(TaskState.DONE);
    assertThat(broken.state()).isEqualTo(TaskState.FAILED);
    assertThat(broken.outcome()).isEqualTo(new Outcome.Failure(RpcError.internal()));
  }

  @Test
  void whoWaitsIsNotKeptForEver() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    Task endless = tasks.submit("endless", endless(running));
    running.await();
    endless.await(Duration.ofMillis(10));
    assertThat(endless.outcome()).isNull();
    tasks.cancel(endless);
    assertThat(ended(endless)).isEqualTo(TaskState.CANCELLED);
  }

  @Test
  void theOldestThatEndedAreForgotten() throws Exception {
    Task first = tasks.submit("first", work("first"));
    assertThat(ended(first)).isEqualTo(TaskState.DONE);
    CountDownLatch running = new CountDownLatch(1);
    Task endless = tasks.submit("endless", endless(running));
    for (int i = 2; i <= Tasks.MOST; i++) {
      Task _ = tasks.submit("waiting", work("waiting"));
    }
    assertThatExceptionOfType(RpcException.class).isThrownBy(() -> tasks.find(first.id()));
    assertThatExceptionOfType(RpcException.class)
        .isThrownBy(() -> tasks.submit("one more", work("one more")))
        .satisfies(e -> assertThat(e.error().code()).isEqualTo(RpcError.TOO_MANY));
    assertThat(tasks.find(endless.id())).isSameAs(endless);
    tasks.cancel(endless);
    assertThat(ended(endless)).isEqualTo(TaskState.CANCELLED);
  }

  @Test
  void largeResultsAreForgottenBeforeTheirTime() throws Exception {
    String large = "\"" + "x".repeat((int) (Tasks.MOST_SIZE / 2)) + "\"";
    Task first = tasks.submit("large", _ -> new Outcome.Result(large));
    Task second = tasks.submit("large", _ -> new Outcome.Result(large));
    assertThat(ended(tasks.submit("small", work("small")))).isEqualTo(TaskState.DONE);
    assertThat(ended(tasks.submit("last", work("last")))).isEqualTo(TaskState.DONE);
    assertThatExceptionOfType(RpcException.class).isThrownBy(() -> tasks.find(first.id()));
    assertThat(tasks.find(second.id())).isSameAs(second);
  }
}
