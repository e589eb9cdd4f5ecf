/** Kernels of any language: other people's processes, reached by ZeroMQ as their client. */
@NullMarked
package dev.penstock.gateway.foreign;

import org.jspecify.annotations.NullMarked;
