package dev.penstock.protocol.connection;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields of a connection file, each with its check and its error. */
final class ConnectionFields {

  private static final int MAX_PORT = 65_535;
  private static final Set<String> CURVE_KEYS =
      Set.of("curve_publickey", "curve_secretkey", "curve_serverkey");

  private ConnectionFields() {}

  static ConnectionInfo parse(ObjectNode fields) throws ConnectionFileException {
    String transport = text(fields, "transport", "tcp");
    checkTransport(transport);
    for (String curveKey : CURVE_KEYS) {
      if (fields.hasNonNull(curveKey)) {
        throw new ConnectionFileException(
            "CURVE is not supported by this version ("
                + curveKey
                + " is set): start the kernel with transport encryption disabled");
      }
    }
    JsonNode name = fields.get("kernel_name");
    return new ConnectionInfo(
        transport,
        text(fields, "ip", "127.0.0.1"),
        port(fields, "shell_port"),
        port(fields, "iopub_port"),
        port(fields, "stdin_port"),
        port(fields, "control_port"),
        port(fields, "hb_port"),
        text(fields, "key", ""),
        text(fields, "signature_scheme", "hmac-sha256"),
        name != null && name.isString() ? name.stringValue() : null);
  }

  static ObjectNode put(ObjectNode fields, ConnectionInfo info) {
    fields.put("transport", info.transport());
    fields.put("ip", info.ip());
    fields.put("shell_port", info.shellPort());
    fields.put("iopub_port", info.iopubPort());
    fields.put("stdin_port", info.stdinPort());
    fields.put("control_port", info.controlPort());
    fields.put("hb_port", info.hbPort());
    fields.put("key", info.key());
    fields.put("signature_scheme", info.signatureScheme());
    if (info.kernelName() != null) {
      fields.put("kernel_name", info.kernelName());
    }
    return fields;
  }

  private static void checkTransport(String transport) throws ConnectionFileException {
    if (transport.equals("ipc")) {
      // JeroMQ 0.6 maps ipc:// to a TCP port of its own: other clients would wait for ever.
      throw new ConnectionFileException("transport \"ipc\" is not supported; use \"tcp\"");
    }
    if (!transport.equals("tcp")) {
      throw new ConnectionFileException("transport \"" + transport + "\" is unknown; use \"tcp\"");
    }
  }

  private static String text(ObjectNode fields, String name, String missing)
      throws ConnectionFileException {
    JsonNode value = fields.get(name);
    if (isMissing(value)) {
      return missing;
    }
    if (value.isString()) {
      return value.stringValue();
    }
    throw new ConnectionFileException(name + " must be a string"); // no value: it may be the key
  }

  private static int port(ObjectNode fields, String name) throws ConnectionFileException {
    JsonNode value = fields.get(name);
    if (isMissing(value)) {
      return 0;
    }
    int port = -1;
    if (value.isIntegralNumber() && value.canConvertToInt()) {
      port = value.intValue();
    } else if (value.isString() && value.stringValue().matches("[0-9]{1,5}")) {
      port = Integer.parseInt(value.stringValue());
    }
    if (port < 0 || port > MAX_PORT) {
      throw new ConnectionFileException(name + " must be a port number, 0 to " + MAX_PORT);
    }
    return port;
  }

  private static boolean isMissing(@Nullable JsonNode value) {
    return value == null || value.isNull();
  }
}
