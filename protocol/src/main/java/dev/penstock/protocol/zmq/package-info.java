/**
 * The five sockets of a kernel, and a client's ends of them. The only package that knows JeroMQ.
 */
@NullMarked
package dev.penstock.protocol.zmq;

import org.jspecify.annotations.NullMarked;
