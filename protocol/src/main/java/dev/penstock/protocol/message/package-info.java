/**
 * The message model: four JSON parts as the bytes that were received, and the few header fields
 * that routing needs.
 */
@NullMarked
package dev.penstock.protocol.message;

import org.jspecify.annotations.NullMarked;
