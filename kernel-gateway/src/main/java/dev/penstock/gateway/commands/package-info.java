/** Commands over HTTP: run once, watched by any number of viewers, resumed at any point. */
@NullMarked
package dev.penstock.gateway.commands;

import org.jspecify.annotations.NullMarked;
