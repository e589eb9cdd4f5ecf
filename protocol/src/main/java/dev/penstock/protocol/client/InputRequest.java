package dev.penstock.protocol.client;

/**
 * A question of the running code to its user (messaging spec, "Messages on the stdin channel").
 *
 * @param prompt text to show
 * @param password true if the answer must not be shown
 */
public record InputRequest(String prompt, boolean password) {}
