/**
 * Outputs of cells whose client had gone before they ended, written into their notebooks
 * (docs/closed-tabs.md).
 */
@NullMarked
package dev.penstock.gateway.orphans;

import org.jspecify.annotations.NullMarked;
