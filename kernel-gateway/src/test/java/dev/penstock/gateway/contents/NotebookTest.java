package dev.penstock.gateway.contents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.gateway.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Notebooks between files and models, beside nbformat itself where it is installed. */
class NotebookTest {
  private static final String PYTHON = System.getProperty("penstock.test.python", "");
  private static final List<String> PIECES =
      List.of(
          "a",
          "ß",
          "\uD83D\uDE00",
          "\uFB01",
          "\n",
          "\r",
          "\r\n",
          "\u000b",
          "\f",
          "\u001c",
          "\u001d",
          "\u001e",
          "\u001f",
          "\u0085",
          "\u2028",
          "\u2029",
          "\"",
          "\\",
          "\u0000",
          "\u007f",
          "\t",
          "\b");
  private static final List<String> TYPES =
      List.of(
          "text/plain",
          "text/html",
          "image/svg+xml",
          "image/png",
          "application/javascript",
          "application/json",
          "application/vnd.plotly.v1+json",
          "application/x");

  @TempDir Path root;
  private Contents contents;
  private final Random random = new Random(20261121);

  @BeforeEach
  void serve() throws Exception {
    contents = Contents.in(root, Options.defaults());
  }

  @Test
  void filesAreThoseThatNbformatWrites() throws Exception {
    assumeTrue(!PYTHON.isEmpty(), "set -Dpenstock.test.python to a Python that has nbformat");
    for (int i = 0; i < 60; i++) {
      ObjectNode notebook = randomNotebook();
      Files.write(root.resolve(i + ".json"), Json.bytes(notebook));
      contents.save(i + ".ipynb", notebookModel(notebook));
    }
    python(
        """
        import glob, json, warnings, nbformat
        warnings.simplefilter("ignore")
        for path in sorted(glob.glob("*.json")):
            with open(path, encoding="utf-8") as file:
                notebook = nbformat.from_dict(json.load(file))
            nbformat.write(notebook, path.replace(".json", ".expected"))
        """);
    for (int i = 0; i < 60; i++) {
      assertThat(Files.readString(root.resolve(i + ".ipynb")))
          .isEqualTo(Files.readString(root.resolve(i + ".expected")));
    }
  }

  @Test
  void modelsAreThoseThatNbformatReads() throws Exception {
    assumeTrue(!PYTHON.isEmpty(), "set -Dpenstock.test.python to a Python that has nbformat");
    for (int i = 0; i < 60; i++) {
      contents.save(i + ".ipynb", notebookModel(randomNotebook()));
    }
    python(
        """
        import glob, json, warnings, nbformat
        warnings.simplefilter("ignore")
        for path in sorted(glob.glob("*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    cell.metadata["trusted"] = False
            with open(path.replace(".ipynb", ".expected"), "w", encoding="utf-8") as file:
                json.dump(notebook, file)
        """);
    for (int i = 0; i < 60; i++) {
      JsonNode read =
          Contents.in(root, Options.defaults()).get(i + ".ipynb", Query.CONTENT).get("content");
      assertThat(PythonJson.write(read))
          .isEqualTo(
              PythonJson.write(Json.readObject(Files.readAllBytes(root.resolve(i + ".expected")))));
    }
  }

  @Test
  void aNewNotebookIsEmptyAndValid() throws Exception {
    ObjectNode model = contents.save("n.ipynb", Json.object().put("type", "notebook")).model();
    assertThat(model.has("message")).isFalse();
    assertThat(model.get("type").stringValue()).isEqualTo("notebook");
    assertThat(root.resolve("n.ipynb"))
        .hasContent(
            "{\n \"cells\": [],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n");
    ObjectNode read = contents.get("n.ipynb", Query.CONTENT);
    assertThat(read.get("format").stringValue()).isEqualTo("json");
    assertThat(read.get("mimetype").isNull()).isTrue();
    assertThat(contents.checkpoints("n.ipynb")).hasSize(1);
  }

