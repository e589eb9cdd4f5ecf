package dev.penstock.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandRulesTest {
  private static CommandRules rules(String json) throws Exception {
    return CommandRules.of(Json.readAny(json));
  }

  @ParameterizedTest
  @CsvSource({
    "ls, true",
    "ls -l, false",
    "ping host, true",
    "ping, false",
    "ping -f, false",
    "ping a b, false",
    "git log, true",
    "git log -p --all, true",
    "git push, false",
    "'', false"
  })
  void wordsMatchOneByOne(String argv, boolean allowed) throws Exception {
    CommandRules rules = rules("[[\"ls\"], [\"ping\", \"*\"], [\"git\", \"log\", \"**\"]]");
    assertThat(rules.allow(List.of(argv.split(" ")))).isEqualTo(allowed);
    assertThat(rules.isOff()).isFalse();
  }

  @Test
  void anyIsAny() throws Exception {
    assertThat(rules("\"any\"").allow(List.of("rm", "-rf"))).isTrue();
  }

  @Test
  void nothingIsNone() throws Exception {
    assertThat(rules("[]").isOff()).isTrue();
    assertThat(rules("[]").allow(List.of("ls"))).isFalse();
    assertThat(rules("\"all\"").isOff()).isTrue();
    assertThat(CommandRules.of(Json.object().path("missing")).isOff()).isTrue();
  }
}
