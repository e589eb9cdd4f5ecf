/**
 * PathView's HTTP API over this gateway's kernels (docs/pathview.md): sessions by {@code
 * X-Session-ID}, code, values, streams, and the page that uses them.
 */
@NullMarked
package dev.penstock.gateway.pathview;

import org.jspecify.annotations.NullMarked;
