package dev.penstock.gateway.metrics;

import dev.penstock.gateway.tally.Histogram;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Prometheus' text format, version 0.0.4: families of samples with their labels. */
final class Exposition {
  static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder();
  private String name = "";

  /** Begins a family; samples follow. */
  Exposition family(String family, String type, String help) {
    name = family;
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  /** A sample of the family. */
  Exposition sample(double value, Map<String, String> labels) {
    return line(name, Double.toString(value), labels);
  }

  /** A sample that is a whole number. */
  Exposition sample(long value, Map<String, String> labels) {
    return line(name, Long.toString(value), labels);
  }

  /** The family's only sample. */
  Exposition sample(double value) {
    return sample(value, Map.of());
  }

  /** The family's only sample, a whole number. */
  Exposition sample(long value) {
    return sample(value, Map.of());
  }

  /** A histogram's samples, with one label. */
  Exposition histogram(Histogram.Snapshot snapshot, String label, String value) {
    for (Histogram.Bucket bucket : snapshot.buckets()) {
      String bound = Double.toString(bucket.bound());
      line(name + "_bucket", Long.toString(bucket.count()), Map.of(label, value, "le", bound));
    }
    line(name + "_bucket", Long.toString(snapshot.count()), Map.of(label, value, "le", "+Inf"));
    line(name + "_sum", Double.toString(snapshot.sum()), Map.of(label, value));
    return line(name + "_count", Long.toString(snapshot.count()), Map.of(label, value));
  }

  private Exposition line(String sample, String value, Map<String, String> labels) {
    text.append(sample);
    String separator = "{";
    for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
      text.append(separator).append(label.getKey()).append("=\"");
      text.append(escaped(label.getValue())).append('"');
      separator = ",";
    }
    text.append(labels.isEmpty() ? " " : "} ").append(value).append('\n');
    return this;
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  byte[] bytes() {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
