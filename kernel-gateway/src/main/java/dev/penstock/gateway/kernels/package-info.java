/** Kernels as servers know them: one id over many lives of a process, whatever runs it. */
@NullMarked
package dev.penstock.gateway.kernels;

import org.jspecify.annotations.NullMarked;
