package dev.penstock.gateway.tether;

/**
 * Size of a terminal, in characters.
 *
 * @param rows 1 to 65535
 * @param columns 1 to 65535
 */
public record WindowSize(int rows, int columns) {
  /** The most of each that the system knows. */
  public static final int MOST = 0xffff;
}
