package dev.penstock.gateway.seed;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of a piece of code.
 *
 * @param stdout all that it printed there
 * @param result {@code data} of its execute_result; null if there was none
 * @param error {@code ename: evalue}; null if it went well
 */
public record RunResult(String stdout, @Nullable ObjectNode result, @Nullable String error) {}
