package dev.penstock.gateway.commands;

import dev.penstock.gateway.session.OutputLog;

/**
 * What one command says.
 *
 * @param name its name among the logs, which no other command gets
 */
record CommandLog(String name, OutputLog entries) {}
