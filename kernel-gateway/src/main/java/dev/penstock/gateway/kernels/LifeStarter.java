package dev.penstock.gateway.kernels;

import dev.penstock.gateway.session.OutputLog;

/** Starts kernels of some kind. Thread-safe; a call takes as long as the start of a process. */
@FunctionalInterface
public interface LifeStarter {
  /**
   * Starts a process.
   *
   * @param log where all that it says goes
   * @throws KernelException if it cannot be started
   */
  Life start(LifeOrder order, OutputLog log) throws KernelException;
}
