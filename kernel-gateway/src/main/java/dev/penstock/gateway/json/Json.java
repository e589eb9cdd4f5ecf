package dev.penstock.gateway.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The gateway's one JSON mapper. Contents of Jupyter messages made by clients and workers never
 * pass through here: they are relayed as bytes, because re-encoding changes values (lone
 * surrogates, huge numbers).
 */
public final class Json {
  /** UTF-8 bytes of {@code {}}. */
  private static final byte[] EMPTY = {'{', '}'};

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();
  private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY).build();

  private Json() {}

  /** Bytes of an empty object; callers must not change them. */
  public static byte[] emptyObject() {
    return EMPTY;
  }

  /** A new, empty object node. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** A new, empty array. */
  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /** A text. */
  public static JsonNode string(String text) {
    return MAPPER.getNodeFactory().stringNode(text);
  }

  /** UTF-8 bytes of a tree. */
  public static byte[] bytes(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }

  /** A tree's JSON with the fields of objects in the order of their names. */
  static String sorted(JsonNode node) {
    return MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED).writeValueAsString(node);
  }

  /**
   * Reads one JSON object.
   *
   * @throws JsonLineException if the bytes are not one JSON object
   */
  public static ObjectNode readObject(byte[] utf8) throws JsonLineException {
    try {
      if (MAPPER.readTree(utf8) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw new JsonLineException("not a JSON object: " + e.getOriginalMessage(), e);
    }
    throw new JsonLineException("not a JSON object", null);
  }

  /**
   * Reads any JSON value.
   *
   * @throws JsonLineException if the text is not one
   */
  public static JsonNode readAny(String text) throws JsonLineException {
    try {
      JsonNode value = MAPPER.readTree(text);
      if (!value.isMissingNode()) {
        return value;
      }
    } catch (JacksonException e) {
      throw new JsonLineException("not JSON: " + e.getOriginalMessage(), e);
    }
    throw new JsonLineException("not JSON", null);
  }

  /** A tree in ASCII: also half a surrogate pair, which JSON can name and UTF-8 cannot. */
  public static String ascii(JsonNode node) {
    return MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsString(node);
  }

  /** A tree with a space after each colon and comma, as Python writes it. */
  public static String spaced(JsonNode node) {
    return MAPPER.writer().with(new SpacedPrinter()).writeValueAsString(node);
  }

  /** Writes one object by hand: the body writes the fields between start and end. */
  public static byte[] write(Consumer<JsonGenerator> body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(128);
    try (JsonGenerator generator = MAPPER.createGenerator(out)) {
      generator.writeStartObject();
      body.accept(generator);
      generator.writeEndObject();
    }
    return out.toByteArray();
  }

  /** A field's text, or null when it is missing or not a string. */
  public static @Nullable String text(JsonNode object, String field) {
    JsonNode value = object.get(field);
    return value != null && value.isString() ? value.stringValue() : null;
  }

  /** A field's integer value, or the given default when it is missing or not an integral number. */
  public static long integer(JsonNode object, String field, long missing) {
    JsonNode value = object.get(field);
    return value != null && value.isIntegralNumber() && value.canConvertToLong()
        ? value.longValue()
        : missing;
  }

  /** A field's truth, false when it is missing or not a boolean. */
  public static boolean flag(JsonNode object, String field) {
    JsonNode value = object.get(field);
    return value != null && value.isBoolean() && value.booleanValue();
  }

  /** A field's object, or an empty one when it is missing or of another type. */
  public static ObjectNode child(JsonNode object, String field) {
    return object.get(field) instanceof ObjectNode child ? child : object();
  }

  /** A text without halves of characters, which UTF-8 does not have. */
  public static String clean(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
