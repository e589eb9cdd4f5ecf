package dev.penstock.gateway.specs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JupyterPathTest {
  @TempDir private static Path folder = Path.of(""); // replaced before the first test

  /** The oracle: jupyter_client in {@code -Dpenstock.test.python}, a virtual environment. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "JUPYTER_PATH=/a:/b/",
        "JUPYTER_DATA_DIR=/data",
        "XDG_DATA_HOME=/xdg",
        "JUPYTER_PREFER_ENV_PATH=0",
        "JUPYTER_PREFER_ENV_PATH=no JUPYTER_PATH=/a",
        "JUPYTER_PREFER_ENV_PATH=1",
        "JUPYTER_PLATFORM_DIRS=1",
        "JUPYTER_PLATFORM_DIRS=1 XDG_DATA_DIRS=/one:/two",
        "IPYTHONDIR=/ipython",
      })
  void isWhatJupyterClientSays(String settings) throws Exception {
    String python = System.getProperty("penstock.test.python", "");
    assumeTrue(!python.isEmpty(), "set -Dpenstock.test.python to a Python that has jupyter_client");
    Files.createDirectories(folder.resolve(".ipython"));
    Map<String, String> env = new TreeMap<>(Map.of("HOME", folder.toString()));
    for (String setting : settings.split(" ", -1)) {
      int equals = setting.indexOf('=');
      if (equals > 0) {
        env.put(setting.substring(0, equals), setting.substring(equals + 1));
      }
    }
    List<String> expected =
        ask(
            python,
            env,
            "from jupyter_client.kernelspec import KernelSpecManager as M; print(*M().kernel_dirs, sep='\\n')");
    Path prefix = Path.of(ask(python, env, "import sys; print(sys.prefix)").getFirst());
    assertThat(JupyterPath.of(env, prefix).kernels()).map(Path::toString).isEqualTo(expected);
  }

  @Test
  void aSystemPythonHasTheUsersFoldersFirst() {
    Map<String, String> env = Map.of("HOME", "/home/ada");
    assertThat(JupyterPath.of(env, Path.of("/usr")).kernels())
        .startsWith(
            Path.of("/home/ada/.local/share/jupyter/kernels"),
            Path.of("/usr/share/jupyter/kernels"));
    Map<String, String> other = new HashMap<>(env);
    other.put("XDG_DATA_HOME", "/xdg");
    other.put("PYTHONUSERBASE", "/base");
    assertThat(JupyterPath.of(other, Path.of("/usr")).kernels())
        .startsWith(
            Path.of("/xdg/jupyter/kernels"),
            Path.of("/base/share/jupyter/kernels"),
            Path.of("/usr/share/jupyter/kernels"));
  }

  @Test
  void aCondaEnvironmentComesFirstUnlessItIsTheBase() {
    Map<String, String> env =
        Map.of(
            "HOME", "/home/ada",
            "CONDA_PREFIX", folder.toString(),
            "CONDA_DEFAULT_ENV", "science");
    Path own = folder.resolve("share/jupyter/kernels");
    assertThat(JupyterPath.of(env, folder).kernels()).startsWith(own);
    Map<String, String> base = new HashMap<>(env);
    base.put("CONDA_DEFAULT_ENV", "base");
    assertThat(JupyterPath.of(base, folder).kernels().getFirst()).isNotEqualTo(own);
  }

  private static List<String> ask(String python, Map<String, String> env, String code)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(python, "-c", code);
    builder.environment().clear();
    builder.environment().putAll(env);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().toList();
  }
}
