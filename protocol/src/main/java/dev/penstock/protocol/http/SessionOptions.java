package dev.penstock.protocol.http;

import dev.penstock.protocol.json.Trees;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a session is started; what is not set is the server's default.
 *
 * @param fields of {@code POST /api/v1/sessions} (docs/api-v1.md, "Sessions"), and {@code key}
 */
public record SessionOptions(ObjectNode fields) {

  static final String KEY = "key";

  /** All as the server has it. */
  public static SessionOptions none() {
    return new SessionOptions(Trees.object());
  }

  /** Its kernelspec. */
  public SessionOptions name(String name) {
    return with(Trees.object().put("name", name));
  }

  /** In place of a kernelspec: an environment of {@code penstock env}. */
  public SessionOptions environment(String name) {
    return with(Trees.object().put("environment", name));
  }

  /**
   * A session that was started with this key and is still there is meant again; without one a lost
   * answer is asked for again by a key of the call's own.
   */
  public SessionOptions key(String key) {
    return with(Trees.object().put(KEY, key));
  }

  /** Where it starts: a directory relative to the server's root. */
  public SessionOptions cwd(String path) {
    return with(Trees.object().put("cwd", path));
  }

  /** A variable of its environment. */
  public SessionOptions env(String name, String value) {
    ObjectNode env =
        fields.path("env") instanceof ObjectNode given ? given.deepCopy() : Trees.object();
    ObjectNode all = fields.deepCopy();
    all.set("env", env.put(name, value));
    return new SessionOptions(all);
  }

  /** Bytes of the process and its children together. */
  public SessionOptions memory(long bytes) {
    return limit("memory", bytes);
  }

  /** Seconds of processor time. */
  public SessionOptions cpu(long seconds) {
    return limit("cpu_s", seconds);
  }

  private SessionOptions limit(String name, long value) {
    ObjectNode limits =
        fields.path("limits") instanceof ObjectNode given ? given.deepCopy() : Trees.object();
    ObjectNode all = fields.deepCopy();
    all.set("limits", limits.put(name, value));
    return new SessionOptions(all);
  }

  private SessionOptions with(ObjectNode more) {
    ObjectNode all = fields.deepCopy();
    all.setAll(more);
    return new SessionOptions(all);
  }
}
