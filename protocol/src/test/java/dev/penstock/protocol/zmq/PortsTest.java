package dev.penstock.protocol.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PortsTest {

  @ParameterizedTest
  @CsvSource({"32768 60999", "49152\t65535", "1024 30000", "10000 60000"})
  void picksOutsideTheRange(String range) {
    Ports ports = Ports.parse(range);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      int port = ports.pick(random);
      assertThat(port).isBetween(10_000, 65_535);
      assertThat(port < ports.firstEphemeral() || port > ports.lastEphemeral()).isTrue();
    }
  }

  @Test
  void aRangeOfEverythingLeavesAnyPort() {
    assertThat(Ports.parse("1024 65535").pick(new SplittableRandom(1))).isBetween(10_000, 65_535);
  }

  @Test
  void theSystemsOwnRangeIsReadWhole() {
    Ports ports = Ports.ofSystem();
    assertThat(ports.firstEphemeral()).isGreaterThan(0).isLessThan(ports.lastEphemeral());
  }

  @Test
  void anUnknownFormatGivesTheFallback() {
    assertThat(Ports.parse("what?")).isEqualTo(new Ports(32_768, 65_535));
  }
}
