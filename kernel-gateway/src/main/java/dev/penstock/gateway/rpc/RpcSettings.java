package dev.penstock.gateway.rpc;

import java.nio.file.Path;
import java.util.Map;

/**
 * How JSON-RPC is served, and its sessions are started.
 *
 * @param spec name of their kernelspec, if that is one of ours; else it is {@code penstock}
 * @param root directory they start in
 * @param env all of their environment
 * @param allowed whether anybody may call: not where rules hold for messages
 * @param examples whether there are the endpoints of the examples of Pyjamas
 */
public record RpcSettings(
    String spec, Path root, Map<String, String> env, boolean allowed, boolean examples) {
  /** Takes the environment as it is now. */
  public RpcSettings {
    env = Map.copyOf(env);
  }
}
