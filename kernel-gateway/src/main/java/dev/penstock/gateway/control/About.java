package dev.penstock.gateway.control;

import java.time.Instant;

/**
 * What this gateway is.
 *
 * @param version of the product
 * @param keeperPid process id of the keeper
 */
public record About(String version, long keeperPid, Instant started) {}
