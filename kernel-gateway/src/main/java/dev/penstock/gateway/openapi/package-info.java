/** What the server answers, as an OpenAPI document. */
@NullMarked
package dev.penstock.gateway.openapi;

import org.jspecify.annotations.NullMarked;
