package dev.penstock.protocol.connection;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields of a connection file, each with its check and its error. */
final class ConnectionFields {

  private static final int MAX_PORT = 65_535;

  private ConnectionFields() {}

  static ConnectionInfo parse(ObjectNode fields) throws ConnectionFileException {
    String transport = text(fields, "transport", "tcp");
    checkTransport(transport);
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
        name != null && name.isString() ? name.stringValue() : null,
        curve(fields));
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
    CurveKeys curve = info.curve();
    if (curve != null) {
      fields.put("curve_publickey", curve.publicKey());
      fields.put("curve_secretkey", curve.secretKey());
    }
    return fields;
  }

  /** Both keys or none: with half of a pair every client would wait for ever (JEP 145). */
  private static @Nullable CurveKeys curve(ObjectNode fields) throws ConnectionFileException {
    String publicKey = text(fields, "curve_publickey", "");
    String secretKey = text(fields, "curve_secretkey", "");
    if (publicKey.isEmpty() && secretKey.isEmpty()) {
      return null;
    }
    if (publicKey.isEmpty() || secretKey.isEmpty()) {
      throw new ConnectionFileException(
          "curve_publickey and curve_secretkey belong together, and %s is missing"
              .formatted(publicKey.isEmpty() ? "curve_publickey" : "curve_secretkey"));
    }
    try {
      return new CurveKeys(publicKey, secretKey);
    } catch (IllegalArgumentException e) {
      throw new ConnectionFileException(String.valueOf(e.getMessage()), e);
    }
  }

  static void checkTransport(String transport) throws ConnectionFileException {
    if (transport.equals("ipc")) {
      // JeroMQ 0.6 maps ipc:// to a TCP port of its own: other clients would wait for ever.
      throw new ConnectionFileException(
          "transport \"ipc\" is not supported, because JeroMQ cannot bind Unix sockets;"
              + " use \"tcp\", with CURVE keys if others on this machine must not read along");
    }
    if (!transport.equals("tcp")) {
      throw new ConnectionFileException("transport \"" + transport + "\" is unknown; use \"tcp\"");
    }
  }

  static String text(ObjectNode fields, String name, String missing)
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

  static int port(ObjectNode fields, String name) throws ConnectionFileException {
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
