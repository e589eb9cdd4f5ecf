/** A Jupyter client for Java programs. */
@NullMarked
package dev.penstock.protocol.client;

import org.jspecify.annotations.NullMarked;