  @Test
  void cellsWithoutIdsGetThem() throws Exception {
    ObjectNode notebook = Notebook.empty();
    for (String id : List.of("a", "a", "")) {
      ObjectNode cell = codeCell();
      notebook.withArray("cells").add(id.isEmpty() ? cell.without("id") : cell.put("id", id));
    }
    contents.save("n.ipynb", notebookModel(notebook));
    JsonNode cells = contents.get("n.ipynb", Query.CONTENT).get("content").get("cells");
    assertThat(cells.valueStream().map(cell -> cell.get("id").stringValue()))
        .hasSize(3)
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("a|[0-9a-f]{8}"));
    notebook.put("nbformat_minor", 4);
    notebook.withArray("cells").removeAll().add(codeCell().without("id"));
    contents.save("old.ipynb", notebookModel(notebook));
    assertThat(Files.readString(root.resolve("old.ipynb"))).doesNotContain("\"id\"");
  }

  @Test
  void numbersAreWrittenAsPythonDoes() throws Exception {
    String text =
        "[1e16, 1e15, 123456789012345680.0, 1e-4, 1e-5, -0.0, 0.1, 2.0, 1.5e300, 5e-324,"
            + " 100, 123456789012345678901234567890, NaN, -Infinity]";
    ObjectNode notebook =
        Notebook.read(
            ("{\"cells\": [], \"metadata\": {\"x\": " + text + "}, \"nbformat\": 4}")
                .getBytes(StandardCharsets.UTF_8),
            ApiPath.ROOT);
    assertThat(PythonJson.write(notebook.get("metadata").get("x")).replaceAll("\\s+", " "))
        .isEqualTo(
            "[ 1e+16, 1000000000000000.0, 1.2345678901234568e+17, 0.0001, 1e-05, -0.0, 0.1, 2.0,"
                + " 1.5e+300, 5e-324, 100, 123456789012345678901234567890, NaN, -Infinity ]");
  }

  @Test
  void aLoneSurrogateSurvives() throws Exception {
    ObjectNode notebook = Notebook.empty();
    notebook.withArray("cells").add(codeCell().put("source", "x\ud800y"));
    contents.save("n.ipynb", notebookModel(notebook));
    JsonNode cell = contents.get("n.ipynb", Query.CONTENT).get("content").get("cells").get(0);
    assertThat(cell.get("source").stringValue()).isEqualTo("x\ud800y");
  }

  @Test
  void anInvalidNotebookIsSavedAndTold() throws Exception {
    ObjectNode notebook = Notebook.empty();
    notebook.withArray("cells").add(codeCell().without("outputs"));
    String problem =
        "Notebook validation failed: 'outputs' is a required property\n\nOn instance['cells'][0]:\n{";
    assertThat(
            contents.save("n.ipynb", notebookModel(notebook)).model().get("message").stringValue())
        .startsWith(problem);
    assertThat(contents.get("n.ipynb", Query.CONTENT).get("message").stringValue())
        .startsWith(problem);
    notebook.put("nbformat_minor", 6).withArray("cells").removeAll();
    notebook.withArray("cells").addObject().put("cell_type", "later").put("id", "x");
    assertThat(contents.save("n.ipynb", notebookModel(notebook)).model().has("message")).isFalse();
  }

  @Test
  void whatIsNoNotebookIsRefused() throws Exception {
    for (String text :
        List.of(
            "",
            "[]",
            "{",
            "{\"nbformat\": 3, \"worksheets\": []}",
            "{\"nbformat\": 5}",
            "{\"nbformat\": 4}")) {
      Files.writeString(root.resolve("x.ipynb"), text);
      assertThat(ContentsTest.statusOf(() -> contents.get("x.ipynb", Query.CONTENT)))
          .isEqualTo(400);
      assertThat(contents.get("x.ipynb", Query.MODEL).get("type").stringValue())
          .isEqualTo("notebook");
      assertThat(
              contents
                  .get("x.ipynb", Query.of("file", null, null, null))
                  .get("content")
                  .stringValue())
          .isEqualTo(text);
    }
    ObjectNode old = Json.object().put("nbformat", 3);
    assertThat(ContentsTest.statusOf(() -> contents.save("y.ipynb", notebookModel(old))))
        .isEqualTo(400);
    assertThat(root.resolve("y.ipynb")).doesNotExist();
  }

  static ObjectNode notebookModel(ObjectNode notebook) {
    ObjectNode model = Json.object().put("type", "notebook").put("format", "json");
    model.set("content", notebook);
    return model;
  }

  static ObjectNode codeCell() {
    ObjectNode cell = Json.object().put("cell_type", "code").put("id", "c").put("source", "1");
    cell.putObject("metadata");
    cell.putArray("outputs");
    return cell.putNull("execution_count");
  }

  /** A valid notebook whose cells all have ids, with texts and lists of lines. */
  private ObjectNode randomNotebook() {
    ObjectNode notebook = Notebook.empty();
    notebook.withObject("metadata").put("signature", "x").put("z" + text(), text());
    ArrayNode cells = notebook.withArray("cells");
    for (int i = 0; i < 3; i++) {
      ObjectNode cell = codeCell().put("id", "c" + i).put("source", text());
      cell.withObject("metadata").put("trusted", false);
      ArrayNode outputs = cell.withArray("outputs");
      outputs.addObject().put("output_type", "stream").put("name", "stdout").put("text", text());
      ObjectNode output = outputs.addObject().put("output_type", "display_data");
      output.putObject("metadata");
      ObjectNode data = output.putObject("data");
      for (String type : TYPES) {
        if (random.nextBoolean()) {
          data.put(type, text());
        } else if (type.endsWith("json")) {
          data.putObject(type)
              .put(text(), random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
        } else {
          data.putArray(type).add(text()).add(text());
        }
      }
      cells.add(cell);
      ObjectNode markdown = cells.addObject().put("cell_type", "markdown").put("id", "m" + i);
      markdown.putArray("source").add(text()).add(text());
      markdown.putObject("metadata");
      markdown
          .putObject("attachments")
          .putObject("a.png")
          .put("text/plain", text())
          .put("image/png", text());
    }
    return notebook;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  private void python(String program) throws Exception {
    Process process =
        new ProcessBuilder(PYTHON, "-c", program)
            .directory(root.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
