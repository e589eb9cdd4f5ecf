package dev.penstock.gateway.contents;

import static dev.penstock.gateway.contents.ContentsTest.statusOf;
import static dev.penstock.gateway.contents.NotebookTest.codeCell;
import static dev.penstock.gateway.contents.NotebookTest.notebookModel;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Outputs that the server writes into notebooks, and who trusts them. */
class NotebookUpdateTest {
  @TempDir Path root;
  @TempDir Path state;
  private Contents contents;

  @BeforeEach
  void serve() throws IOException, ContentsException {
    contents = Contents.in(root, Options.defaults());
    ObjectNode notebook = Notebook.empty();
    notebook.withArray("cells").add(codeCell());
    contents.save("n.ipynb", notebookModel(notebook));
  }

  @Test
  void manyUpdatesAreAllThere() throws Exception {
    List<Future<Boolean>> updates = new ArrayList<>();
    try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        String text = "output " + i;
        updates.add(
            writers.submit(() -> contents.updateNotebook("n.ipynb", n -> withOutput(n, text))));
      }
      for (Future<Boolean> update : updates) {
        assertThat(update.get()).isTrue();
      }
    }
    assertThat(cell().get("outputs").size()).isEqualTo(30);
  }

  @Test
  void aFileThatOthersChangedIsReadAgain() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    boolean written =
        contents.updateNotebook(
            "n.ipynb",
            notebook -> {
              if (calls.incrementAndGet() <= 2) {
                edit("x = " + calls.get());
              }
              return withOutput(notebook, "made here");
            });
    assertThat(written).isTrue();
    assertThat(calls).hasValue(3);
    assertThat(cell().get("source").stringValue()).isEqualTo("x = 2");
    assertThat(cell().get("outputs").size()).isEqualTo(1);
  }

  @Test
  void aFileThatNeverRestsIsLeftAlone() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    boolean written =
        contents.updateNotebook(
            "n.ipynb",
            notebook -> {
              edit("x = " + calls.incrementAndGet());
              return withOutput(notebook, "made here");
            });
    assertThat(written).isFalse();
    assertThat(calls).hasValue(5);
    assertThat(cell().get("source").stringValue()).isEqualTo("x = 5");
    assertThat(cell().get("outputs").isEmpty()).isTrue();
    assertThat(statusOf(() -> contents.updateNotebook("gone.ipynb", n -> n))).isEqualTo(404);
  }

  @Test
  void aTrustedNotebookStaysTrusted() throws Exception {
    assertThat(trusted(contents)).isTrue();
    contents.updateNotebook("n.ipynb", n -> withOutput(n, "<b>rich</b>"));
    assertThat(trusted(contents)).isTrue();
    assertThat(Files.readString(root.resolve("n.ipynb"))).doesNotContain("trusted");
    edit("made elsewhere");
    assertThat(trusted(contents)).isFalse();
    contents.updateNotebook("n.ipynb", n -> withOutput(n, "<b>more</b>"));
    assertThat(trusted(contents)).isFalse();
  }

  @Test
  void richOutputsAreTrustedWhenTheUserSaysSo() throws Exception {
    ObjectNode notebook = Notebook.empty();
    notebook.withArray("cells").add(codeCell());
    contents.save("n.ipynb", notebookModel(withOutput(notebook, "<script>")));
    assertThat(trusted(contents)).isFalse();
    contents.trust("n.ipynb");
    assertThat(trusted(contents)).isTrue();
    ObjectNode read = (ObjectNode) contents.get("n.ipynb", Query.CONTENT).get("content");
    withOutput(read, "<script>more");
    contents.save("n.ipynb", notebookModel(read));
    assertThat(trusted(contents)).isTrue();
  }

  @Test
  void trustOutlivesTheProcess() throws Exception {
    Path file = state.resolve("signatures");
    Options options = Options.defaults().withSignatures(file);
    Contents first = Contents.in(root, options);
    assertThat(trusted(first)).isFalse();
    first.trust("n.ipynb");
    assertThat(trusted(Contents.in(root, options))).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(file).content().matches("[0-9a-f]{64}\n");
  }

  private JsonNode cell() throws ContentsException {
    return contents.get("n.ipynb", Query.CONTENT).get("content").get("cells").get(0);
  }

  private static boolean trusted(Contents contents) throws ContentsException {
    JsonNode notebook = contents.get("n.ipynb", Query.CONTENT).get("content");
    return notebook.get("cells").get(0).get("metadata").get("trusted").booleanValue();
  }

  /** Changes the file as another program would. */
  private void edit(String source) {
    try {
      Path file = root.resolve("n.ipynb");
      String text =
          Files.readString(file).replaceFirst("(\"source\": \\[\\s*\")[^\"]*", "$1" + source);
      Path next = Files.writeString(root.resolve("next"), text);
      Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode withOutput(ObjectNode notebook, String html) {
    ObjectNode cell = (ObjectNode) notebook.get("cells").get(0);
    ObjectNode output = cell.withArray("outputs").addObject().put("output_type", "display_data");
    output.putObject("data").put("text/html", html);
    output.putObject("metadata");
    return notebook;
  }
}
