package dev.penstock.gateway.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Under which names the server may be called, as jupyter_server's {@code allow_remote_access} and
 * {@code local_hostnames}. A page can give its own name the address of this machine (DNS
 * rebinding): then the browser takes the server for the page's own, and only the Host header tells.
 * Immutable.
 */
public final class Hosts {
  private final boolean any;
  private final Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  private Hosts(boolean any, Set<String> names) {
    this.any = any;
    this.names.addAll(names);
  }

  /** Any name: for a Unix-domain socket, which no page can reach. */
  public static Hosts any() {
    return new Hosts(true, Set.of());
  }

  /**
   * Loopback addresses and these names.
   *
   * @param remote whether all names are allowed; null for: if it listens on more than loopback
   * @param ip where it listens; a name there is allowed, too
   * @param names which are this machine's
   */
  public static Hosts of(@Nullable Boolean remote, String ip, Set<String> names) {
    Set<String> all = new TreeSet<>(names);
    all.add(ip);
    return new Hosts(remote == null ? !isLocal(ip) : remote, all);
  }

  private static boolean isLocal(String ip) {
    try {
      return InetAddress.getByName(ip).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return true; // nobody can listen there
    }
  }

  /**
   * Refuses a call to another name.
   *
   * @throws HttpException 403
   */
  void check(Request request) throws HttpException {
    String header = request.getHeaders().get(HttpHeader.HOST);
    if (any || header == null) { // programs of HTTP/1.0 send none; browsers always do
      return;
    }
    String host = name(header);
    if (!names.contains(host) && !isLoopback(host)) {
      throw new HttpException(
          403,
          "Blocking request with non-local 'Host' "
              + host
              + ": if this server should be reached at that name, start it with"
              + " --local-hostnames or --allow-remote-access");
    }
  }

  /** Without the port, and without the brackets of IPv6. */
  private static String name(String header) {
    String host = header.replaceFirst(":\\d*$", "");
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress(); // asks no name server
    } catch (IllegalArgumentException e) {
      return false; // a name
    }
  }
}
