package dev.penstock.gateway.websocket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random frames from a seed; a failing test names the seed. */
final class Frames {
  private static final int RUNS = 2_000;
  private static final List<String> OBJECTS =
      List.of(
          "{}",
          "{ \"a\" : 1e400 }",
          "{\"s\":\"\\ud800\"}",
          "{\"n\":9007199254740993, \"é𨭎\":[1.0,null,{}]}",
          "{\"msg_type\":\"comm_msg\"}");
  private static final List<String> CHANNELS =
      List.of("shell", "control", "stdin", "iopub", "heartbeat", "", "é");
  private static final List<String> VALUES =
      List.of("1", "null", "[]", "[{]", "\"shell\"", "{", "\"\\ud800\"", "{\"a\":{\"b\":[]}}");

  private final SplittableRandom random;

  private Frames(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A check of one random case. */
  interface Check {
    void run(Frames frames) throws Exception;
  }

  /** Runs a check with many seeds, the same ones each time. */
  static void check(Check check) {
    for (long seed = 0; seed < RUNS; seed++) {
      try {
        check.run(new Frames(seed));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("fails with seed " + seed, e);
      }
    }
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  String channel() {
    return one(CHANNELS);
  }

  /** A JSON object, with odd blanks, odd numbers and escapes. */
  byte[] object() {
    return utf8(one(OBJECTS));
  }

  List<byte[]> buffers() {
    List<byte[]> buffers = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      buffers.add(bytes(40));
    }
    return buffers;
  }

  byte[] bytes(int atMost) {
    byte[] bytes = new byte[random.nextInt(atMost + 1)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Text that looks like a message; most of it is broken somewhere. */
  String text() {
    StringBuilder json = new StringBuilder("{");
    for (String name : List.of("channel", "header", "parent_header", "metadata", "content", "x")) {
      if (random.nextInt(8) > 0) {
        String value = random.nextInt(3) > 0 ? one(OBJECTS) : one(VALUES);
        json.append('"').append(name).append("\":").append(value).append(',');
      }
    }
    json.append("\"end\":1}");
    if (random.nextInt(4) == 0) {
      json.setCharAt(random.nextInt(json.length()), (char) random.nextInt(0xE000));
    }
    return random.nextInt(5) == 0 ? json.substring(random.nextInt(json.length())) : json.toString();
  }

  /** Bytes like those of both protocols, with good, wrong or huge numbers in front. */
  ByteBuffer binary() {
    boolean wide = random.nextBoolean();
    int words = random.nextInt(12);
    int width = wide ? Long.BYTES : Integer.BYTES;
    byte[] rest = random.nextBoolean() ? utf8(text()) : bytes(60);
    ByteBuffer frame = ByteBuffer.allocate(words * width + rest.length);
    frame.order(wide ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long offset = words * (long) width;
    for (int i = 0; i < words; i++) {
      long word = number(i == 0 ? words - 1 : offset);
      if (wide) {
        frame.putLong(word);
      } else {
        frame.putInt((int) word);
      }
      offset += i == 0 ? 0 : random.nextInt(10);
    }
    frame.put(rest).flip();
    // At another place in its buffer, as a server has it.
    ByteBuffer moved = ByteBuffer.allocate(frame.remaining() + 5).position(5);
    return moved.put(frame).flip().position(5);
  }

  private long number(long right) {
    return switch (random.nextInt(12)) {
      case 0 -> random.nextLong();
      case 1 -> -1;
      case 2 -> right + random.nextInt(-20, 20);
      case 3 -> Integer.MAX_VALUE;
      default -> right;
    };
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
