/** A page that shows what programs can do with a session, by the client package for browsers. */
@NullMarked
package dev.penstock.gateway.demo;

import org.jspecify.annotations.NullMarked;
