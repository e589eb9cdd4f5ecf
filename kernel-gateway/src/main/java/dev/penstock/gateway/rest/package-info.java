/** Jupyter's REST API (conformance, group REST). */
@NullMarked
package dev.penstock.gateway.rest;

import org.jspecify.annotations.NullMarked;
