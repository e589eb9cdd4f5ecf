/** The three endpoints of the JSON-RPC examples of Pyjamas, Flask and Celery (docs/json-rpc.md). */
@NullMarked
package dev.penstock.gateway.rpc.examples;

import org.jspecify.annotations.NullMarked;
