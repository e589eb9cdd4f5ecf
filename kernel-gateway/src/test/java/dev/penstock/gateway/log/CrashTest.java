package dev.penstock.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What another gateway finds after the end of one that was not asked. */
class CrashTest {
  private static final Budgets ROOMY = new Budgets(10_000, 1 << 20, 64 << 20, 64 << 20, 50_000);

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void findsAPrefixAtAnyMoment(long seed) throws IOException {
    Random random = new Random(seed);
    List<OutputEntry> said = new ArrayList<>();
    try (LogStore store = LogStore.open(root.resolve("live"), ROOMY)) {
      OutputLog log = store.open("k");
      for (int crash = 0; crash < 10; crash++) {
        for (int i = random.nextInt(600); i >= 0; i--) {
          said.add(Entries.random(random));
          log.append(said.getLast());
        }
        Path copy = root.resolve("crash" + crash);
        copy(root.resolve("live/k"), copy.resolve("k"));
        try (LogStore next = LogStore.open(copy, ROOMY)) {
          OutputLog found = next.open("k");
          LogStoreTest.assertSame(Entries.all(found), said, 0);
          assertGoesOn(found);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void cutsATornEndOff(long seed) throws IOException {
    Random random = new Random(seed);
    List<OutputEntry> said = write(random, 300);
    Path torn = segments().getLast();
    try (FileChannel file = FileChannel.open(torn, StandardOpenOption.WRITE)) {
      file.truncate(random.nextLong(file.size()));
    }
    Files.delete(root.resolve("k/complete"));
    try (LogStore next = LogStore.open(root, ROOMY)) {
      List<Logged> found = Entries.all(next.reopen("k").orElseThrow());
      LogStoreTest.assertSame(found, said, 0);
      assertThat(found).hasSizeGreaterThan(100);
      assertGoesOn(next.open("k"));
    }
    try (LogStore next = LogStore.open(root, ROOMY)) {
      Logged last = Entries.all(next.reopen("k").orElseThrow()).getLast();
      assertThat(Entries.parts(last)).contains("{\"name\":\"stdout\",\"text\":\"on\"}");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void neverShowsWhatWasNotSaid(long seed) throws IOException {
    Random random = new Random(seed);
    List<OutputEntry> said = write(random, 300);
    List<Path> segments = segments();
    assertThat(segments).hasSizeGreaterThan(2);
    Path victim = segments.get(random.nextInt(segments.size()));
    try (FileChannel file =
        FileChannel.open(victim, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long at = random.nextLong(file.size());
      ByteBuffer one = ByteBuffer.allocate(1);
      file.read(one, at);
      one.put(0, (byte) (one.get(0) ^ (1 << random.nextInt(8)))).rewind();
      file.write(one, at);
    }
    try (LogStore next = LogStore.open(root, ROOMY)) {
      List<Logged> found = Entries.all(next.open("k"));
      assertThat(found).hasSizeBetween(1, 299);
      for (Logged logged : found) {
        LogStoreTest.assertSame(
            List.of(logged), List.of(said.get((int) logged.seq())), logged.seq());
      }
    }
  }

  private List<OutputEntry> write(Random random, int count) throws IOException {
    List<OutputEntry> said = Stream.generate(() -> Entries.random(random)).limit(count).toList();
    try (LogStore store = LogStore.open(root, ROOMY)) {
      said.forEach(store.open("k")::append);
    }
    return said;
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("k"))) {
      return files.filter(Segment::isSegment).sorted().toList();
    }
  }

  /** Nobody can have seen the number that the next entry gets. */
  private static void assertGoesOn(OutputLog log) {
    long first = log.next();
    assertThat(first).isEqualTo(LogDirectory.LIFE);
    assertThat(log.append(Entries.text("r", "on"))).isEqualTo(first);
    assertThat(log.read(first, 1).entries()).hasSize(1);
    assertThat(log.read(first - 1, 1).first()).as("a gap is seen").isEqualTo(first);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    List<Path> files;
    try (Stream<Path> list = Files.list(from)) {
      files = list.sorted().toList();
    }
    for (Path file : files) {
      try {
        Files.copy(file, to.resolve(file.getFileName()));
      } catch (NoSuchFileException e) {
        // Deleted meanwhile, as in a crash just after.
      }
    }
  }
}
