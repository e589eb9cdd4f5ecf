package dev.penstock.gateway.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.session.ForwardingLog;
import dev.penstock.gateway.session.MemoryOutputLog;
import dev.penstock.gateway.session.Session;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a session does while the disk of its log is behind. */
class FullLogTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int SIGCONT = 18;

  @Test
  void requestsAreServedWhileOutputWaits() throws Exception {
    Log log = new Log();
    try (TestingSession testing = TestingSession.start(log);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Verbs verbs = testing.verbs();
      assertThat(verbs.execute("first = 1", null, LONG).isOk()).isTrue();
      Future<VerbResult> printed;
      log.full = true;
      try {
        // Twice: the owner may have looked at the log just before the first.
        serveSomething(testing.session());
        serveSomething(testing.session());
        long before = log.next();
        printed = threads.submit(() -> verbs.execute("print('x' * 4_000_000)", null, LONG));
        for (int n = 0; n < 100; n++) {
          serveSomething(testing.session());
        }
        assertThat(log.read(before, 100).entries())
            .extracting(logged -> logged.entry().msgType())
            .isSubsetOf("status");
      } finally {
        log.full = false;
      }
      assertThat(printed.get().stdout()).hasSize(4_000_001);
    }
  }

  private static void serveSomething(Session session) throws Exception {
    session.signal(SIGCONT).get(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  private static final class Log extends ForwardingLog {
    private volatile boolean full;

    Log() {
      super(new MemoryOutputLog(64 << 20));
    }

    @Override
    public boolean hasRoom() {
      return !full;
    }
  }
}
