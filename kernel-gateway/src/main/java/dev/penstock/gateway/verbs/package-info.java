/** The verbs that a worker has beside Jupyter's requests, for doors (docs/verbs.md). */
@NullMarked
package dev.penstock.gateway.verbs;

import org.jspecify.annotations.NullMarked;
