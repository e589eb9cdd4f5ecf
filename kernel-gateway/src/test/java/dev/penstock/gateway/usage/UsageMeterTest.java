package dev.penstock.gateway.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class UsageMeterTest {
  private static final List<String> MEMORY_OF_PSUTIL =
      List.of(
          "total",
          "available",
          "percent",
          "used",
          "free",
          "active",
          "inactive",
          "buffers",
          "cached",
          "shared",
          "slab");

  private final UsageMeter meter = new UsageMeter();

  @Test
  void tellsOfAProcessAndItsChildren() throws Exception {
    Process shell = new ProcessBuilder("sh", "-c", "sleep 600 & wait").start();
    try {
      while (shell.descendants().findAny().isEmpty()) {
        Thread.sleep(5);
      }
      ObjectNode content = meter.content(shell.pid());
      assertThat(content.path("pid").longValue()).isEqualTo(shell.pid());
      assertThat(content.path("kernel_cpu").doubleValue()).isZero();
      assertThat(content.path("kernel_memory").longValue()).isPositive();
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly().waitFor();
    }
  }

  @Test
  void aFamilyIsAllGenerations() throws Exception {
    Process shell =
        new ProcessBuilder("sh", "-c", "sh -c 'sleep 600 & wait' & sleep 600 & wait").start();
    try {
      while (shell.descendants().count() < 3) {
        Thread.sleep(5);
      }
      List<Long> expected = new ArrayList<>(List.of(shell.pid()));
      shell.descendants().map(ProcessHandle::pid).forEach(expected::add);
      List<Long> family = ProcFiles.family(shell.pid());
      // Null on a system without such lists, where the meter looks through all processes.
      if (family != null) {
        assertThat(family).containsExactlyInAnyOrderElementsOf(expected);
      }
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly().waitFor();
    }
  }

  @Test
  void countsProcessorTimeFromTheLastLook() {
    long self = ProcessHandle.current().pid();
    meter.content(self);
    double percent = 0;
    while (percent <= 0) { // the system counts in hundredths of a second
      percent = meter.content(self).path("kernel_cpu").doubleValue();
    }
    assertThat(percent).isPositive();
  }

  @Test
  void tellsOfTheMachine() {
    ObjectNode content = meter.content(0);
    assertThat(content.path("hostname").asString()).isNotEmpty();
    assertThat(content.path("cpu_count").intValue()).isPositive();
    assertThat(content.path("host_virtual_memory").propertyNames())
        .containsExactlyInAnyOrderElementsOf(MEMORY_OF_PSUTIL);
    assertThat(content.path("host_virtual_memory").path("percent").doubleValue())
        .isBetween(0.0, 100.0);
  }

  @Test
  void aProcessThatIsGoneHasNoFigures() {
    ObjectNode content = meter.content(Integer.MAX_VALUE);
    assertThat(content.has("kernel_memory")).isFalse();
    assertThat(content.has("kernel_cpu")).isFalse();
  }
}
