package dev.penstock.gateway.verbs;

/** What a stream says, in the order in which it is said. */
public sealed interface StreamMessage {
  /**
   * What one step found.
   *
   * @param json the whole value as JSON text
   */
  record Data(String json) implements StreamMessage {}

  /**
   * What the stream's code wrote.
   *
   * @param name {@code stdout} or {@code stderr}
   */
  record Text(String name, String text) implements StreamMessage {}

  /** Why the stream ends; {@link Done} follows. */
  record Failed(VerbError error) implements StreamMessage {}

  /**
   * The last message of every stream.
   *
   * @param reason {@code done}, {@code stopped}, {@code error} or {@code interrupted}; {@code
   *     refused} if it never began
   */
  record Done(String reason) implements StreamMessage {}
}
