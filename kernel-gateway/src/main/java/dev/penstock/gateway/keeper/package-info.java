/** The gateway's side of the keeper socket: process starts, signals, exit statuses, leases. */
@NullMarked
package dev.penstock.gateway.keeper;

import org.jspecify.annotations.NullMarked;
