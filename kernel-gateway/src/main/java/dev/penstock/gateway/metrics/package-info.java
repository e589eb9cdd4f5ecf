/** The server's figures for monitoring, in Prometheus' text format. */
@NullMarked
package dev.penstock.gateway.metrics;

import org.jspecify.annotations.NullMarked;
