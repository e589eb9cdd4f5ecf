/** The output log of a kernel over HTTP: read, followed and resumed by programs and pages. */
@NullMarked
package dev.penstock.gateway.logview;

import org.jspecify.annotations.NullMarked;
