/** Processes on a tether: they end with this one, and their end is told. */
@NullMarked
package dev.penstock.gateway.tether;

import org.jspecify.annotations.NullMarked;
