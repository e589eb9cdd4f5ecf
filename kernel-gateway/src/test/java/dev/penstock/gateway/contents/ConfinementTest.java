package dev.penstock.gateway.contents;

import static dev.penstock.gateway.contents.ContentsTest.statusOf;
import static dev.penstock.gateway.contents.ContentsTest.textModel;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Whatever is asked for, nothing outside the root is read, written, listed or deleted. */
class ConfinementTest {
  private static final String SECRET = "what is outside";

  /** Names that lead somewhere, in or out. */
  private static final List<String> NAMES =
      List.of("a", "d", "e", "in", "f.txt", "n.ipynb", "out", "up", "back", "outfile", "secret");

  private static final List<String> ODD_NAMES =
      List.of(
          "..",
          ".",
          "",
          "loop",
          "abs",
          ".hidden",
          "\0",
          "~",
          "%2e%2e",
          "..\\",
          "\ud800",
          "é",
          "x".repeat(300),
          "\n",
          ".ipynb_checkpoints",
          "-Copy1",
          "etc",
          "passwd");

  @TempDir Path base;
  private Path root;
  private Path outside;
  private Contents contents;

  @BeforeEach
  void serve() throws IOException {
    outside = Files.createDirectories(base.resolve("outside/deep"));
    Files.writeString(base.resolve("outside/secret"), SECRET);
    Files.writeString(outside.resolve("secret"), SECRET);
    root = Files.createDirectory(base.resolve("root"));
    fill();
    contents = Contents.in(root, everything());
  }

  /** Takes away the links that lead out: JUnit warns of each that it finds. */
  @AfterEach
  void empty() throws IOException {
    deleteRoot();
  }

  private void deleteRoot() throws IOException {
    try (Handle directory = Handle.root(base)) {
      Trees.delete(directory, Path.of("root"));
    }
  }

  private static Options everything() {
    return Options.defaults().withAllowHidden(true).withDeleteFullDirectories(true);
  }

  /** Directories, files, and links in, out, around and up. */
  private void fill() throws IOException {
    Files.createDirectories(root.resolve("d/e"));
    Files.createDirectories(root.resolve(".hidden"));
    Files.writeString(root.resolve("d/f.txt"), "inside");
    Files.writeString(root.resolve("n.ipynb"), "{}");
    for (Path directory : List.of(root, root.resolve("d"), root.resolve("d/e"))) {
      link(directory.resolve("out"), base.resolve("outside"));
      link(directory.resolve("up"), Path.of("../.."));
      link(directory.resolve("abs"), Path.of("/etc"));
      link(directory.resolve("outfile"), base.resolve("outside/secret"));
      link(directory.resolve("loop"), Path.of("loop"));
      link(directory.resolve("in"), root.resolve("d"));
      link(directory.resolve("back"), root.resolve("d/../../outside"));
    }
  }

