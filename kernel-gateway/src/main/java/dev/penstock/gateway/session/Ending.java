package dev.penstock.gateway.session;

/**
 * How a session ended.
 *
 * @param exit the worker's exit code, or the negative number of the signal that killed it
 * @param cause one line for people
 */
public record Ending(int exit, String cause) {}
