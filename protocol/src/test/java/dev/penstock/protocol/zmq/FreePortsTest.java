package dev.penstock.protocol.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.message.Channel;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FreePortsTest {
  private final FreePorts ports = new FreePorts();

  private static List<Integer> of(ConnectionInfo info) {
    return Arrays.stream(Channel.values()).map(info::port).toList();
  }

  @Test
  void noPortIsGivenTwice() throws BindException {
    Set<Integer> all = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      all.addAll(of(ports.choose(ConnectionInfo.loopback("key"))));
    }
    assertThat(all).hasSize(1_000).allSatisfy(port -> assertThat(port).isBetween(1_024, 65_535));
  }

  @Test
  void theyCanBeBound() throws BindException {
    ConnectionInfo chosen = ports.choose(ConnectionInfo.loopback("key"));
    try (ZmqRuntime runtime = new ZmqRuntime();
        KernelSockets sockets = KernelSockets.bind(runtime, chosen, SocketLimits.DEFAULT)) {
      assertThat(sockets.connection()).isEqualTo(chosen);
    }
    ports.release(chosen);
  }

  @Test
  void anAddressOfAnotherMachineIsRefused() {
    ConnectionInfo here = ConnectionInfo.loopback("key");
    ConnectionInfo elsewhere =
        new ConnectionInfo(
            "tcp", "192.0.2.1", 0, 0, 0, 0, 0, "key", here.signatureScheme(), null, null);
    assertThatExceptionOfType(BindException.class).isThrownBy(() -> ports.choose(elsewhere));
  }
}
