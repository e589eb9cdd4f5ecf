package dev.penstock.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.protocol.Gen;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SignerTest {

  @ParameterizedTest
  @ValueSource(strings = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
  void equalsTheJdksMac(String digest) {
    Gen.check(gen -> {
      String key = gen.text() + "é" + "k".repeat(gen.number(200));
      byte[][] parts = {gen.bytes(300), gen.bytes(300), gen.bytes(300), gen.bytes(300)};
      Mac mac = Mac.getInstance("Hmac" + digest.toUpperCase(Locale.ROOT));
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "raw"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      Signer signer = Signer.of("hmac-" + digest, key);
      byte[] first = signer.sign(parts[0], parts[1], parts[2], parts[3]);
      byte[] again = signer.sign(parts[0], parts[1], parts[2], parts[3]);
      assertThat(new String(first, StandardCharsets.US_ASCII))
          .isEqualTo(HexFormat.of().formatHex(mac.doFinal()));
      assertThat(again).isEqualTo(first);
      assertThat(signer.verify(first, parts[0], parts[1], parts[2], parts[3])).isTrue();
    });
  }

  @Test
  void anEmptyKeyMeansNoSignature() {
    Signer signer = Signer.of("hmac-sha256", "");
    byte[] part = {1};
    assertThat(signer.sign(part, part, part, part)).isEmpty();
    assertThat(signer.verify(new byte[] {9}, part, part, part, part)).isTrue();
  }

  @Test
  void namesTheSchemesItKnows() {
    assertThatThrownBy(() -> Signer.of("hmac-whirlpool", "key"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"hmac-whirlpool\" is not supported")
        .hasMessageContaining("hmac-sha256");
    assertThatThrownBy(() -> Signer.of("sha256", "")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesSignaturesThatAreNotLowerCaseHexOfTheRightLength() {
    Signer signer = Signer.of("hmac-sha256", "key");
    byte[] part = {1};
    String good = new String(signer.sign(part, part, part, part), StandardCharsets.US_ASCII);
    for (String bad :
        new String[] {
          "", "0", good.substring(2), good + "00", good.toUpperCase(Locale.ROOT), "g".repeat(64)
        }) {
      assertThat(signer.verify(bad.getBytes(StandardCharsets.UTF_8), part, part, part, part))
          .as(bad)
          .isFalse();
    }
  }
}
