package dev.penstock.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bodies of the JDK's client, whose peer goes without a word. */
final class LivelyBodyTest {

  private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab";

  @Test
  void givesUpAfterASilence() throws IOException, InterruptedException {
    read(
        false,
        Duration.ofSeconds(3),
        in -> {
          assertThat(in.read()).isEqualTo('a');
          assertThat(in.readNBytes(1)).containsExactly('b');
          assertThatThrownBy(in::read)
              .isInstanceOf(IOException.class)
              .hasMessageContaining("silent");
        });
  }

  @Test
  void givesWhatCameBeforeACut() throws IOException, InterruptedException {
    read(
        true,
        Duration.ofSeconds(30),
        in -> {
          assertThat(in.readNBytes(2)).containsExactly('a', 'b');
          assertThatThrownBy(in::read)
              .isInstanceOf(IOException.class)
              .hasMessageContaining("early");
          assertThatThrownBy(in::read).isInstanceOf(IOException.class);
        });
  }

  /** A test's look at a body. */
  @FunctionalInterface
  private interface Look {
    void at(InputStream in) throws IOException;
  }

  private static void read(boolean cut, Duration silence, Look look)
      throws IOException, InterruptedException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpClient http = HttpClient.newHttpClient()) {
      CountDownLatch begun = new CountDownLatch(1);
      Thread answering = Thread.ofVirtual().start(() -> answer(listener, cut ? begun : null));
      URI url = URI.create("http://127.0.0.1:" + listener.getLocalPort());
      HttpRequest request = HttpRequest.newBuilder(url).build();
      try (InputStream in = http.send(request, _ -> new LivelyBody(silence)).body()) {
        begun.countDown();
        if (cut) {
          answering.join(); // everything has been sent, also the end
        }
        look.at(in);
      }
      answering.join();
    }
  }

  /**
   * Sends a beginning; then the end when the other side has an answer (an end that comes with the
   * head is an error of the call, to the JDK), or nothing until the other side ends.
   */
  private static void answer(ServerSocket listener, @Nullable CountDownLatch cut) {
    try (Socket socket = listener.accept()) {
      InputStream in = socket.getInputStream();
      for (String head = ""; !head.endsWith("\r\n\r\n"); head += (char) in.read()) {
        // the request; what is left unread would make the end a reset
      }
      socket.getOutputStream().write(HEAD.getBytes(StandardCharsets.US_ASCII));
      if (cut != null) {
        cut.await();
        return;
      }
      while (in.read() >= 0) {
        // until the other side ends
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // Reset: the other side has ended, too.
    }
  }
}
