/** The runtime directory, logging, and the gateway's own lifetime. */
@NullMarked
package dev.penstock.gateway.runtime;

import org.jspecify.annotations.NullMarked;
