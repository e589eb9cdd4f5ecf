package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.protocol.Protocol;
import tools.jackson.databind.node.ObjectNode;

/**
 * Content of kernel_info_reply (SH-38): what the worker said of itself, with the gateway's protocol
 * version.
 */
final class KernelInfo {
  private KernelInfo() {}

  static byte[] content(ObjectNode hello) {
    ObjectNode info = Json.object().put("status", "ok").put("protocol_version", Protocol.VERSION);
    info.setAll(Json.child(hello, "kernel_info"));
    return Json.bytes(info);
  }
}
