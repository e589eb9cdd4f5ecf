package dev.penstock.protocol.http;

import dev.penstock.protocol.json.Trees;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** An expression that a session evaluates again and again. Thread-safe. */
public final class ValueStream extends Running {

  private final String own;

  ValueStream(Transport transport, String session, String id) {
    super(transport, session, session + "/streams/" + Call.part(id) + "/data", id);
    this.own = session + "/streams/" + Call.part(id);
  }

  /** Its values, as they come, to be closed; what was lost is left out ({@link #entries} tells). */
  public Stream<JsonNode> values() {
    return values(0);
  }

  /** The same from a number on. */
  public Stream<JsonNode> values(long from) {
    return entries(from).stream()
        .filter(Entry.Value.class::isInstance)
        .map(entry -> ((Entry.Value) entry).value());
  }

  /**
   * Runs code before the next step.
   *
   * @throws RefusedException 409 if it has ended
   */
  public void execute(String code) {
    tell(Call.post(own + "/exec", Trees.object().put("code", code)));
  }

  /** Ends it, and waits for that. */
  public Status stop() {
    tell(Call.post(own + "/stop", Trees.object()).again());
    return await();
  }
}
