package dev.penstock.gateway.specs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class KernelSpecsTest {
  private static final String SPEC =
      """
      {"argv": ["python3", "-m", "it", "-f", "{connection_file}"], "display_name": "%s", "language": "python",
       "env": {"A": "1"}, "metadata": {"debugger": true}}
      """;

  @TempDir private Path folder = Path.of(""); // replaced before each test
  private Path first = folder;
  private Path second = folder;

  @BeforeEach
  void folders() {
    first = folder.resolve("first");
    second = folder.resolve("second");
  }

  private KernelSpecs specs(Set<String> allowed, String defaultName) {
    JupyterPath path = new JupyterPath(List.of(first, folder.resolve("missing"), second));
    return new KernelSpecs(path, allowed, defaultName, "/base/");
  }

  private KernelSpecs specs() {
    return specs(Set.of(), "");
  }

  private static Path add(Path kernels, String name, String json) throws IOException {
    Path spec = Files.createDirectories(kernels.resolve(name));
    Files.writeString(spec.resolve("kernel.json"), json);
    return spec;
  }

  @Test
  void theFirstFolderWinsAndNamesAreLowerCase() throws IOException {
    add(second, "python3", SPEC.formatted("second"));
    add(first, "Python3", SPEC.formatted("first"));
    add(second, "other", SPEC.formatted("other"));
    Files.createDirectories(first.resolve("empty"));
    assertThat(specs().list()).containsOnlyKeys("python3", "other");
    assertThat(display(specs(), "PYTHON3")).isEqualTo("first");
    assertThat(display(specs(), "python")).isEqualTo("first");
    assertThat(specs().find("empty")).isEmpty();
  }

  private static String display(KernelSpecs specs, String name) {
    return specs.find(name).orElseThrow().json().path("display_name").asString();
  }

  @Test
  void brokenOnesAreLeftOut() throws IOException {
    add(first, "good", SPEC.formatted("good"));
    add(first, "no-json", "{");
    add(first, "no-argv", "{}");
    add(first, "odd-argv", "{\"argv\": [1]}");
    add(first, "odd-env", "{\"argv\": [\"a\"], \"env\": [\"b\"]}");
    add(first, "odd-mode", "{\"argv\": [\"a\"], \"interrupt_mode\": \"shout\"}");
    add(first, "odd name", SPEC.formatted("name"));
    add(
        first,
        "remote",
        "{\"argv\": [\"a\"], \"metadata\": {\"kernel_provisioner\": {\"provisioner_name\": \"yarn\"}}}");
    assertThat(specs().list()).containsOnlyKeys("good");
  }

  @Test
  void changesAreSeen() throws IOException {
    KernelSpecs specs = specs();
    assertThat(specs.list()).isEmpty();
    Path spec = add(first, "one", SPEC.formatted("long name"));
    assertThat(display(specs, "one")).isEqualTo("long name");
    add(first, "one", SPEC.formatted("new"));
    assertThat(display(specs, "one")).isEqualTo("new");
    add(first, "one", SPEC.formatted("old"));
    Files.setLastModifiedTime(spec.resolve("kernel.json"), FileTime.fromMillis(0));
    assertThat(display(specs, "one")).isEqualTo("old");
    Files.delete(spec.resolve("kernel.json"));
    assertThat(specs.list()).isEmpty();
  }

  @Test
  void onlyWhatIsAllowedIsThere() throws IOException {
    add(first, "one", SPEC.formatted("one"));
    add(first, "two", SPEC.formatted("two"));
    assertThat(specs(Set.of("two"), "").list()).containsOnlyKeys("two");
    assertThat(specs(Set.of("two"), "").find("one")).isEmpty();
    assertThat(specs(Set.of("two"), "").defaultName()).isEqualTo("two");
  }

  @Test
  void theDefaultIsTheGivenOneOrPenstockOrAPython() throws IOException {
    assertThat(specs().defaultName()).isEqualTo("penstock");
    add(first, "aaa", SPEC.formatted("a"));
    assertThat(specs().defaultName()).isEqualTo("aaa");
    add(first, "python3", SPEC.formatted("3"));
    assertThat(specs().defaultName()).isEqualTo("python3");
    add(first, "penstock", SPEC.formatted("p"));
    assertThat(specs().defaultName()).isEqualTo("penstock");
    assertThat(specs(Set.of(), "aaa").all().path("default").asString()).isEqualTo("aaa");
  }

  @Test
  void theModelIsJupyterServers() throws IOException {
    Path spec = add(first, "one", SPEC.formatted("One"));
    for (String file : List.of("kernel.js", "logo-64x64.png", "logo-svg.svg", "other.txt")) {
      Files.createFile(spec.resolve(file));
    }
    ObjectNode expected =
        Json.readObject(
            """
            {"default": "one", "kernelspecs": {"one": {"name": "one",
              "spec": {"argv": ["python3", "-m", "it", "-f", "{connection_file}"], "env": {"A": "1"},
                "display_name": "One", "language": "python", "interrupt_mode": "signal",
                "metadata": {"debugger": true}, "kernel_protocol_version": ""},
              "resources": {"kernel.js": "/base/kernelspecs/one/kernel.js",
                "logo-64x64": "/base/kernelspecs/one/logo-64x64.png",
                "logo-svg": "/base/kernelspecs/one/logo-svg.svg"}}}}
            """
                .getBytes(StandardCharsets.UTF_8));
    assertThat(specs().all()).isEqualTo(expected);
  }

  @Test
  void resourcesAreConfinedToTheFolder() throws IOException {
    Path spec = add(first, "one", SPEC.formatted("One"));
    Path secret = Files.writeString(folder.resolve("secret"), "s");
    Files.createDirectory(spec.resolve("sub"));
    Path logo = Files.createFile(spec.resolve("sub/logo.png"));
    Files.createSymbolicLink(spec.resolve("inner"), logo);
    Files.createSymbolicLink(spec.resolve("outer"), secret);
    Files.createSymbolicLink(spec.resolve("up"), folder);
    KernelSpecs specs = specs();
    assertThat(specs.resource("one", "sub/logo.png")).contains(logo.toRealPath());
    assertThat(specs.resource("one", "inner")).contains(logo.toRealPath());
    for (String file :
        List.of(
            "outer", "up/secret", "../../secret", secret.toString(), "", "sub", "none", "a\0b")) {
      assertThat(specs.resource("one", file)).as(file).isEmpty();
    }
    assertThat(specs.resource("two", "sub/logo.png")).isEmpty();
  }
}
