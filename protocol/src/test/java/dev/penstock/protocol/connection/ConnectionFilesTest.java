package dev.penstock.protocol.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.protocol.Gen;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeromq.ZMQ;

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
        "{\"transport\": \"ipc\"} | JeroMQ cannot bind Unix sockets; use \"tcp\"",
        "{\"transport\": \"udp\"} | transport \"udp\" is unknown",
        "{\"shell_port\": 70000} | shell_port must be a port number, 0 to 65535",
        "{\"hb_port\": -1} | hb_port must be a port number",
        "{\"hb_port\": 1.5} | hb_port must be a port number",
        "{\"hb_port\": \"x\"} | hb_port must be a port number",
        "{\"key\": 5} | key must be a string",
        "{\"curve_publickey\": \"a\"} | belong together, and curve_secretkey is missing",
        "{\"curve_secretkey\": \"hidden\"} | belong together, and curve_publickey is missing",
        "{\"curve_publickey\": \"a\", \"curve_secretkey\": \"hidden\"} | 40 characters of Z85",
        "[] | no JSON object",
        "{\"key\": \"hidden | no valid JSON",
      })
  void refusesWithOneClearLine(String json, String text) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(ConnectionFileException.class)
        .hasMessageContaining(text)
        .message()
        .doesNotContain("\n", "hidden");
  }

  @Test
  void namesTheFileThatIsMissing() {
    Path file = folder.resolve("none.json");
    assertThatThrownBy(() -> ConnectionFiles.read(file))
        .isInstanceOf(ConnectionFileException.class)
        .hasMessage("connection file %s does not exist", file);
  }

  @Test
  void theKeysAreNotPrinted() {
    CurveKeys keys = keys();
    assertThat(INFO.withCurve(keys).toString())
        .doesNotContain("secret", keys.publicKey(), keys.secretKey())
        .contains("shell=1", "curve");
    assertThat(keys.toString()).doesNotContain(keys.secretKey(), keys.publicKey());
  }

  private static CurveKeys keys() {
    ZMQ.Curve.KeyPair pair = ZMQ.Curve.generateKeyPair();
    return new CurveKeys(pair.publicKey, pair.secretKey);
  }

  @Test
  void curveKeysAreKept() throws IOException {
    Path file = folder.resolve("kernel.json");
    ConnectionInfo encrypted = INFO.withCurve(keys());
    ConnectionFiles.write(file, encrypted);
    assertThat(ConnectionFiles.read(file)).isEqualTo(encrypted);
    assertThat(encrypted.withPort(Channel.SHELL, 9).curve()).isEqualTo(encrypted.curve());
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void keysOfTwoPairsAreRefused() {
    String publicKey = keys().publicKey();
    String secretKey = keys().secretKey();
    assertThatThrownBy(() -> new CurveKeys(publicKey, secretKey))
        .hasMessage("curve_publickey does not belong to curve_secretkey");
  }

  @Test
  void goodKeysAreReadAsJeroMqReadsThemAndBadOnesRefused() {
    List<CurveKeys> pairs = Stream.generate(ConnectionFilesTest::keys).limit(20).toList();
    Gen.check(gen -> {
      CurveKeys keys = pairs.get(gen.number(pairs.size()));
      assertThat(keys.publicBytes()).isEqualTo(ZMQ.Curve.z85Decode(keys.publicKey()));
      assertThat(keys.secretBytes()).isEqualTo(ZMQ.Curve.z85Decode(keys.secretKey()));
      String broken = broken(gen, keys.secretKey());
      assertThatThrownBy(() -> new CurveKeys(keys.publicKey(), broken))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("curve_");
    });
  }

  /** A key with a character that is none of Z85, too many, too few, or a group above 32 bits. */
  private static String broken(Gen gen, String key) {
    int at = gen.number(40);
    return switch (gen.number(4)) {
      case 0 -> key.substring(0, at) + "\"'_ é~".charAt(gen.number(6)) + key.substring(at + 1);
      case 1 -> key + "0";
      case 2 -> key.substring(0, at);
      default -> key.substring(0, at / 5 * 5) + "%nSc1" + key.substring(at / 5 * 5 + 5);
    };
  }

  @Test
  void aRegistrationFileSaysWhomToTell() throws IOException {
    String json =
        """
        {"kernel_id": "k", "transport": "tcp", "registration_ip": "::1", "key": "secret",
         "registration_port": "5", "signature_scheme": "hmac-sha256"}
        """;
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    RegistrationInfo launcher = Objects.requireNonNull(ConnectionFiles.parseRegistration(bytes));
    assertThat(launcher).isEqualTo(new RegistrationInfo("k", "tcp", "::1", 5));
    assertThat(launcher.address()).isEqualTo("tcp://[::1]:5");
    assertThat(ConnectionFiles.parse(bytes).shellPort()).isZero();
    assertThat(new String(launcher.content(INFO), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"kernel_id\":\"k\",\"shell_port\":\"1\",\"iopub_port\":\"2\","
                + "\"stdin_port\":\"3\",\"control_port\":\"4\",\"hb_port\":\"5\"}");
    assertThat(ConnectionFiles.parseRegistration(ConnectionFiles.toJson(INFO))).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"registration_port\": 5, \"key\": \"k\"} | a registration file needs kernel_id",
        "{\"registration_port\": 5, \"kernel_id\": \"k\"} | a registration file needs key",
        "{\"registration_port\": 0, \"kernel_id\": \"k\"} | registration_port must not be 0",
        "{\"registration_port\": 70000} | registration_port must be a port number",
      })
  void refusesHalfARegistrationFile(String json, String text) {
    assertThatThrownBy(
            () -> ConnectionFiles.parseRegistration(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(ConnectionFileException.class)
        .hasMessageContaining(text);
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
