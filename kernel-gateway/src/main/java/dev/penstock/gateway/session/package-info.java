/** Sessions: one per kernel, one owner thread each; request queue, output log, lifecycle. */
@NullMarked
package dev.penstock.gateway.session;

import org.jspecify.annotations.NullMarked;
