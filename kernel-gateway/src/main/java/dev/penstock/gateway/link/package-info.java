/**
 * The worker link: framed Unix-socket connections between gateway and workers
 * (docs/worker-link.md).
 */
@NullMarked
package dev.penstock.gateway.link;

import org.jspecify.annotations.NullMarked;
