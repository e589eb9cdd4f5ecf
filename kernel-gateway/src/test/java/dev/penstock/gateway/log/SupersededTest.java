package dev.penstock.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.session.OutputEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SupersededTest {
  private static final OutputEntry CLEAR = Entries.iopub("clear_output", "A", "{'wait':false}");
  private static final OutputEntry CLEAR_NEXT = Entries.iopub("clear_output", "A", "{'wait':true}");

  @Test
  void anUpdateIsSupersededByTheNextOfItsDisplay() {
    assertThat(needless(update("1", "a"), update("2", "b"), update("1", "c"), update("1", "d")))
        .containsExactly(0, 2);
  }

  @Test
  void whatCannotBeReadSupersedesNothing() {
    OutputEntry odd = Entries.iopub("update_display_data", "A", "{'transient':{}}");
    OutputEntry torn = Entries.iopub("update_display_data", "A", "{'trans");
    OutputEntry clear = Entries.iopub("clear_output", "A", "{");
    assertThat(needless(odd, odd, torn, torn, display("x"), clear)).isEmpty();
  }

  @Test
  void clearOutputClearsItsOwnRequestOnly() {
    OutputEntry other = Entries.text("B", "x");
    assertThat(needless(other, Entries.text("A", "x"), display("y"), CLEAR, display("z")))
        .containsExactly(1, 2);
  }

  @Test
  void withWaitTheNextOutputClears() {
    assertThat(needless(display("x"), CLEAR_NEXT)).as("still shown").isEmpty();
    assertThat(needless(display("x"), CLEAR_NEXT, update("1", "u"))).isEmpty();
    assertThat(needless(display("x"), CLEAR_NEXT, CLEAR_NEXT, display("y"))).containsExactly(0, 1);
    assertThat(needless(display("x"), CLEAR_NEXT, CLEAR)).containsExactly(0, 1);
  }

  @Test
  void aWidgetMayHaveBegunToCatchOutputs() {
    OutputEntry comm = Entries.iopub("comm_msg", "A", "{}");
    assertThat(needless(display("kept"), comm, display("x"), CLEAR)).containsExactly(2);
  }

  /** Random programs show the same in the end, with and without what is needless. */
  @Test
  void showsTheSame() {
    Random random = new Random(3);
    int left = 0;
    for (int i = 0; i < 3000; i++) {
      List<OutputEntry> said = new ArrayList<>();
      for (int j = random.nextInt(25); j >= 0; j--) {
        said.add(any(random, j));
      }
      BitSet needless = new BitSet();
      for (int n : needless(said.toArray(OutputEntry[]::new))) {
        needless.set(n);
      }
      List<OutputEntry> rest = new ArrayList<>();
      for (int j = 0; j < said.size(); j++) {
        if (!needless.get(j)) {
          rest.add(said.get(j));
        }
      }
      left += needless.cardinality();
      assertThat(shown(rest)).isEqualTo(shown(said));
    }
    assertThat(left).isPositive();
  }

  private static OutputEntry any(Random random, int number) {
    String request = random.nextBoolean() ? "A" : "B";
    String text = "'text':'" + number + "'";
    return switch (random.nextInt(5)) {
      case 0 -> Entries.iopub("clear_output", request, "{'wait':" + random.nextBoolean() + "}");
      case 1 -> update(Integer.toString(random.nextInt(2)), Integer.toString(number));
      case 2 ->
          Entries.iopub(
              "display_data",
              request,
              "{" + text + ",'transient':{'display_id':'" + random.nextInt(2) + "'}}");
      default -> Entries.iopub("execute_result", request, "{" + text + "}");
    };
  }

  /** What a front end shows: by request, a list of outputs; updates change those of their id. */
  private static Map<String, List<String>> shown(List<OutputEntry> said) {
    Map<String, List<String>> cells = new LinkedHashMap<>();
    cells.put("A", new ArrayList<>());
    cells.put("B", new ArrayList<>());
    Set<String> waiting = new HashSet<>();
    for (OutputEntry entry : said) {
      String cell = new String(entry.parentHeader(), StandardCharsets.UTF_8);
      cell = cell.contains("\"A\"") ? "A" : "B";
      List<String> outputs = cells.getOrDefault(cell, List.of());
      String id = OutputContent.displayId(entry.content());
      String content = new String(entry.content(), StandardCharsets.UTF_8);
      switch (entry.msgType()) {
        case "clear_output" -> {
          if (OutputContent.waits(entry.content())) {
            waiting.add(cell);
          } else {
            outputs.clear();
            waiting.remove(cell);
          }
        }
        case "update_display_data" ->
            cells
                .values()
                .forEach(
                    list -> list.replaceAll(o -> o.startsWith(id + ":") ? id + ":" + content : o));
        default -> {
          if (waiting.remove(cell)) {
            outputs.clear();
          }
          outputs.add(id + ":" + content);
        }
      }
    }
    return cells;
  }

  private static OutputEntry display(String text) {
    return Entries.iopub("display_data", "A", "{'data':{'text/plain':'" + text + "'}}");
  }

  private static OutputEntry update(String id, String text) {
    return Entries.iopub(
        "update_display_data",
        "A",
        "{'data':{'a':[1,{'transient':2}]},'text':'"
            + text
            + "','transient':{'more':{},'display_id':'"
            + id
            + "'}}");
  }

  private static List<Integer> needless(OutputEntry... entries) {
    Superseded superseded = new Superseded();
    for (OutputEntry entry : entries) {
      superseded.see(entry);
    }
    return superseded.needless().stream().boxed().toList();
  }
}
