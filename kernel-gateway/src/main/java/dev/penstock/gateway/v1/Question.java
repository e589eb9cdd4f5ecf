package dev.penstock.gateway.v1;

/**
 * An execution's question for input.
 *
 * @param header of the question, which the answer names as its parent
 * @param isPassword whether the answer should not be shown
 */
// Bytes that pass through; questions are never compared.
@SuppressWarnings("ArrayRecordComponent")
record Question(byte[] header, String prompt, boolean isPassword) {}
