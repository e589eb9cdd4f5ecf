package dev.penstock.gateway.environments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Processes that do not do as ours does. */
class JobsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void aProcessThatEndsWithoutAWordIsAnError() {
    try (Jobs jobs = jobs("exit 3")) {
      assertThatExceptionOfType(HttpException.class)
          .isThrownBy(() -> jobs.begin("create", "plant", Json.object()))
          .withMessageContaining("ended before it was done")
          .satisfies(e -> assertThat(e.status()).isEqualTo(500));
      assertThat(jobs.of("plant")).isEmpty();
    }
  }

  @Test
  void aProcessThatBreaksOffFailsItsJob() throws Exception {
    try (Jobs jobs = jobs("echo '{\"event\":\"begin\"}'; printf '{\"event\":'; kill -9 $$")) {
      Job job = jobs.begin("create", "plant", Json.object());
      assertThat(job.last(LIMIT).path("error").path("code").asString()).isEqualTo("environment");
      assertThat(job.json().path("state").asString()).isEqualTo("failed");
      assertThat(jobs.begin("create", "plant", Json.object()).id()).isNotEqualTo(job.id());
    }
  }

  @Test
  void anEndedServerEndsThemAndBeginsNone() throws Exception {
    Jobs jobs = jobs("echo '{\"event\":\"begin\"}'; cat > /dev/null");
    Job job = jobs.begin("create", "plant", Json.object());
    jobs.close();
    assertThat(job.last(LIMIT).path("error").path("code").asString()).isEqualTo("cancelled");
    assertThatExceptionOfType(HttpException.class)
        .isThrownBy(() -> jobs.now("list", "", Json.object()))
        .satisfies(e -> assertThat(e.status()).isEqualTo(503));
  }

  @Test
  void aPythonThatIsGoneIsTold() {
    try (Jobs jobs = new Jobs(settings(List.of("/nowhere/python")))) {
      assertThatExceptionOfType(HttpException.class)
          .isThrownBy(() -> jobs.now("list", "", Json.object()))
          .withMessageContaining("/nowhere/python");
    }
  }

  private static Jobs jobs(String script) {
    return new Jobs(settings(List.of("/bin/sh", "-c", script)));
  }

  private static EnvironmentSettings settings(List<String> command) {
    return new EnvironmentSettings(
        true, Path.of("/"), command, Map.of("PATH", "/usr/bin:/bin"), Json.object());
  }
}
