/** Code that the server runs in kernels by itself: the seed notebook, before any client's. */
@NullMarked
package dev.penstock.gateway.seed;

import org.jspecify.annotations.NullMarked;
