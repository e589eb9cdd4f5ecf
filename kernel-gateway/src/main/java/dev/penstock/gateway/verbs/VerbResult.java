package dev.penstock.gateway.verbs;

import org.jspecify.annotations.Nullable;

/**
 * What came of an execution or evaluation.
 *
 * @param value JSON text of what was evaluated; null after an execution or an error
 * @param error null if it went well
 * @param stdout all that was written there meanwhile, also by C code and child processes
 * @param stderr the same of stderr
 */
public record VerbResult(
    @Nullable String value, @Nullable VerbError error, String stdout, String stderr) {
  /** Whether it went well. */
  public boolean isOk() {
    return error == null;
  }
}
