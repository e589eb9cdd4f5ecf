package dev.penstock.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.log.Budgets;
import dev.penstock.gateway.log.LogStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class CommandsTest {
  @TempDir private Path folder;

  @Test
  void aStartThatFailedIsNotRemembered() throws Exception {
    CommandRules all = new CommandRules(true, List.of());
    CommandSettings settings =
        new CommandSettings(all, Map.of(), Set.of(), folder, List.of("/bin/false"), folder);
    LogStore logs = LogStore.open(folder.resolve("logs"), Budgets.DEFAULT);
    logs.close();
    try (Commands commands = new Commands(settings, logs)) {
      ObjectNode asked = Json.object().put("id", "one");
      asked.putArray("argv").add("/bin/true");
      for (int i = 0; i < 2; i++) {
        assertThatExceptionOfType(IllegalStateException.class)
            .isThrownBy(() -> commands.start(asked));
        assertThatExceptionOfType(HttpException.class)
            .isThrownBy(() -> commands.find("one"))
            .satisfies(e -> assertThat(e.status()).isEqualTo(404));
      }
    }
  }
}
