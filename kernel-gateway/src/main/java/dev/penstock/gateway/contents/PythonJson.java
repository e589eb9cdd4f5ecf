package dev.penstock.gateway.contents;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Writes JSON as nbformat does, byte for byte: Python's {@code json.dumps(…, indent=1,
 * sort_keys=True, ensure_ascii=False, separators=(",", ": "))}. So a notebook that two programs
 * save in turn changes only where it was changed.
 */
final class PythonJson {
  /** From 1e16 on, and below 1e-4, Python writes floats with an exponent. */
  private static final int MAX_PLAIN_EXPONENT = 15;

  private static final int MIN_PLAIN_EXPONENT = -4;

  private final StringBuilder out = new StringBuilder();

  private PythonJson() {}

  /** The JSON text, without a line end. */
  static String write(JsonNode node) {
    PythonJson json = new PythonJson();
    json.value(node, 0);
    return json.out.toString();
  }

  private void value(JsonNode node, int depth) {
    switch (node.getNodeType()) {
      case OBJECT -> object(node, depth);
      case ARRAY -> array(node, depth);
      case STRING -> string(node.stringValue());
      case NUMBER -> out.append(number(node));
      default -> out.append(node);
    }
  }

  private void object(JsonNode node, int depth) {
    if (node.isEmpty()) {
      out.append("{}");
      return;
    }
    List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(node.properties());
    fields.sort(
        Map.Entry.comparingByKey(
            Comparator.comparing(PythonJson::codePoints, PythonJson::compare)));
    String between = "{";
    for (Map.Entry<String, JsonNode> field : fields) {
      out.append(between);
      line(depth + 1);
      string(field.getKey());
      out.append(": ");
      value(field.getValue(), depth + 1);
      between = ",";
    }
    line(depth);
    out.append('}');
  }

  /** Python compares strings by code points, Java by UTF-16 units. */
  private static int[] codePoints(String text) {
    return text.codePoints().toArray();
  }

  private static int compare(int[] a, int[] b) {
    return Arrays.compare(a, b);
  }

  private void array(JsonNode node, int depth) {
    if (node.isEmpty()) {
      out.append("[]");
      return;
    }
    String between = "[";
    for (JsonNode element : node) {
      out.append(between);
      line(depth + 1);
      value(element, depth + 1);
      between = ",";
    }
    line(depth);
    out.append(']');
  }

  private void line(int depth) {
    out.append('\n').repeat(' ', depth);
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        escape(c);
      } else if (Character.isSurrogate(c) && isLone(text, i)) {
        // Python cannot save such a text; escaped, it can be saved and read back.
        unicode(c);
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  private static boolean isLone(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))
        : i == 0 || !Character.isHighSurrogate(text.charAt(i - 1));
  }

  private void escape(char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\f' -> out.append("\\f");
      case '\b' -> out.append("\\b");
      default -> unicode(c);
    }
  }

  private void unicode(char c) {
    out.append(String.format("\\u%04x", (int) c));
  }

  private static String number(JsonNode node) {
    return node.isIntegralNumber() ? node.bigIntegerValue().toString() : real(node.doubleValue());
  }

  private static BigDecimal shortest(double value) {
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    // Java never takes fewer than two digits, Python does: 5e-324.
    BigDecimal oneDigit = shortest.round(new MathContext(1));
    return oneDigit.doubleValue() == value ? oneDigit : shortest;
  }

  /** Python's repr of a float: the same shortest digits as Java's, laid out otherwise. */
  private static String real(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    if (value == 0) {
      return 1 / value > 0 ? "0.0" : "-0.0";
    }
    BigDecimal decimal = shortest(value);
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= MIN_PLAIN_EXPONENT && exponent <= MAX_PLAIN_EXPONENT) {
      String plain = decimal.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = decimal.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    String sign = exponent < 0 ? "-" : "+";
    return (value < 0 ? "-" : "")
        + mantissa
        + "e"
        + sign
        + String.format("%02d", Math.abs(exponent));
  }
}
