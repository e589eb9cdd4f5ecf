/** Constants of the Jupyter messaging protocol that every other package shares. */
@NullMarked
package dev.penstock.protocol;

import org.jspecify.annotations.NullMarked;
