/**
 * Doors: how clients reach a session. Today ZeroMQ; a door reads the output log and has no logic of
 * execution.
 */
@NullMarked
package dev.penstock.gateway.door;

import org.jspecify.annotations.NullMarked;
