package dev.penstock.gateway.notebook;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.seed.RunResult;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What cells said, as an answer (NBH-03, NBH-04). */
final class CellAnswer {
  private static final int FIRST_STATUS = 200;
  private static final int LAST_STATUS = 599;
  private static final int ERROR = 500;

  private CellAnswer() {}

  /** All of stdout, else the result, else nothing. */
  static Answer of(RunResult result) {
    if (result.error() != null) {
      return error(result.error());
    }
    ObjectNode data = result.result();
    String body = result.stdout();
    return text(body.isEmpty() && data != null ? Json.spaced(data) : body);
  }

  private static Answer text(String body) {
    return Answer.of("text/plain", body.getBytes(StandardCharsets.UTF_8));
  }

  private static Answer error(String error) {
    return text("Error " + error + " \n").withStatus(ERROR);
  }

  /** The same with the headers and the status that a ResponseInfo cell printed. */
  static Answer with(Answer answer, RunResult info) {
    if (info.error() != null) {
      return error(info.error());
    }
    Answer changed = answer;
    try {
      ObjectNode told = Json.readObject(info.stdout().getBytes(StandardCharsets.UTF_8));
      for (Map.Entry<String, JsonNode> header : Json.child(told, "headers").properties()) {
        changed = changed.with(header.getKey(), header.getValue().asString(""));
      }
      long status = Json.integer(told, "status", FIRST_STATUS);
      if (status < FIRST_STATUS || status > LAST_STATUS) {
        return error("ValueError: ResponseInfo has the status " + status);
      }
      return changed.withStatus((int) status);
    } catch (JsonLineException e) {
      // For whoever writes the notebook: in the answer, as any error of a cell.
      return error("ValueError: ResponseInfo has to print an object in JSON");
    }
  }
}
