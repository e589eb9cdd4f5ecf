/**
 * Penstock's own API, {@code /api/v1/sessions} (docs/api-v1.md): sessions, executions whose results
 * and outputs can be read again, streams of values, files and variables.
 */
@NullMarked
package dev.penstock.gateway.v1;

import org.jspecify.annotations.NullMarked;
