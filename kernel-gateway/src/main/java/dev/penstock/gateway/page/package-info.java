/** The page that shows people what a server does, and the JSON it is made of. */
@NullMarked
package dev.penstock.gateway.page;

import org.jspecify.annotations.NullMarked;
