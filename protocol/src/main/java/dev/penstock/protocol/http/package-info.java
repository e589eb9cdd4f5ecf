/**
 * A client of {@code penstock serve} over HTTP (docs/http-examples.md): sessions, executions whose
 * outputs are read as they come and go on after a cut, streams of values, files, variables.
 */
@NullMarked
package dev.penstock.protocol.http;

import org.jspecify.annotations.NullMarked;
