package dev.penstock.protocol.message;

/** The five channels of a kernel (messaging spec, "Introduction"). */
public enum Channel {
  /** Requests of the users: execute, complete, inspect and so on. ROUTER. */
  SHELL,
  /** Requests that must not wait for the shell: interrupt, shutdown, debug. ROUTER. */
  CONTROL,
  /** Questions of the kernel to the client whose cell runs ({@code input()}). ROUTER. */
  STDIN,
  /** Outputs and status, published to every subscriber. XPUB. */
  IOPUB,
  /** Echo of any bytes: the kernel is alive. ROUTER that acts as REP. */
  HEARTBEAT
}
