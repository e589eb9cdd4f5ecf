package dev.penstock.protocol.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConnectionFilesTest {

  private static final ConnectionInfo INFO =
      new ConnectionInfo(
          "tcp", "127.0.0.1", 1, 2, 3, 4, 5, "secret-key", "hmac-sha256", "penstock", null);

  @TempDir private Path folder = Path.of("");

  private static ConnectionInfo parse(String json) throws ConnectionFileException {
    return ConnectionFiles.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Path file = folder.resolve("new/kernel.json");
    ConnectionFiles.write(file, INFO);
    assertThat(ConnectionFiles.read(file)).isEqualTo(INFO);
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(mode(folder.resolve("new"))).isEqualTo("rwx------");
  }

  @Test
  void writingOverAFileKeepsUnknownFieldsAndLeavesNoDraft() throws IOException {
    Path file = folder.resolve("kernel.json");
    Files.writeString(file, "{\"jupyter_session\": \"nb.ipynb\", \"shell_port\": 0}");
    ConnectionFiles.write(file, INFO);
    assertThat(Files.readString(file)).contains("\"nb.ipynb\"");
    assertThat(ConnectionFiles.read(file)).isEqualTo(INFO);
    assertThat(mode(file)).isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void portsMayBeTextAndFieldsMayBeMissing() throws ConnectionFileException {
    ConnectionInfo info = parse("{\"shell_port\": \"5555\", \"hb_port\": 6, \"extra\": [1]}");
    assertThat(info.port(Channel.SHELL)).isEqualTo(5555);
    assertThat(info.port(Channel.HEARTBEAT)).isEqualTo(6);
    assertThat(info.port(Channel.IOPUB)).isZero();
    assertThat(info.ip()).isEqualTo("127.0.0.1");
    assertThat(info.signatureScheme()).isEqualTo("hmac-sha256");
    assertThat(info.key()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"transport\": \"ipc\"} | transport \"ipc\" is not supported; use \"tcp\"",
        "{\"transport\": \"udp\"} | transport \"udp\" is unknown",
        "{\"shell_port\": 70000} | shell_port must be a port number, 0 to 65535",
        "{\"hb_port\": -1} | hb_port must be a port number",
        "{\"hb_port\": 1.5} | hb_port must be a port number",
        "{\"hb_port\": \"x\"} | hb_port must be a port number",
        "{\"key\": 5} | key must be a string",
        "{\"curve_publickey\": \"a\"} | CURVE is not supported by this version",
        "[] | no JSON object",
        "{\"key\": \"secret | no valid JSON",
      })
  void refusesWithOneClearLine(String json, String text) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(ConnectionFileException.class)
        .hasMessageContaining(text)
        .message()
        .doesNotContain("\n", "secret");
  }

  @Test
  void namesTheFileThatIsMissing() {
    Path file = folder.resolve("none.json");
    assertThatThrownBy(() -> ConnectionFiles.read(file))
        .isInstanceOf(ConnectionFileException.class)
        .hasMessage("connection file %s does not exist", file);
  }

  @Test
  void theKeyIsNotPrinted() {
    assertThat(INFO.toString()).doesNotContain("secret").contains("shell=1");
  }

  @Test
  void addressesBracketIpv6() {
    assertThat(INFO.address(Channel.IOPUB)).isEqualTo("tcp://127.0.0.1:2");
    ConnectionInfo v6 =
        new ConnectionInfo("tcp", "::1", 1, 2, 3, 4, 5, "", "hmac-sha256", null, null);
    assertThat(v6.address(Channel.SHELL)).isEqualTo("tcp://[::1]:1");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
