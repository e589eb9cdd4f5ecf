package dev.penstock.protocol.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;

/** A way to a server that breaks: each connection ends after some bytes. */
final class CuttingRelay implements AutoCloseable {

  private final ServerSocket listener;
  private final int port;
  private final IntUnaryOperator most;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicReference<String> proxy = new AtomicReference<>("");
  private volatile boolean losing;

  /**
   * A relay.
   *
   * @param most how many bytes connection N (from 0) brings to the client
   */
  CuttingRelay(int port, IntUnaryOperator most) throws IOException {
    this.port = port;
    this.most = most;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  int connections() {
    return connections.get();
  }

  /** The next answer does not arrive, and its connection ends. */
  void loseNextAnswer() {
    losing = true;
  }

  /** The next connection is answered with this status, as by a proxy. */
  void answerNext(String status) {
    proxy.set(status);
  }

  private void serve() {
    try {
      while (true) {
        Socket client = listener.accept();
        String status = proxy.getAndSet("");
        if (!status.isEmpty()) {
          refuse(client, status);
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
        int limit = most.applyAsInt(connections.getAndIncrement());
        Thread.ofVirtual().start(() -> copy(client, server, Integer.MAX_VALUE));
        Thread.ofVirtual().start(() -> copy(server, client, limit));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private static void refuse(Socket client, String status) throws IOException {
    try (client) {
      int _ = client.getInputStream().read(new byte[1 << 16]);
      String answer = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private void copy(Socket from, Socket to, int most) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] piece = new byte[1 << 16];
      int left = most;
      while (left > 0) {
        int count = in.read(piece, 0, Math.min(left, piece.length));
        if (count < 0) {
          return;
        }
        if (losing && from.getPort() == port) {
          losing = false;
          return;
        }
        out.write(piece, 0, count);
        left -= count;
      }
    } catch (IOException e) {
      // The other direction has ended both.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
