/** Counts of what a server's kernels do and say. */
@NullMarked
package dev.penstock.gateway.tally;

import org.jspecify.annotations.NullMarked;
