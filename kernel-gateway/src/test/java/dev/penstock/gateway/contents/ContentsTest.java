package dev.penstock.gateway.contents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Models of what is there, and what a save leaves. */
class ContentsTest {
  @TempDir Path root;
  private Contents contents;

  @BeforeEach
  void serve() throws IOException {
    contents = Contents.in(root, Options.defaults());
  }

  @Test
  void aTextFilesModel() throws Exception {
    Files.writeString(root.resolve("ä b.py"), "print('é')\n");
    ObjectNode model = contents.get("/ä b.py/", Query.of(null, null, null, "1"));
    assertThat(model.propertyNames())
        .containsExactly(
            "name",
            "path",
            "last_modified",
            "created",
            "content",
            "format",
            "mimetype",
            "size",
            "writable",
            "hash",
            "hash_algorithm",
            "type");
    assertThat(model.get("path").stringValue()).isEqualTo("ä b.py");
    assertThat(model.get("content").stringValue()).isEqualTo("print('é')\n");
    assertThat(model.get("format").stringValue()).isEqualTo("text");
    assertThat(model.get("mimetype").stringValue()).isEqualTo("text/x-python");
    assertThat(model.get("size").intValue()).isEqualTo(12);
    assertThat(model.get("writable").booleanValue()).isTrue();
    assertThat(model.get("hash").stringValue())
        .isEqualTo(Content.hash("print('é')\n".getBytes(StandardCharsets.UTF_8)));
    assertThat(model.get("last_modified").stringValue())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{6})?Z");
  }

  @Test
  void bytesThatAreNoTextAreBase64() throws Exception {
    Files.write(root.resolve("x"), new byte[] {(byte) 0xff, 0, 1});
    ObjectNode model = contents.get("x", Query.CONTENT);
    assertThat(model.get("content").stringValue()).isEqualTo("/wAB\n");
    assertThat(model.get("format").stringValue()).isEqualTo("base64");
    assertThat(model.get("mimetype").stringValue()).isEqualTo("application/octet-stream");
    assertThat(statusOf(() -> contents.get("x", Query.of(null, "text", null, null))))
        .isEqualTo(400);
  }

  @Test
  void aDirectoryListsWhatCanBeSeen() throws Exception {
    Files.createDirectories(root.resolve("d/sub"));
    for (String name : List.of("a.txt", ".hidden", "m.pyc", "old~", "n.ipynb")) {
      Files.writeString(root.resolve("d").resolve(name), "x");
    }
    Files.createSymbolicLink(root.resolve("d/in"), Path.of("a.txt"));
    Files.createSymbolicLink(root.resolve("d/out"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(root.resolve("d/nowhere"), Path.of("gone"));
    ObjectNode model = contents.get("d", Query.CONTENT);
    assertThat(model.get("format").stringValue()).isEqualTo("json");
    assertThat(model.get("size").isNull()).isTrue();
    assertThat(model.get("content").valueStream().map(e -> e.get("name").stringValue()))
        .containsExactly("a.txt", "in", "n.ipynb", "sub");
    assertThat(model.get("content").valueStream().map(e -> e.get("type").stringValue()))
        .containsExactly("file", "file", "notebook", "directory");
    assertThat(model.get("content").valueStream().map(e -> e.get("path").stringValue()))
        .allMatch(path -> path.startsWith("d/"));
    assertThat(model.get("content").valueStream().map(e -> e.get("content")))
        .allMatch(JsonNode::isNull);
    assertThat(contents.get("", Query.MODEL).get("path").stringValue()).isEmpty();
    Files.delete(root.resolve("d/out")); // or JUnit warns that it leads out
  }

  @Test
  void aSaveKeepsPermissionsAndLeavesNothingElse() throws Exception {
    Path file = Files.writeString(root.resolve("run.sh"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x---"));
    Contents.Saved saved = contents.save("run.sh", textModel("new"));
    assertThat(saved.created()).isFalse();
    assertThat(saved.model().get("content").isNull()).isTrue();
    assertThat(Files.readString(file)).isEqualTo("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rwxr-x---");
    assertThat(contents.save("new.txt", textModel("x")).created()).isTrue();
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("new.txt"))))
        .isEqualTo("rw-r--r--");
    try (var files = Files.list(root)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("run.sh", "new.txt");
    }
  }

  @Test
  void whatCannotBeSavedIsRefused() throws Exception {
    Files.writeString(root.resolve("f"), "x");
    Files.createDirectory(root.resolve("d"));
    Path readOnly = Files.writeString(root.resolve("r"), "x");
    assertThat(statusOf(() -> contents.save("f", Json.object()))).isEqualTo(400);
    assertThat(statusOf(() -> contents.save("f", Json.object().put("type", "file"))))
        .isEqualTo(400);
    assertThat(statusOf(() -> contents.save("f", textModel("x").put("format", "json"))))
        .isEqualTo(400);
    assertThat(statusOf(() -> contents.save("f", textModel("x").put("copy_from", "d"))))
        .isEqualTo(400);
    assertThat(statusOf(() -> contents.save("d", textModel("x")))).isEqualTo(400);
    assertThat(statusOf(() -> contents.save("f", Json.object().put("type", "directory"))))
        .isEqualTo(400);
    assertThat(statusOf(() -> contents.save(".f", textModel("x")))).isEqualTo(400);
    assertThat(statusOf(() -> contents.save("no/f", textModel("x")))).isEqualTo(404);
    assertThat(statusOf(() -> contents.save("f/f", textModel("x")))).isEqualTo(404);
    assertThat(statusOf(() -> contents.save("x".repeat(256), textModel("x")))).isEqualTo(400);
    assertThat(Files.readString(readOnly)).isEqualTo("x");
  }

  @Test
  void aLargeFileComesInParts() throws Exception {
    Files.writeString(root.resolve("big.bin"), "what was there");
    contents.save("big.bin", textModel("one ").put("chunk", 1));
    contents.save("big.bin", textModel("two ").put("chunk", 2));
    contents.save("big.bin", textModel("three").put("chunk", -1));
    assertThat(root.resolve("big.bin")).hasContent("one two three");
    assertThat(statusOf(() -> contents.save("gone", textModel("x").put("chunk", 2))))
        .isEqualTo(404);
  }

  @Test
  void aFileTooLargeForAModelIsNotRead() throws Exception {
    Contents small = Contents.in(root, Options.defaults().withLimits(10, 10));
    Files.writeString(root.resolve("f"), "x".repeat(11));
    assertThat(statusOf(() -> small.get("f", Query.CONTENT))).isEqualTo(413);
    assertThat(small.get("f", Query.MODEL).get("size").intValue()).isEqualTo(11);
  }

  @Test
  void namesThatAreNotUtf8AreNotListed() throws Exception {
    Process touch =
        new ProcessBuilder("sh", "-c", "mkdir d; touch d/a \"d/$(printf '\\377')\" 'd/\ufffd'")
            .directory(root.toFile())
            .start();
    assertThat(touch.waitFor()).isZero();
    assertThat(
            contents
                .get("d", Query.CONTENT)
                .get("content")
                .valueStream()
                .map(e -> e.get("name").stringValue()))
        .containsExactly("a", "\ufffd");
    Contents.in(root, Options.defaults().withDeleteFullDirectories(true)).delete("d");
    assertThat(root.resolve("d")).doesNotExist();
  }

  @Test
  void aFileWithTwoNamesKeepsBoth() throws Exception {
    Files.createLink(
        root.resolve("b"), Files.writeString(root.resolve("a"), "longer than the new"));
    contents.save("a", textModel("new"));
    assertThat(root.resolve("b")).hasContent("new");
  }

  @Test
  void aSaveKeepsTheGroup() throws Exception {
    Path file = Files.writeString(root.resolve("f"), "x");
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may choose any group");
    Files.setAttribute(file, "unix:gid", 12345);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
    contents.save("f", textModel("new"));
    assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(12345);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-rw----");
  }

  @Test
  void aPipeIsNeverOpened() throws Exception {
    Process mkfifo = new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start();
    assertThat(mkfifo.waitFor()).isZero();
    assertThat(statusOf(() -> contents.get("pipe", Query.CONTENT))).isEqualTo(400);
    assertThat(statusOf(() -> contents.raw("pipe"))).isEqualTo(400);
    assertThat(statusOf(() -> contents.save("pipe", textModel("x")))).isEqualTo(400);
    assertThat(
            contents
                .get("", Query.CONTENT)
                .get("content")
                .valueStream()
                .map(e -> e.get("name").stringValue()))
        .doesNotContain("pipe");
  }

  static ObjectNode textModel(String content) {
    return Json.object().put("type", "file").put("format", "text").put("content", content);
  }

  static int statusOf(ThrowingCallable call) {
    ContentsException[] thrown = new ContentsException[1];
    assertThatExceptionOfType(ContentsException.class)
        .isThrownBy(call)
        .satisfies(e -> thrown[0] = e);
    return thrown[0].status();
  }
}
