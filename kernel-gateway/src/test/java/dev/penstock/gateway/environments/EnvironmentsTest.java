package dev.penstock.gateway.environments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.specs.KernelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class EnvironmentsTest {
  @Test
  void onlyWhatIsMadeHasKernels(@TempDir Path folder) throws Exception {
    ObjectNode kernel = Json.object();
    kernel.putArray("argv").add("/py").add("-m").add("penstock.launcher");
    Environments environments =
        new Environments(new EnvironmentSettings(true, folder, List.of(), Map.of(), kernel));
    Files.createDirectory(folder.resolve("plant"));
    assertThat(environments.kernelSpec("plant")).as("it was never built").isEmpty();
    Files.createSymbolicLink(folder.resolve("plant").resolve("current"), Path.of("builds/1"));
    KernelSpec spec = environments.kernelSpec("plant").orElseThrow();
    assertThat(spec.name()).isEqualTo("penstock-plant");
    assertThat(spec.isPenstock()).isTrue();
    assertThat(spec.argv())
        .containsExactly(
            "/py", "-m", "penstock.launcher", "--environment=" + folder.resolve("plant"));
    assertThat(kernel.path("argv").size()).as("it is for the next one, too").isEqualTo(3);
    for (String name : List.of("", ".", "..", "../plant", "plant/", "Plant", "plant\0")) {
      assertThat(environments.kernelSpec(name)).as(name).isEmpty();
    }
  }
}
