package dev.penstock.gateway.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.lane.Lane;
import dev.penstock.gateway.log.Budgets;
import dev.penstock.gateway.log.LogStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommandLogsTest {
  private static final Duration LONG = Duration.ofHours(1);

  @TempDir private Path folder;
  private LogStore store;

  @BeforeEach
  void open() throws IOException {
    store = LogStore.open(folder.resolve("logs"), Budgets.DEFAULT);
  }

  @Test
  void aLogStaysWhileAViewerReadsIt() throws Exception {
    try (CommandLogs logs = new CommandLogs(store, LONG)) {
      CommandLog log = said(logs, "old");
      Viewers viewers = new Viewers();
      viewers.joined();
      logs.discard(log, viewers);
      CommandLog other = said(logs, "new");
      assertThat(text(log)).isEqualTo("old");
      assertThat(text(other)).isEqualTo("new");
      viewers.left();
      awaitDeleted(log);
      assertThat(store.reopen(other.name())).isPresent();
    }
  }

  @Test
  void aViewerThatNeverLeavesDoesNotKeepIt() throws Exception {
    try (CommandLogs logs = new CommandLogs(store, Duration.ofMillis(1))) {
      CommandLog log = said(logs, "old");
      Viewers viewers = new Viewers();
      viewers.joined();
      logs.discard(log, viewers);
      awaitDeleted(log);
      assertThat(viewers.count()).isEqualTo(1);
    }
  }

  @Test
  void nobodyReadingItGoesAtOnce() {
    try (CommandLogs logs = new CommandLogs(store, LONG)) {
      CommandLog log = said(logs, "old");
      logs.discard(log, new Viewers());
      assertThat(store.reopen(log.name())).isEmpty();
    }
  }

  @Test
  void nothingOutlivesTheServer() {
    CommandLogs logs = new CommandLogs(store, LONG);
    CommandLog log = said(logs, "old");
    Viewers viewers = new Viewers();
    viewers.joined();
    logs.discard(log, viewers);
    CommandLog other = said(logs, "new");
    logs.close();
    assertThat(folder.resolve("logs").resolve(log.name())).doesNotExist();
    assertThat(folder.resolve("logs").resolve(other.name())).doesNotExist();
  }

  private static CommandLog said(CommandLogs logs, String text) {
    CommandLog log = logs.open("one");
    log.entries().append(Told.output(Lane.OUT, text.getBytes(UTF_8)));
    return log;
  }

  private static String text(CommandLog log) {
    return new String(log.entries().read(0, 1).entries().getFirst().entry().content(), UTF_8);
  }

  private void awaitDeleted(CommandLog log) throws InterruptedException {
    while (store.reopen(log.name()).isPresent()) {
      TimeUnit.MILLISECONDS.sleep(1); // the class's time limit bounds this
    }
  }
}
