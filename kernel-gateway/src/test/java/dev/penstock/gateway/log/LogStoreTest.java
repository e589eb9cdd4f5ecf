package dev.penstock.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogStoreTest {
  static final Budgets SMALL = new Budgets(10_000, 1 << 20, 1 << 20, 4 << 20, 100_000);

  @TempDir Path root;

  @Test
  void readsBackWhatWasSaidFromMemoryAndDisk() throws IOException {
    Random random = new Random(1);
    List<OutputEntry> said = Stream.generate(() -> Entries.random(random)).limit(500).toList();
    Instant before = Instant.now().minusMillis(1);
    try (LogStore store = LogStore.open(root, SMALL)) {
      OutputLog log = store.open("k");
      said.forEach(log::append);
      store.release("k");
      List<Logged> read = Entries.all(log);
      assertSame(read, said, 0);
      assertThat(read).allSatisfy(l -> assertThat(l.at()).isBetween(before, Instant.now()));
      assertThat(log.get(3)).as("from disk").isNotNull();
      assertThat(log.get(499)).as("from memory").isSameAs(said.get(499));
      assertThat(log.get(500)).isNull();
      assertThat(log.get(-1)).isNull();
      assertThat(log.read(498, 100).entries()).hasSize(2);
      assertThat(log.read(900, 5).entries()).isEmpty();
    }
  }

  @Test
  void anotherGatewayReadsAndGoesOn() throws IOException {
    try (LogStore store = LogStore.open(root, SMALL)) {
      store.open("k").append(Entries.text("r", "one"));
    }
    try (LogStore store = LogStore.open(root, SMALL)) {
      assertThat(store.reopen("other")).isEmpty();
      OutputLog former = store.reopen("k").orElseThrow();
      assertThat(former.next()).isEqualTo(1);
      assertThat(former.await(0, Duration.ofHours(1))).isTrue();
      assertThat(former.await(1, Duration.ofHours(1))).isFalse();
      assertThatThrownBy(() -> former.append(Entries.text("r", "x")))
          .isInstanceOf(UnsupportedOperationException.class);
      OutputLog log = store.open("k");
      assertThat(log.append(Entries.text("r", "two"))).isEqualTo(1);
      assertThat(contents(log)).containsExactly("one", "two");
      assertThat(store.open("k")).as("one log for a kernel").isSameAs(log);
      assertThat(store.reopen("k")).containsSame(log);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void clientsAreKnownByTheirSessionOnceTheEntryIsOnDisk() throws IOException {
    try (LogStore store = LogStore.open(root, new Budgets(0, 1 << 20, 1 << 20, 1 << 20, 1000))) {
      OutputLog log = store.open("k");
      OutputEntry reply = Entries.replyTo("client 7");
      long seq = log.append(reply);
      log.append(Entries.text("r", "x"));
      store.release("k");
      assertThat(log.read(seq, 1).entries().getFirst().session()).isEqualTo("client 7");
      OutputEntry undelivered = Objects.requireNonNull(log.get(seq));
      assertThat(undelivered).as("from disk").isNotSameAs(reply);
      assertThat(undelivered.to()).isSameAs(reply.to());
      log.trim(seq + 1);
      assertThat(Objects.requireNonNull(log.get(seq)).to()).isNull();
    }
  }

  @Test
  void deletesAndStartsAgain() throws IOException {
    try (LogStore store = LogStore.open(root, SMALL)) {
      OutputLog old = store.open("k");
      old.append(Entries.text("r", "x"));
      store.delete("k");
      assertThat(root).isEmptyDirectory();
      assertThat(old.append(Entries.text("r", "late"))).as("from memory only").isEqualTo(1);
      assertThat(store.reopen("k")).isEmpty();
      assertThat(store.open("k").next()).isZero();
    }
  }

  @Test
  void isPrivateAndStaysInItsDirectory() throws IOException {
    Path inner = root.resolve("a/logs");
    try (LogStore store = LogStore.open(inner, SMALL)) {
      for (String id : List.of("../../evil", "", ".", "ä/ö", "x".repeat(500))) {
        store.open(id).append(Entries.text("r", id));
      }
    }
    try (Stream<Path> files = Files.walk(root.resolve("a"))) {
      assertThat(files)
          .hasSize(2 + 5 * 3)
          .allSatisfy(file -> {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
            assertThat(mode).isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
          });
    }
    try (LogStore store = LogStore.open(inner, SMALL)) {
      assertThat(contents(store.reopen("../../evil").orElseThrow())).containsExactly("../../evil");
    }
  }

  @Test
  void saysSoWhenItIsClosed() throws IOException {
    LogStore store = LogStore.open(root, SMALL);
    OutputLog log = store.open("k");
    store.close();
    store.close();
    assertThatThrownBy(() -> store.open("k")).hasMessageContaining("closed");
    assertThat(log.append(Entries.text("r", "x"))).as("the session goes on").isZero();
  }

  static List<String> contents(OutputLog log) {
    return Entries.all(log).stream()
        .map(logged -> Entries.parts(logged).get(6))
        .map(json -> json.substring(json.indexOf("text") + 7, json.length() - 2))
        .toList();
  }

  static void assertSame(List<Logged> read, List<OutputEntry> said, long firstSeq) {
    assertThat(read).hasSizeLessThanOrEqualTo(said.size());
    List<Integer> wrong = new ArrayList<>();
    for (int i = 0; i < read.size(); i++) {
      Logged expected = Logged.of(firstSeq + i, Instant.EPOCH, said.get(i));
      if (read.get(i).seq() != expected.seq()
          || read.get(i).entry().channel() != expected.entry().channel()
          || !Entries.parts(read.get(i)).equals(Entries.parts(expected))) {
        wrong.add(i);
      }
    }
    assertThat(wrong).as("places where something else was read").isEmpty();
  }
}
