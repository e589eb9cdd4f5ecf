package dev.penstock.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskLogTest {
  @TempDir Path root;

  /** Memory for little, so that readers meet memory, files, and the way between. */
  @Test
  void manyReadersSeeEverythingInOrder()
      throws IOException, InterruptedException, ExecutionException {
    Random random = new Random(1);
    List<OutputEntry> said = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      said.add(Entries.random(random));
    }
    Budgets budgets = new Budgets(20_000, 100_000, 64 << 20, 64 << 20, 200_000);
    try (LogStore store = LogStore.open(root, budgets);
        ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      OutputLog log = store.open("k");
      List<Future<List<Logged>>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        int limit = 1 + 7 * i;
        all.add(readers.submit(() -> follow(log, said.size(), limit)));
      }
      said.forEach(log::append);
      for (Future<List<Logged>> one : all) {
        LogStoreTest.assertSame(one.get(), said, 0);
        assertThat(one.get()).hasSize(said.size());
      }
    }
  }

  private static List<Logged> follow(OutputLog log, int count, int limit)
      throws InterruptedException {
    List<Logged> found = new ArrayList<>();
    long from = 0;
    while (from < count) {
      assertThat(log.await(from, Duration.ofSeconds(30))).isTrue();
      OutputLog.Slice slice = log.read(from, limit);
      assertThat(slice.first()).isEqualTo(from);
      found.addAll(slice.entries());
      from = slice.next();
    }
    return found;
  }

  @Test
  void aWriterThatIsShotHasWrittenAllButTheLastMoment() throws IOException {
    try (LogStore store = LogStore.open(root, Budgets.DEFAULT)) {
      store.open("k").append(Entries.text("r", "x"));
      // Nothing asks for it: neither memory is full nor is the log closed.
      while (bytes(root.resolve("k")) <= RecordFormat.FILE_HEADER) {
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      }
    }
  }

  @Test
  void largeEntriesGoThroughAndComeBack() throws IOException {
    byte[] large = Entries.bytes(new Random(1), 30 << 20);
    Budgets budgets = new Budgets(0, 1 << 20, 128 << 20, 128 << 20, 8 << 20);
    try (LogStore store = LogStore.open(root, budgets)) {
      OutputLog log = store.open("k");
      OutputEntry entry = Entries.text("r", "x").withContent(large);
      for (int i = 0; i < 3; i++) {
        log.append(entry);
      }
      store.release("k");
      assertThat(log.read(0, 100).entries()).as("as much as fits").hasSize(1);
      assertThat(log.read(2, 100).entries().getFirst().entry().content()).isEqualTo(large);
    }
  }

  @Test
  void aDiskThatFailsDoesNotStopTheSession() throws IOException {
    Budgets budgets = new Budgets(10_000, 20_000, 1 << 20, 1 << 20, 100_000);
    try (LogStore store = LogStore.open(root, budgets)) {
      OutputLog log = store.open("k");
      // Where the directory was is a file: nothing can be written, whoever tries.
      Files.delete(root.resolve("k"));
      Files.createFile(root.resolve("k"));
      for (int i = 0; i < 1000; i++) {
        assertThat(log.append(Entries.text("r", "x" + i))).isEqualTo(i);
        log.trim(log.next());
      }
      OutputLog.Slice slice = log.read(0, 1000);
      assertThat(slice.first()).as("only the end fits into memory").isGreaterThan(800);
      assertThat(slice.next()).isEqualTo(1000);
      Files.delete(root.resolve("k"));
    }
    try (LogStore store = LogStore.open(root, budgets)) {
      OutputLog log = store.reopen("k").orElseThrow();
      assertThat(log.next())
          .as("what was in memory when the disk could write again")
          .isEqualTo(1000);
      assertThat(LogStoreTest.contents(log)).contains("x999").doesNotContain("x0");
    }
  }

  @Test
  void memoryIsBoundedWhileADoorHoldsTheDiskUp() throws IOException {
    Budgets budgets = new Budgets(0, 20_000, 1 << 20, 1 << 20, 100_000);
    try (LogStore store = LogStore.open(root, budgets)) {
      OutputLog log = store.open("k");
      for (int i = 0; i < 500; i++) {
        log.append(Entries.text("r", "x" + i));
      }
      store.release("k");
      assertThat(LogStoreTest.contents(log)).as("waited for, not given up").hasSize(500);
    }
  }

  @Test
  void waitsForWhatIsNotThere() throws IOException, InterruptedException, ExecutionException {
    try (LogStore store = LogStore.open(root, Budgets.DEFAULT);
        ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      OutputLog log = store.open("k");
      assertThat(log.await(0, Duration.ZERO)).isFalse();
      assertThat(log.await(0, Duration.ofMillis(1))).isFalse();
      Future<Boolean> waiting = readers.submit(() -> log.await(1, Duration.ofSeconds(30)));
      log.append(Entries.text("r", "x"));
      log.append(Entries.text("r", "y"));
      assertThat(waiting.get()).isTrue();
      assertThat(log.await(0, Duration.ZERO)).isTrue();
    }
  }

  private static long bytes(Path directory) throws IOException {
    return new LogDirectory(directory).bytes();
  }
}
