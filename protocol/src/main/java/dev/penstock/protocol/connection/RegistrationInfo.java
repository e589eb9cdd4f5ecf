package dev.penstock.protocol.connection;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a registration file says besides the fields of a connection file (JEP 66, protocol 5.6): the
 * kernel chooses its ports and tells them to whoever listens there.
 *
 * @param kernelId the launcher's name for the kernel
 * @param transport always {@code tcp}
 * @param ip address or host name to connect to
 * @param port 1..65535
 */
public record RegistrationInfo(String kernelId, String transport, String ip, int port) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The launcher's socket in these fields; null for those of a connection file. */
  static @Nullable RegistrationInfo parse(ObjectNode fields) throws ConnectionFileException {
    if (!fields.hasNonNull("registration_port")) {
      return null;
    }
    int port = ConnectionFields.port(fields, "registration_port");
    if (port == 0) {
      throw new ConnectionFileException("registration_port must not be 0");
    }
    for (String needed : List.of("kernel_id", "key")) {
      if (!fields.hasNonNull(needed)) {
        throw new ConnectionFileException("a registration file needs " + needed);
      }
    }
    String kernelId = ConnectionFields.text(fields, "kernel_id", "");
    String transport = ConnectionFields.text(fields, "transport", "tcp");
    ConnectionFields.checkTransport(transport);
    String ip = ConnectionFields.text(fields, "registration_ip", "127.0.0.1");
    return new RegistrationInfo(kernelId, transport, ip, port);
  }

  /** The ZeroMQ address of the registration socket. */
  public String address() {
    return ConnectionInfo.address(transport, ip, port);
  }

  /** The content of the message that registers a kernel: JSON, with ports as text. */
  public byte[] content(ConnectionInfo kernel) {
    ObjectNode content = JSON.createObjectNode().put("kernel_id", kernelId);
    content.put("shell_port", Integer.toString(kernel.shellPort()));
    content.put("iopub_port", Integer.toString(kernel.iopubPort()));
    content.put("stdin_port", Integer.toString(kernel.stdinPort()));
    content.put("control_port", Integer.toString(kernel.controlPort()));
    content.put("hb_port", Integer.toString(kernel.hbPort()));
    return content.toString().getBytes(StandardCharsets.UTF_8);
  }
}