  private static void link(Path link, Path target) throws IOException {
    if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      Files.createSymbolicLink(link, target);
    }
  }

  @Test
  void noPathLeadsOut() throws Exception {
    Map<String, String> before = snapshot();
    Random random = new Random(20261121);
    for (int i = 0; i < 6000; i++) {
      String path = path(random);
      String other = path(random);
      String answer = ask(random.nextInt(13), path, other);
      assertThat(answer).as("%s and %s", path, other).doesNotContain(SECRET);
      if (i % 50 == 0) {
        assertThat(snapshot()).isEqualTo(before);
        fillAgain();
      }
    }
    assertThat(snapshot()).isEqualTo(before);
  }

  private void fillAgain() throws IOException {
    deleteRoot();
    Files.createDirectory(root);
    fill();
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(3) * random.nextInt(3); i >= 0; i--) {
      List<String> names = random.nextInt(6) == 0 ? ODD_NAMES : NAMES;
      path.append(names.get(random.nextInt(names.size())));
      path.append(random.nextInt(9) == 0 ? "//" : "/");
    }
    return random.nextBoolean() ? path.substring(0, path.length() - 1) : path.toString();
  }

  /** Any answer, or the error's text; only answers that this API defines are let through. */
  private String ask(int what, String path, String other) throws IOException {
    try {
      return switch (what) {
        case 0, 1 -> contents.get(path, Query.CONTENT).toString();
        case 2 -> contents.get(path, Query.of("file", "text", "1", "1")).toString();
        case 3 -> contents.save(path, textModel("written")).toString();
        case 4 -> contents.save(path, Json.object().put("type", "directory")).toString();
        case 5 -> contents.save(path, textModel("part").put("chunk", 2)).toString();
        case 6 -> contents.create(path, Json.object().put("type", "notebook")).toString();
        case 7 -> contents.create(path, Json.object().put("copy_from", other)).toString();
        case 8 -> contents.rename(path, Json.object().put("path", other)).toString();
        case 9 -> {
          contents.delete(path);
          yield "";
        }
        case 10 -> contents.createCheckpoint(path).toString() + contents.checkpoints(path);
        case 11 -> contents.resolve(path, null).toString() + contents.updateNotebook(path, n -> n);
        default -> {
          try (RawFile file = contents.raw(path)) {
            ByteBuffer start = ByteBuffer.allocate(100);
            file.channel().read(start);
            yield new String(start.array(), StandardCharsets.UTF_8);
          }
        }
      };
    } catch (ContentsException e) {
      assertThat(e.status()).as(e.getMessage()).isIn(400, 403, 404, 409, 413);
      assertThat(e.getMessage()).doesNotContain("/proc/self").doesNotContain(base.toString());
      return String.valueOf(e.getMessage());
    }
  }

  /** All that is beside the root: names, kinds and contents. */
  private Map<String, String> snapshot() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(base)) {
      for (Path path : paths.filter(path -> !path.startsWith(root)).toList()) {
        boolean isFile = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        files.put(path.toString(), isFile ? Files.readString(path) : "directory");
      }
    }
    return files;
  }

  @Test
  void linksAreFollowedInsideOnly() throws Exception {
    assertThat(contents.get("in/f.txt", Query.CONTENT).get("content").stringValue())
        .isEqualTo("inside");
    assertThat(contents.get("d/e/in/e/in/f.txt", Query.CONTENT).get("path").stringValue())
        .isEqualTo("d/e/in/e/in/f.txt");
    Files.createSymbolicLink(root.resolve("d/round"), Path.of("e/../../d/./f.txt"));
    assertThat(contents.get("d/round", Query.CONTENT).get("content").stringValue())
        .isEqualTo("inside");
    contents.save("d/round", textModel("through the link"));
    assertThat(root.resolve("d/f.txt")).hasContent("through the link");
    assertThat(Files.isSymbolicLink(root.resolve("d/round"))).isTrue();
    for (String path :
        List.of("out", "out/secret", "outfile", "up", "abs/passwd", "back", "d/e/up/outside")) {
      assertThat(statusOf(() -> contents.get(path, Query.CONTENT))).as(path).isEqualTo(404);
      assertThat(statusOf(() -> contents.raw(path))).as(path).isEqualTo(404);
    }
    contents.delete("out");
    assertThat(root.resolve("out")).doesNotExist();
    assertThat(base.resolve("outside/secret")).hasContent(SECRET);
  }

  @Test
  void hiddenFilesAreRefused() throws Exception {
    Contents usual = Contents.in(root, Options.defaults());
    Files.writeString(root.resolve(".hidden/f"), "x");
    ObjectNode model = textModel("x");
    assertThat(statusOf(() -> usual.get(".hidden/f", Query.CONTENT))).isEqualTo(404);
    assertThat(statusOf(() -> usual.raw(".hidden/f"))).isEqualTo(404);
    assertThat(statusOf(() -> usual.checkpoints(".hidden/f"))).isEqualTo(404);
    assertThat(statusOf(() -> usual.save(".hidden/f", model))).isEqualTo(400);
    assertThat(statusOf(() -> usual.save("f", model.put("path", ".hidden/f")))).isEqualTo(400);
    assertThat(statusOf(() -> usual.create(".hidden", model))).isEqualTo(400);
    assertThat(statusOf(() -> usual.create("", Json.object().put("copy_from", ".hidden/f"))))
        .isEqualTo(400);
    assertThat(statusOf(() -> usual.rename(".hidden/f", Json.object().put("path", "f"))))
        .isEqualTo(400);
    assertThat(statusOf(() -> usual.delete(".hidden"))).isEqualTo(400);
    assertThat(contents.get(".hidden/f", Query.CONTENT).get("content").stringValue())
        .isEqualTo("x");
  }

  @Test
  void aDirectorySwappedForALinkLeadsNowhere() throws Exception {
    Path door = Files.createDirectory(root.resolve("door"));
    Files.writeString(door.resolve("secret"), "inside");
    Path trap = Files.createSymbolicLink(root.resolve("trap"), outside);
    Path aside = root.resolve("aside");
    AtomicBoolean done = new AtomicBoolean();
    Thread swapper =
        Thread.ofPlatform()
            .start(() -> {
              while (!done.get()) {
                swap(door, aside, trap);
              }
            });
    try {
      for (int i = 0; i < 500; i++) {
        assertThat(ask(2, "door/secret", "")).doesNotContain(SECRET);
        assertThat(ask(3, "door/secret", "")).doesNotContain(SECRET);
        assertThat(ask(4, "door/new" + i, "")).doesNotContain(SECRET);
        assertThat(ask(9, "door/new" + i, "")).doesNotContain(SECRET);
      }
    } finally {
      done.set(true);
      swapper.join();
    }
    assertThat(outside.resolve("secret")).hasContent(SECRET);
    assertThat(outside.toFile().list()).containsExactly("secret");
  }

  /** Puts the link in the directory's place, and back. */
  private static void swap(Path door, Path aside, Path trap) {
    try {
      Files.move(door, aside, StandardCopyOption.ATOMIC_MOVE);
      Files.move(trap, door, StandardCopyOption.ATOMIC_MOVE);
      Files.move(door, trap, StandardCopyOption.ATOMIC_MOVE);
      Files.move(aside, door, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void noDescriptorIsLeftOpen() throws Exception {
    long before = descriptors();
    Random random = new Random(7);
    for (int i = 0; i < 1000; i++) {
      ask(random.nextInt(13), path(random), path(random));
    }
    assertThat(descriptors()).isLessThan(before + 20);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }
}
