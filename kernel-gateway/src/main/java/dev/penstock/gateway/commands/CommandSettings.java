package dev.penstock.gateway.commands;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What commands are run with.
 *
 * @param env what every command gets
 * @param allowedEnv names that clients may set where not all commands are allowed; {@code *} for
 *     all
 * @param root directory in which commands start, and below which they have to where not all are
 *     allowed
 * @param tether command of the process that holds one (docs/local-sockets.md, "Tether")
 * @param runtime the gateway's runtime directory
 */
public record CommandSettings(
    CommandRules rules,
    Map<String, String> env,
    Set<String> allowedEnv,
    Path root,
    List<String> tether,
    Path runtime) {}
