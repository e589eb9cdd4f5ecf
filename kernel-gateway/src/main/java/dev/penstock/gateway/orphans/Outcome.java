package dev.penstock.gateway.orphans;

import java.util.Locale;

/** What became of the outputs of a cell that ended while no client was there. */
enum Outcome {
  /** They are in the notebook. */
  SAVED("saved"),
  /** Nobody said which notebook the kernel is of, or there is no such file. */
  NO_NOTEBOOK("no notebook is known, or it is not there"),
  /** The file has no such cell. */
  NO_CELL("the notebook's file has no such cell"),
  /** The file's cell has another source than what ran. */
  SOURCE_CHANGED("the cell's source in the file is not what ran"),
  /** A client came before they were written. */
  HELD("a client has the notebook open"),
  /** There is more than a notebook should hold. */
  TOO_LARGE("there is too much of it"),
  /** The log has lost a part of them. */
  LOST("a part is gone from the log"),
  /** The file could not be read or written, or kept changing. */
  FAILED("the notebook could not be read or written");

  private final String reason;

  Outcome(String reason) {
    this.reason = reason;
  }

  /** For people: why they were not written. */
  String reason() {
    return reason;
  }

  /** For the monitoring. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
