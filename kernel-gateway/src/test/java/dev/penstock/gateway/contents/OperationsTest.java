package dev.penstock.gateway.contents;

import static dev.penstock.gateway.contents.ContentsTest.statusOf;
import static dev.penstock.gateway.contents.ContentsTest.textModel;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** New files, copies, other names, deletion, checkpoints, downloads and path resolution. */
class OperationsTest {
  @TempDir Path root;
  private Contents contents;

  @BeforeEach
  void serve() throws IOException {
    contents = Contents.in(root, Options.defaults());
  }

  @Test
  void untitledFilesAreCounted() throws Exception {
    assertThat(created("notebook", "")).isEqualTo("Untitled.ipynb");
    assertThat(created("notebook", "")).isEqualTo("Untitled1.ipynb");
    assertThat(created("", ".ipynb")).isEqualTo("Untitled2.ipynb");
    assertThat(created("directory", "")).isEqualTo("Untitled Folder");
    assertThat(created("directory", "")).isEqualTo("Untitled Folder 1");
    assertThat(created("file", ".txt")).isEqualTo("untitled.txt");
    assertThat(created("file", ".tar.gz")).isEqualTo("untitled.tar.gz");
    assertThat(created("file", ".tar.gz")).isEqualTo("untitled1.tar.gz");
    assertThat(created("", "")).isEqualTo("untitled");
    assertThat(statusOf(() -> contents.create("", model("file", "/../x")))).isEqualTo(400);
    assertThat(statusOf(() -> contents.create("no", model("file", "")))).isEqualTo(404);
    assertThat(statusOf(() -> contents.create("untitled", model("file", "")))).isEqualTo(400);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(root.resolve("Untitled Folder"))))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void noTwoClientsGetTheSameNewFile() throws Exception {
    Set<String> names = ConcurrentHashMap.newKeySet();
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> name :
          IntStream.range(0, 40)
              .mapToObj(i -> clients.submit(() -> created("file", ".txt")))
              .toList()) {
        names.add(name.get());
      }
    }
    assertThat(names).hasSize(40);
  }

  @Test
  void copiesAreCounted() throws Exception {
    contents.save("a.tar.gz", textModel("x"));
    contents.save("n.v1.ipynb", model("notebook", ""));
    Files.createDirectories(root.resolve("d/below"));
    Files.writeString(root.resolve("d/below/f"), "deep");
    Files.createSymbolicLink(root.resolve("d/link"), Path.of("../elsewhere"));
    assertThat(copied("a.tar.gz", "")).isEqualTo("a-Copy1.tar.gz");
    assertThat(copied("a-Copy1.tar.gz", "")).isEqualTo("a-Copy2.tar.gz");
    assertThat(copied("n.v1.ipynb", "")).isEqualTo("n.v1-Copy1.ipynb");
    assertThat(copied("a.tar.gz", "d")).isEqualTo("d/a.tar.gz");
    assertThat(copied("a.tar.gz", "d/other.gz")).isEqualTo("d/other.gz");
    assertThat(copied("d", "")).isEqualTo("d-Copy1");
    assertThat(root.resolve("d-Copy1/below/f")).hasContent("deep");
    assertThat(Files.isSymbolicLink(root.resolve("d-Copy1/link"))).isTrue();
    assertThat(copied("d", "d")).isEqualTo("d/d");
    assertThat(root.resolve("d/d/d")).doesNotExist();
    assertThat(statusOf(() -> copied("gone", ""))).isEqualTo(404);
    assertThat(statusOf(() -> copied("a.tar.gz", "no/where"))).isEqualTo(404);
    Contents small = Contents.in(root, Options.defaults().withLimits(1, 1));
    assertThat(statusOf(() -> small.create("", Json.object().put("copy_from", "d"))))
        .isEqualTo(400);
  }

  @Test
  void renamingNeverReplaces() throws Exception {
    contents.save("a.ipynb", model("notebook", ""));
    contents.save("b.txt", textModel("b"));
    Files.createDirectories(root.resolve("d/e"));
    assertThat(statusOf(() -> renamed("a.ipynb", "b.txt"))).isEqualTo(409);
    assertThat(root.resolve("b.txt")).hasContent("b");
    assertThat(statusOf(() -> renamed("d", "d/e/f"))).isEqualTo(400);
    assertThat(statusOf(() -> renamed("b.txt", "no/b.txt"))).isEqualTo(404);
    assertThat(statusOf(() -> renamed("gone", "x"))).isEqualTo(404);
    assertThat(statusOf(() -> renamed("b.txt", ".b"))).isEqualTo(400);
    assertThat(renamed("a.ipynb", "d/c.ipynb")).isEqualTo("d/c.ipynb");
    assertThat(contents.checkpoints("d/c.ipynb")).hasSize(1);
    assertThat(contents.checkpoints("a.ipynb")).isEmpty();
    assertThat(renamed("d", "other")).isEqualTo("other");
    assertThat(renamed("other", "other")).isEqualTo("other");
    assertThat(root.resolve("other/c.ipynb")).exists();
    assertThat(root.resolve("x")).doesNotExist();
  }

  @Test
  void onlyEmptyDirectoriesAreDeleted() throws Exception {
    contents.save("d", Json.object().put("type", "directory"));
    contents.save("d/n.ipynb", model("notebook", ""));
    assertThat(statusOf(() -> contents.delete("d"))).isEqualTo(400);
    contents.delete("d/n.ipynb");
    assertThat(root.resolve("d/.ipynb_checkpoints/n-checkpoint.ipynb")).doesNotExist();
    contents.delete("d");
    assertThat(root.resolve("d")).doesNotExist();
    assertThat(statusOf(() -> contents.delete("d"))).isEqualTo(404);
    assertThat(statusOf(() -> contents.delete("/"))).isEqualTo(400);
  }

  @Test
  void aFullDirectoryIsDeletedIfThatIsWanted(@TempDir Path outside) throws Exception {
    Path kept = Files.writeString(outside.resolve("kept"), "x");
    Files.createDirectories(root.resolve("d/e"));
    Files.writeString(root.resolve("d/e/f"), "x");
    Files.createSymbolicLink(root.resolve("d/e/link"), outside);
    Contents.in(root, Options.defaults().withDeleteFullDirectories(true)).delete("d");
    assertThat(root.resolve("d")).doesNotExist();
    assertThat(kept).hasContent("x");
  }

  @Test
  void aCheckpointIsRestored() throws Exception {
    contents.save("f.tar.gz", textModel("first"));
    FileTime time = FileTime.from(Instant.parse("2020-02-03T04:05:06.789Z"));
    Files.setLastModifiedTime(root.resolve("f.tar.gz"), time);
    assertThat(contents.checkpoints("f.tar.gz")).isEmpty();
    ObjectNode checkpoint = contents.createCheckpoint("f.tar.gz");
    assertThat(checkpoint.toString())
        .isEqualTo("{\"id\":\"checkpoint\",\"last_modified\":\"2020-02-03T04:05:06.789000Z\"}");
    assertThat(root.resolve(".ipynb_checkpoints/f.tar-checkpoint.gz")).hasContent("first");
    contents.save("f.tar.gz", textModel("second"));
    contents.restoreCheckpoint("f.tar.gz", "checkpoint");
    assertThat(root.resolve("f.tar.gz")).hasContent("first");
    contents.deleteCheckpoint("f.tar.gz", "checkpoint");
    assertThat(statusOf(() -> contents.deleteCheckpoint("f.tar.gz", "checkpoint"))).isEqualTo(404);
    assertThat(statusOf(() -> contents.restoreCheckpoint("f.tar.gz", "x"))).isEqualTo(404);
    assertThat(statusOf(() -> contents.createCheckpoint("gone"))).isEqualTo(404);
  }

  @Test
  void aFileIsSentAsItIs() throws Exception {
    Files.write(root.resolve("a.tar.gz"), new byte[] {1, 2, 3});
    Files.writeString(root.resolve("n.ipynb"), "{}");
    try (RawFile file = contents.raw("a.tar.gz")) {
      assertThat(file.type()).isEqualTo("application/gzip");
      assertThat(file.attachment()).isFalse();
      assertThat(file.size()).isEqualTo(3);
      assertThat(file.channel().position(1).size()).isEqualTo(3);
    }
    try (RawFile file = contents.raw("n.ipynb")) {
      assertThat(file.type()).isEqualTo("application/x-ipynb+json");
      assertThat(file.attachment()).isTrue();
    }
    assertThat(statusOf(() -> contents.raw(""))).isEqualTo(400);
  }

  @Test
  void pathsOfKernelsAreFound(@TempDir Path kernel) throws Exception {
    Files.createDirectory(root.resolve("d"));
    Files.writeString(root.resolve("d/a.py"), "x");
    Files.writeString(kernel.resolve("a.py"), "x");
    Files.writeString(root.resolve(".secret"), "x");
    assertThat(contents.resolve("d/a.py", null).json().toString())
        .isEqualTo("{\"resolved\":[{\"scope\":\"server\",\"path\":\"d/a.py\"}]}");
    assertThat(contents.resolve(root.resolve("d/a.py").toString(), null).found())
        .containsExactly(new Resolved.Found("server", "d/a.py"));
    assertThat(contents.resolve("a.py", kernel).found())
        .containsExactly(new Resolved.Found("kernel", kernel.resolve("a.py").toString()));
    assertThat(contents.resolve("../" + root.getFileName() + "/d/a.py", null).found()).isEmpty();
    assertThat(contents.resolve("/etc/passwd", null).found()).isEmpty();
    assertThat(contents.resolve(".secret", null).found()).isEmpty();
    assertThat(contents.resolve("a\0b", kernel).withoutKernel("k").json().toString())
        .isEqualTo(
            "{\"resolved\":[],\"unresolved\":[{\"scope\":\"kernel\",\"reason\":\"Kernel k could not be"
                + " found\"}]}");
    PathResolver resolver =
        new PathResolver(
            new Root(root),
            new Reading(new Root(root), Options.defaults(), new Trust(new Signatures(null))),
            root);
    assertThat(resolver.resolve("~/d/../d/a.py", null).found())
        .containsExactly(new Resolved.Found("server", "d/a.py"));
  }

  private String created(String type, String ending) throws ContentsException {
    return contents.create("", model(type, ending)).get("path").stringValue();
  }

  private static ObjectNode model(String type, String ending) {
    return Json.object().put("type", type).put("ext", ending);
  }

  private String copied(String from, String to) throws ContentsException {
    return contents.create(to, Json.object().put("copy_from", from)).get("path").stringValue();
  }

  private String renamed(String from, String to) throws ContentsException {
    return contents.rename(from, Json.object().put("path", to)).get("path").stringValue();
  }
}
