package dev.penstock.gateway.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.LifeOrder;
import dev.penstock.gateway.specs.KernelSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchCommandTest {
  @TempDir private Path folder = Path.of(""); // replaced before each test

  private LaunchCommand command(String json, Map<String, String> env)
      throws IOException, KernelException {
    KernelSpec spec =
        new KernelSpec(
            "it", folder.resolve("it"), Json.readObject(json.getBytes(StandardCharsets.UTF_8)));
    Files.createDirectories(folder.resolve("bin"));
    Files.write(folder.resolve("bin/python3.9"), new byte[0]);
    ForeignSettings settings =
        new ForeignSettings(List.of("tether"), Path.of("/own/python"), folder, folder);
    return LaunchCommand.of(
        new LifeOrder("id", spec, folder, env), Path.of("/run/kernel.json"), settings);
  }

  @Test
  void templatesAreFilledIn() throws Exception {
    LaunchCommand command =
        command(
            """
            {"argv": ["/bin/it", "-f{connection_file}", "{resource_dir}/a", "{prefix}", "{other}", "~/x", "a~"]}
            """,
            Map.of("HOME", "/home/$ada"));
    assertThat(command.argv())
        .containsExactly(
            "/bin/it",
            "-f/run/kernel.json",
            folder.resolve("it/a").toString(),
            folder.toString(),
            "{other}",
            "/home/$ada/x",
            "a~");
  }

  @Test
  void pythonIsTheServersUnlessItIsAnother() throws Exception {
    for (String name : List.of("python", "python3", "python3.9")) {
      assertThat(command("{\"argv\": [\"" + name + "\"]}", Map.of()).argv())
          .containsExactly("/own/python");
    }
    assertThatExceptionOfType(KernelException.class)
        .isThrownBy(() -> command("{\"argv\": [\"python3.8\"]}", Map.of("PATH", "/nowhere")))
        .withMessageContaining("no program 'python3.8' on PATH");
  }

  @Test
  void programsAreFoundOnTheKernelsPath() throws Exception {
    Path program = Files.write(folder.resolve("tool"), new byte[0]);
    Map<String, String> env = Map.of("PATH", "/nowhere:" + folder);
    assertThatExceptionOfType(KernelException.class)
        .isThrownBy(() -> command("{\"argv\": [\"tool\"]}", env));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(command("{\"argv\": [\"tool\"]}", env).argv()).containsExactly(program.toString());
  }

  @Test
  void variablesOfTheSpecAreFilledIn() throws Exception {
    LaunchCommand command =
        command(
            """
            {"argv": ["/bin/it"], "env": {"A": "${HOME}:$HOME/x", "B": "$$1 ${NONE} $", "HOME": "/other"}}
            """,
            Map.of("HOME", "/home/ada", "PYTHONEXECUTABLE", "p", "KEPT", "k"));
    assertThat(command.env())
        .containsOnly(
            Map.entry("A", "/home/ada:/home/ada/x"),
            Map.entry("B", "$1 ${NONE} $"),
            Map.entry("HOME", "/other"),
            Map.entry("KEPT", "k"));
  }
}
