/** The gateway program: one resident process per user that owns every client socket. */
@NullMarked
package dev.penstock.gateway;

import org.jspecify.annotations.NullMarked;
