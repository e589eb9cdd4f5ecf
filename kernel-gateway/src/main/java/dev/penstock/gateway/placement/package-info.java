/** Where a worker runs and how it is started: a fork of a zygote or a fresh process. */
@NullMarked
package dev.penstock.gateway.placement;

import org.jspecify.annotations.NullMarked;
