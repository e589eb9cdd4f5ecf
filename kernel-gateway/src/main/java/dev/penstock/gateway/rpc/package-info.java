/** JSON-RPC 2.0: built-in methods, and functions of the user's in the worker (docs/json-rpc.md). */
@NullMarked
package dev.penstock.gateway.rpc;

import org.jspecify.annotations.NullMarked;
