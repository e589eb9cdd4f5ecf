package dev.penstock.protocol.zmq;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A ZeroMQ peer made of bare TCP, which can send what no library sends and read as it likes. */
final class RawPeer implements AutoCloseable {

  private static final int GREETING_BYTES = 64;
  private static final int COMMAND = 4;
  private static final int LARGE = 2;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final OutputStream out;

  RawPeer(int port) throws IOException {
    socket.setReceiveBufferSize(65_536); // much smaller ones make TCP itself wait between packets
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(10_000);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** Greets (ZMTP 3.0). */
  RawPeer greet(String mechanism) throws IOException {
    ByteBuffer greeting = ByteBuffer.allocate(GREETING_BYTES);
    greeting.put((byte) 0xff).put(new byte[8]).put((byte) 0x7f).put((byte) 3).put((byte) 0);
    greeting.put(mechanism.getBytes(StandardCharsets.US_ASCII));
    send(greeting.array());
    return this;
  }

  /** A command: its name and what follows. */
  void command(String name, byte... rest) throws IOException {
    ByteBuffer body = ByteBuffer.allocate(1 + name.length() + rest.length);
    body.put((byte) name.length()).put(name.getBytes(StandardCharsets.US_ASCII)).put(rest);
    send(ByteBuffer.allocate(9).put((byte) (COMMAND | LARGE)).putLong(body.capacity()).array());
    send(body.array());
  }

  /** Greets (NULL mechanism) and says which type of socket this pretends to be. */
  RawPeer handshake(String socketType) throws IOException {
    greet("NULL");
    in.readFully(new byte[GREETING_BYTES]);
    ByteArrayOutputStream ready = new ByteArrayOutputStream();
    byte[] type = socketType.getBytes(StandardCharsets.US_ASCII);
    ready.write(5);
    ready.writeBytes("READY".getBytes(StandardCharsets.US_ASCII));
    ready.write(11);
    ready.writeBytes("Socket-Type".getBytes(StandardCharsets.US_ASCII));
    ready.writeBytes(ByteBuffer.allocate(4).putInt(type.length).array());
    ready.writeBytes(type);
    send(new byte[] {COMMAND, (byte) ready.size()});
    send(ready.toByteArray());
    in.readUnsignedByte(); // the other side's READY
    in.readFully(new byte[in.readUnsignedByte()]);
    return this;
  }

  /** The start of a long frame, and no byte of it. */
  void announce(long size) throws IOException {
    send(ByteBuffer.allocate(9).put((byte) LARGE).putLong(size).array());
  }

  /** A short frame. */
  void frame(byte... body) throws IOException {
    send(new byte[] {0, (byte) body.length});
    send(body);
  }

  /** A long frame. */
  void longFrame(byte[] body) throws IOException {
    announce(body.length);
    send(body);
  }

  void send(byte... bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Whether the other side closes the connection within a time; reads what comes until then. */
  boolean isClosedWithin(Duration limit) throws IOException {
    socket.setSoTimeout(Math.toIntExact(limit.toMillis()));
    try {
      while (in.read() >= 0) {
        // what comes before the end
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false; // the answer to the question
    } catch (IOException e) {
      return true; // reset
    }
  }

  /** Reads everything that comes, on a thread that ends with the connection. */
  void startReading() {
    Thread.ofVirtual()
        .start(() -> {
          try {
            byte[] buffer = new byte[65_536];
            while (in.read(buffer) >= 0) {
              // thrown away
            }
          } catch (IOException e) {
            // closed at the end of the test
          }
        });
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
