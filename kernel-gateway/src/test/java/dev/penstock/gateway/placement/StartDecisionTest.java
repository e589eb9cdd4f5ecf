package dev.penstock.gateway.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class StartDecisionTest {
  @Test
  void historyTraitsCanBeSetAfterAFork() {
    assertThat(
            StartDecision.before(order(List.of("--HistoryManager.hist_file=:memory:"), false))
                .path())
        .isEqualTo(StartPath.FORK);
  }

  @Test
  void theConnectionFileCanBeNamedAfterAFork() {
    assertThat(StartDecision.before(order(List.of("-f", "/run/kernel.json"), false)).path())
        .isEqualTo(StartPath.FORK);
  }

  @Test
  void otherTraitsNeedAFreshStartAndTheirValueIsNotLogged() {
    StartDecision decision =
        StartDecision.before(order(List.of("--InteractiveShell.colors=secret"), false));
    assertThat(decision.path()).isEqualTo(StartPath.FRESH);
    assertThat(decision.reason()).contains("--InteractiveShell.colors").doesNotContain("secret");
  }

  @Test
  void aClientMayInsist() {
    assertThat(StartDecision.before(order(List.of(), true)).path()).isEqualTo(StartPath.FRESH);
  }

  @Test
  void startOnlyVariablesMustEqualTheZygotes() {
    WorkerOrder order = order(List.of(), false);
    assertThat(StartDecision.against(order, Json.object()).path()).isEqualTo(StartPath.FORK);
    StartDecision other = StartDecision.against(order, Json.object().put("OMP_NUM_THREADS", "2"));
    assertThat(other.path()).isEqualTo(StartPath.FRESH);
    assertThat(other.reason()).contains("OMP_NUM_THREADS");
  }

  private static WorkerOrder order(List<String> args, boolean fresh) {
    ObjectNode none = Json.object();
    return new WorkerOrder("key", "python", none, none, none, none, args, none, fresh);
  }
}
