package dev.penstock.gateway.kernels;

/**
 * A notebook's cell that was executed to its end.
 *
 * @param msgId of the execute_request
 * @param cellId id of the cell, as the front end sent it in the request's metadata
 * @param code what was to be executed: the cell's source
 * @param from number of the log entry that what it said begins at, or earlier
 * @param to number after the log entry that it ends with
 */
public record Execution(String msgId, String cellId, String code, long from, long to) {}
