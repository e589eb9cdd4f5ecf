package dev.penstock.gateway.foreign;

import dev.penstock.gateway.lane.Lane;
import dev.penstock.gateway.session.Request;
import java.util.concurrent.CompletableFuture;

/** What other threads ask of a kernel's owner thread, or tell it. */
sealed interface Command {
  /** A client's request for the kernel. */
  record Submit(Request request) implements Command {}

  /** Interrupt what runs. */
  record Interrupt(CompletableFuture<Void> done) implements Command {}

  /** End the kernel. */
  record Stop(boolean now, String cause) implements Command {}

  /** The kernel's process wrote to its stdout or stderr. */
  record Text(Lane lane, String text) implements Command {}

  /** The process is gone, and all its text was handed over. */
  record Exited(int exit) implements Command {}
}
