/** JSON as trees, for the clients of this module. */
@NullMarked
package dev.penstock.protocol.json;

import org.jspecify.annotations.NullMarked;
