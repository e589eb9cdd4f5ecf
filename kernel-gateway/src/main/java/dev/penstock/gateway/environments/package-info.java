/** Python environments: which kernels run in them, and their making over HTTP. */
@NullMarked
package dev.penstock.gateway.environments;

import org.jspecify.annotations.NullMarked;
