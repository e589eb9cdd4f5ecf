/** penstock serve: settings, and the server assembled from its parts. */
@NullMarked
package dev.penstock.gateway.serve;

import org.jspecify.annotations.NullMarked;
