/** The control socket: launcher, provisioner and command line talk to the gateway here. */
@NullMarked
package dev.penstock.gateway.control;

import org.jspecify.annotations.NullMarked;
