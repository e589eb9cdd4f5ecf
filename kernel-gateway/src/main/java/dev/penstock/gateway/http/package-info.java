/** HTTP: the server, who may use it, and how a call comes to the code that answers it. */
@NullMarked
package dev.penstock.gateway.http;

import org.jspecify.annotations.NullMarked;
