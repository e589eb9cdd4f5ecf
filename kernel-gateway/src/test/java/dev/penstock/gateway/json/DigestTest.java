package dev.penstock.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DigestTest {
  private static String of(String json) throws JsonLineException {
    return Digest.of(Json.readAny(json));
  }

  @Test
  void fieldsHaveNoOrder() throws Exception {
    assertThat(of("{\"a\": {\"x\": 1, \"y\": [2]}, \"b\": null}"))
        .isEqualTo(of("{\"b\": null, \"a\": {\"y\": [2], \"x\": 1}}"))
        .isNotEqualTo(of("{\"b\": null, \"a\": {\"y\": [3], \"x\": 1}}"))
        .isNotEqualTo(of("{\"a\": {\"x\": 1, \"y\": [2]}}"))
        .hasSize(64);
  }

  @Test
  void anyTextHasOne() throws Exception {
    assertThat(of("{\"half\": \"\\ud800\"}")).hasSize(64);
  }
}
