package dev.penstock.gateway.session;

import org.jspecify.annotations.Nullable;

/**
 * A subshell (JEP 91) and how far its life has come. Belongs to the session's owner thread.
 *
 * <p>Its thread in the worker is made and ended by frames on the control lane that the worker
 * confirms. It is asked to end only when nothing runs in it.
 */
final class Subshell {
  private final String id;
  private final int number;
  private final Shell shell;

  /** The control request that waits for the worker's confirmation. */
  private @Nullable Request asker;

  private boolean deleted;

  Subshell(String id, int number, Shell shell) {
    this.id = id;
    this.number = number;
    this.shell = shell;
  }

  /** What clients call it. */
  String id() {
    return id;
  }

  /** What the worker link calls it. */
  int number() {
    return number;
  }

  Shell shell() {
    return shell;
  }

  boolean busy() {
    return shell.running() != null;
  }

  boolean deleted() {
    return deleted;
  }

  void delete() {
    deleted = true;
  }

  void askedBy(Request request) {
    asker = request;
  }

  /** Who waits for the confirmation that has come; nobody does from now on. */
  @Nullable Request takeAsker() {
    Request waiting = asker;
    asker = null;
    return waiting;
  }
}
