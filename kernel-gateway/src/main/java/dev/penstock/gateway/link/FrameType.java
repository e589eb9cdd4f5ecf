package dev.penstock.gateway.link;

import org.jspecify.annotations.Nullable;

/** Frame types of the worker link, version 1 (docs/worker-link.md, "Frames"). */
public enum FrameType {
  HELLO(1, 1),
  WELCOME(2, 1),
  REQUEST(3, 4),
  REPLY(4, 3),
  PUBLISH(5, 5),
  INPUT_REQUEST(6, 3),
  INPUT_REPLY(7, 1),
  SHUTDOWN(8, 1),
  SUBSHELL(9, 1),
  SUBSHELL_DONE(10, 1),
  CONTROL_SEEN(11, 1);

  private final int code;
  private final int leastParts;

  FrameType(int code, int leastParts) {
    this.code = code;
    this.leastParts = leastParts;
  }

  /** How many parts a frame of this type has, buffers not counted. */
  int leastParts() {
    return leastParts;
  }

  /** The u8 on the wire. */
  public int code() {
    return code;
  }

  static @Nullable FrameType of(int code) {
    return code >= 1 && code <= values().length ? values()[code - 1] : null;
  }
}
