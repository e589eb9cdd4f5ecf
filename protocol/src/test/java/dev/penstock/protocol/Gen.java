package dev.penstock.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random inputs from a seed. A failing test names the seed; run it alone with {@code
 * -Dpenstock.test.seed=N}.
 */
public final class Gen {

  private static final int RUNS = 2_000;
  private static final List<String> TEXTS =
      List.of("", "a", "é", "𨭎", "\"", "\\", "\n", "<IDS|MSG>", "\u0000", "\ud800", "{}");

  private final SplittableRandom random;

  private Gen(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** A check of one random case. */
  public interface Check {
    void run(Gen gen) throws Exception;
  }

  /** Runs a check with many seeds, the same ones each time. */
  public static void check(Check check) {
    Long only = Long.getLong("penstock.test.seed");
    for (long seed = only == null ? 0 : only; seed < (only == null ? RUNS : only + 1); seed++) {
      try {
        check.run(new Gen(seed));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("fails with -Dpenstock.test.seed=" + seed, e);
      }
    }
  }

  public int number(int bound) {
    return random.nextInt(bound);
  }

  public boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  public byte[] bytes(int maxLength) {
    byte[] bytes = new byte[random.nextInt(maxLength + 1)];
    random.nextBytes(bytes);
    return bytes;
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(TEXTS.get(random.nextInt(TEXTS.size())));
    }
    return text.toString();
  }

  /** A JSON object, as bytes with odd blanks, odd numbers and escapes. */
  public byte[] object() {
    StringBuilder json = new StringBuilder(chance(20) ? " \n{" : "{");
    for (int i = random.nextInt(4); i > 0; i--) {
      json.append("\"k").append(i).append("\" : ").append(value()).append(i > 1 ? "," : "");
    }
    return json.append(chance(20) ? "}\t" : "}").toString().getBytes(StandardCharsets.UTF_8);
  }

  private String value() {
    return switch (random.nextInt(6)) {
      case 0 -> "1e400";
      case 1 -> "9007199254740993";
      case 2 -> "\"\\ud800\"";
      case 3 -> "[1.0, null, true]";
      case 4 -> "{\"a\": {}}";
      default -> "\"é𨭎\"";
    };
  }

  /** Frames of any kind: some look like messages, most are broken somewhere. */
  public List<byte[]> frames() {
    List<byte[]> frames = new ArrayList<>();
    for (int i = random.nextInt(10); i > 0; i--) {
      frames.add(
          switch (random.nextInt(5)) {
            case 0 -> "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);
            case 1 -> object();
            case 2 -> new byte[0];
            case 3 -> text().getBytes(StandardCharsets.UTF_8);
            default -> bytes(80);
          });
    }
    return frames;
  }
}
