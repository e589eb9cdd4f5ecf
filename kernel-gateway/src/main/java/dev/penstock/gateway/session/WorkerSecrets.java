package dev.penstock.gateway.session;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What a session and its worker know of each other and nobody else does.
 *
 * @param token 64 hex digits that the worker says in HELLO
 * @param nonce 16 bytes that mark the lanes
 */
// Compared by nobody: a record for its brevity.
@SuppressWarnings("ArrayRecordComponent")
public record WorkerSecrets(String token, byte[] nonce) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** New secrets. */
  public static WorkerSecrets make() {
    byte[] token = new byte[32];
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(token);
    RANDOM.nextBytes(nonce);
    return new WorkerSecrets(HexFormat.of().formatHex(token), nonce);
  }

  @Override
  public String toString() {
    return "WorkerSecrets[hidden]";
  }
}
