package dev.penstock.gateway.http;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;

/**
 * Whose processes may call: anybody's, or only this user's. Loopback is open to every user of a
 * machine; Linux tells whose a connection is in {@code /proc/net/tcp} (proc(5)). Immutable.
 */
public final class Peers {
  private static final String KNOWN = Peers.class.getName();
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

  /** IPv4 in IPv6, as in a socket that speaks both. */
  private static final String MAPPED = "0000000000000000" + hex(new byte[] {0, 0, -1, -1});

  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int UID = 7;

  private final boolean anybody;

  private Peers(boolean anybody) {
    this.anybody = anybody;
  }

  /** Whoever reaches the server. */
  public static Peers anybody() {
    return new Peers(true);
  }

  /** Processes of the user that this one is. */
  public static Peers ownOnly() {
    return new Peers(false);
  }

  /**
   * Refuses a call of another user's. A connection is looked at once.
   *
   * @throws HttpException 403
   */
  void check(Request request) throws HttpException {
    ConnectionMetaData connection = request.getConnectionMetaData();
    if (anybody || connection.getAttribute(KNOWN) != null) {
      return;
    }
    if (!isOwn(connection.getRemoteSocketAddress(), connection.getLocalSocketAddress())) {
      throw new HttpException(
          403,
          "Without a token only processes of the user who started the server may call it: start it"
              + " with one");
    }
    connection.setAttribute(KNOWN, true);
  }

  private static boolean isOwn(SocketAddress client, SocketAddress server) {
    if (!(client instanceof InetSocketAddress from) || !(server instanceof InetSocketAddress to)) {
      return false;
    }
    try {
      String uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
      Set<String> froms = written(from);
      Set<String> tos = written(to);
      for (Path table : TABLES) {
        try (Stream<String> lines = Files.lines(table)) {
          if (lines.anyMatch(line -> isRow(line, froms, tos, uid))) {
            return true;
          }
        }
      }
    } catch (IOException e) {
      // No such table: nobody can tell whose it is.
      return false;
    }
    return false;
  }

  /** Whether the line is the client's end of the connection, and its owner has this uid. */
  private static boolean isRow(String line, Set<String> from, Set<String> to, String uid) {
    String[] columns = line.strip().split("\\s+", UID + 2);
    return columns.length > UID
        && from.contains(columns[LOCAL])
        && to.contains(columns[REMOTE])
        && columns[UID].equals(uid);
  }

  /** An address as the tables have it, in each way in which it can be there. */
  private static Set<String> written(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String port = ":%04X".formatted(address.getPort());
    String plain = hex(ip.getAddress()) + port;
    return ip instanceof Inet4Address ? Set.of(plain, MAPPED + plain) : Set.of(plain);
  }

  /** Words of four bytes, each as the machine's number. */
  private static String hex(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    StringBuilder hex = new StringBuilder();
    while (in.hasRemaining()) {
      hex.append(HexFormat.of().toHexDigits(in.getInt()));
    }
    return hex.toString().toUpperCase(Locale.ROOT);
  }
}
