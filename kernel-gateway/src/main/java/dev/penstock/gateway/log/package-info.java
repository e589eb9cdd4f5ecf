/**
 * The output log on disk: memory first, then segment files within a budget, then a visible gap
 * (docs/output-log.md).
 */
@NullMarked
package dev.penstock.gateway.log;

import org.jspecify.annotations.NullMarked;
