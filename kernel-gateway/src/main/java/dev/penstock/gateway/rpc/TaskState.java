package dev.penstock.gateway.rpc;

/** How far a task is. */
enum TaskState {
  /** Its turn has not come. */
  WAITING,
  /** The worker runs it. */
  RUNNING,
  /** It has a result. */
  DONE,
  /** It ended with an error. */
  FAILED,
  /** It was cancelled, and did not end by itself before that. */
  CANCELLED;

  boolean isEnd() {
    return this == DONE || this == FAILED || this == CANCELLED;
  }
}
