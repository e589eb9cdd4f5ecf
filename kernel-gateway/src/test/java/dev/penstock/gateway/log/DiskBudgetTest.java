package dev.penstock.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskBudgetTest {
  private static final long LOG = 200_000;
  private static final long ALL = 500_000;
  private static final Budgets TIGHT = new Budgets(1000, 1 << 20, LOG, ALL, 20_000);

  @TempDir Path root;

  @Test
  void theOldestGoWhenNothingCanBeSpared() throws IOException {
    Random random = new Random(1);
    try (LogStore store = LogStore.open(root, TIGHT)) {
      OutputLog log = store.open("k");
      say(log, 2000, i -> image(random));
      store.release("k");
      OutputLog.Slice slice = log.read(0, 1);
      assertThat(slice.first()).as("a gap is seen").isGreaterThan(1000);
      assertThat(log.get(slice.first() - 1)).isNull();
      List<Logged> kept = Entries.all(log);
      assertThat(kept).hasSize((int) (2000 - slice.first()));
      assertThat(size(root)).isBetween(LOG / 2, LOG);
    }
  }

  @Test
  void whatADoorStillNeedsStays() throws IOException {
    Random random = new Random(1);
    try (LogStore store = LogStore.open(root, new Budgets(1000, 1 << 20, LOG, 8 << 20, 20_000))) {
      OutputLog log = store.open("k");
      log.trim(700);
      for (int i = 0; i < 2000; i++) {
        log.append(image(random));
      }
      store.release("k");
      assertThat(log.read(0, 1).first()).isBetween(1L, 700L);
      assertThat(Entries.all(log)).extracting(Logged::seq).contains(700L, 1000L, 1999L);
    }
  }

  @Test
  void progressIsShortenedAndTheRestKept() throws IOException {
    try (LogStore store = LogStore.open(root, TIGHT)) {
      OutputLog log = store.open("k");
      log.append(Entries.text("first", "begin\\n"));
      say(log, 2000, i -> Entries.text("A", "\\r" + i + "%"));
      say(log, 2000, i -> update(i));
      log.append(Entries.text("last", "end\\n"));
      store.release("k");
      assertThat(size(root)).isLessThanOrEqualTo(LOG);
      List<Logged> kept = Entries.all(log);
      assertThat(kept).hasSizeLessThan(1000);
      assertThat(Entries.parts(kept.getFirst()).get(6)).contains("begin");
      assertThat(log.read(0, 1).first()).as("nothing is gone").isZero();
      assertThat(kept).extracting(Logged::seq).isSorted().doesNotHaveDuplicates();
      assertThat(shown(kept, "stream")).contains("\\r1999%").doesNotContain("\\r500%");
      assertThat(shown(kept, "update_display_data")).contains("'n1999'").doesNotContain("'n500'");
    }
    try (LogStore store = LogStore.open(root, TIGHT)) {
      List<Logged> kept = Entries.all(store.reopen("k").orElseThrow());
      assertThat(shown(kept, "stream")).contains("begin", "\\r1999%", "end");
      assertThat(kept.getLast().seq()).isEqualTo(4001);
    }
  }

  @Test
  void allLogsTogetherHaveABudget() throws IOException {
    Random random = new Random(1);
    try (LogStore store = LogStore.open(root, TIGHT)) {
      for (String id : List.of("former1", "former2")) {
        say(store.open(id), 1000, i -> image(random));
        store.release(id);
      }
      OutputLog large = store.open("large");
      say(large, 1000, i -> image(random));
      OutputLog small = store.open("small");
      small.append(Entries.text("r", "small"));
      say(store.open("other"), 1000, i -> image(random));
      store.release("small");
      store.release("other");
      assertThat(store.reopen("former1")).as("former ones go first").isEmpty();
      assertThat(store.reopen("small")).isPresent();
      assertThat(Entries.all(large)).isNotEmpty();
    }
    assertThat(size(root)).isLessThanOrEqualTo(ALL);
    try (LogStore store = LogStore.open(root, new Budgets(1000, 1000, 40_000, 40_000, 20_000))) {
      assertThat(size(root)).as("also when a gateway starts").isLessThanOrEqualTo(40_000);
      assertThat(store.reopen("other")).isEmpty();
    }
  }

  private interface Maker {
    OutputEntry make(int number);
  }

  /** Says so much, as a session does: doors have sent what was said. */
  private static void say(OutputLog log, int count, Maker maker) {
    for (int i = 0; i < count; i++) {
      log.append(maker.make(i));
      log.trim(log.next());
    }
  }

  private static OutputEntry image(Random random) {
    return Entries.iopub("display_data", "A", Integer.toString(random.nextInt()).repeat(30));
  }

  private static OutputEntry update(int number) {
    return Entries.iopub(
        "update_display_data",
        "A",
        "{'data':{'text/plain':'n" + number + "'},'transient':{'display_id':'d'}}");
  }

  private static String shown(List<Logged> kept, String msgType) {
    StringBuilder all = new StringBuilder();
    for (Logged logged : kept) {
      if (logged.entry().msgType().equals(msgType)) {
        all.append(Entries.parts(logged).get(6).replace('"', '\''));
      }
    }
    return all.toString();
  }

  private static long size(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    long sum = 0;
    for (Path file : files) {
      sum += Files.size(file);
    }
    return sum;
  }
}
