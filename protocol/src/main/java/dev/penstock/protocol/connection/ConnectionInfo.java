package dev.penstock.protocol.connection;

import dev.penstock.protocol.message.Channel;
import org.jspecify.annotations.Nullable;

/**
 * What a connection file says (kernels spec, "Connection files"): where a kernel's five sockets are
 * and which key signs its messages.
 *
 * @param transport always {@code tcp}
 * @param ip address or host name to bind or connect to; may be {@code *}, {@code 0.0.0.0} or IPv6
 * @param shellPort 1..65535, or 0 for "choose one"; the same holds for all ports
 * @param iopubPort see shellPort
 * @param stdinPort see shellPort
 * @param controlPort see shellPort
 * @param hbPort see shellPort
 * @param key signing key as text, empty for unsigned messages
 * @param signatureScheme {@code hmac-<digest>}
 * @param kernelName name of the kernelspec, if the file has it
 * @param curve the keys with which all five sockets are encrypted; null for plain sockets
 */
public record ConnectionInfo(
    String transport,
    String ip,
    int shellPort,
    int iopubPort,
    int stdinPort,
    int controlPort,
    int hbPort,
    String key,
    String signatureScheme,
    @Nullable String kernelName,
    @Nullable CurveKeys curve) {

  /** A kernel on this machine whose ports are still to be chosen. */
  public static ConnectionInfo loopback(String key) {
    return new ConnectionInfo("tcp", "127.0.0.1", 0, 0, 0, 0, 0, key, "hmac-sha256", null, null);
  }

  /** The port of one channel. */
  public int port(Channel channel) {
    return switch (channel) {
      case SHELL -> shellPort;
      case CONTROL -> controlPort;
      case STDIN -> stdinPort;
      case IOPUB -> iopubPort;
      case HEARTBEAT -> hbPort;
    };
  }

  /** The same kernel at other ports, in the order of the connection file's fields. */
  public ConnectionInfo withPorts(int shell, int iopub, int stdin, int control, int hb) {
    return new ConnectionInfo(
        transport, ip, shell, iopub, stdin, control, hb, key, signatureScheme, kernelName, curve);
  }

  /** The same kernel with another port for one channel. */
  public ConnectionInfo withPort(Channel channel, int port) {
    return withPorts(
        channel == Channel.SHELL ? port : shellPort,
        channel == Channel.IOPUB ? port : iopubPort,
        channel == Channel.STDIN ? port : stdinPort,
        channel == Channel.CONTROL ? port : controlPort,
        channel == Channel.HEARTBEAT ? port : hbPort);
  }

  /** The same kernel with encrypted sockets. */
  public ConnectionInfo withCurve(CurveKeys keys) {
    return new ConnectionInfo(
        transport,
        ip,
        shellPort,
        iopubPort,
        stdinPort,
        controlPort,
        hbPort,
        key,
        signatureScheme,
        kernelName,
        keys);
  }

  /** The ZeroMQ address of one channel, {@code tcp://127.0.0.1:41000}. */
  public String address(Channel channel) {
    return address(transport, ip, port(channel));
  }

  static String address(String transport, String ip, int port) {
    String host = ip.indexOf(':') >= 0 && !ip.startsWith("[") ? "[" + ip + "]" : ip;
    return transport + "://" + host + ":" + port;
  }

  /** Everything but the keys, which belong in no log. */
  @Override
  public String toString() {
    return "ConnectionInfo[%s://%s shell=%d iopub=%d stdin=%d control=%d hb=%d %s%s]"
        .formatted(
            transport,
            ip,
            shellPort,
            iopubPort,
            stdinPort,
            controlPort,
            hbPort,
            key.isEmpty() ? "unsigned" : signatureScheme,
            curve == null ? "" : " curve");
  }
}
