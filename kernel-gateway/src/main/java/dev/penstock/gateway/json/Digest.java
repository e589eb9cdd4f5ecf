package dev.penstock.gateway.json;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;

/** What is kept of a call in place of its words, where they are only compared: SHA-256 in hex. */
public final class Digest {
  private Digest() {}

  /** Of a text. */
  public static String of(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /** Of a tree, whatever the order of its objects' fields. */
  public static String of(JsonNode tree) {
    return of(Json.sorted(tree));
  }
}
