package dev.penstock.gateway.kernels;

import java.io.Serial;

/** Something that cannot be done with a kernel, told to whoever asked. */
public final class KernelException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** What is wrong. */
  public enum Reason {
    /** There is no such kernel. */
    NOT_FOUND,
    /** There is no such kernelspec. */
    NO_SPEC,
    /** The id is in use. */
    CONFLICT,
    /** There are as many kernels as there may be. */
    LIMIT,
    /** What was asked of it cannot be had here, and something else can. */
    REFUSED,
    /** The process cannot be started, or did not come up. */
    FAILED
  }

  /** One line for people: what was wrong and what to do. */
  public KernelException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
