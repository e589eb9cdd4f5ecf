/** Kernelspecs: what kernels can be started. */
@NullMarked
package dev.penstock.gateway.specs;

import org.jspecify.annotations.NullMarked;
