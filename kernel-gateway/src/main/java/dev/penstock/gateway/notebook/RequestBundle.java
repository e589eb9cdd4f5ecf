package dev.penstock.gateway.notebook;

import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.MultiPart;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** What a cell is told of a call: {@code {"body", "args", "path", "headers"}} (NBH-02). */
final class RequestBundle {
  /** The server's own: no kernel gets the token. */
  private static final Set<String> SECRET_HEADERS = Set.of("Authorization", "Cookie");

  private static final String SECRET_ARGUMENT = "token";

  private RequestBundle() {}

  /**
   * The bundle of a call.
   *
   * @param guarded whether the call shows the server's token, which is left out
   */
  static ObjectNode of(Call call, boolean guarded) throws HttpException, IOException {
    ObjectNode bundle = Json.object();
    bundle.set("body", body(call));
    ObjectNode args = FormFields.ofText(call.rawQuery());
    ObjectNode path = bundle.putObject("path");
    call.parts().forEach(path::put);
    ObjectNode headers = headers(call);
    if (guarded) {
      args.remove(SECRET_ARGUMENT);
      headers.remove(SECRET_HEADERS);
    }
    bundle.set("args", args);
    bundle.set("headers", headers);
    return bundle;
  }

  private static JsonNode body(Call call) throws HttpException, IOException {
    byte[] body = call.body();
    String type = call.header("Content-Type");
    String media = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (media.equals("multipart/form-data")) {
      return FormFields.ofParts(body, MultiPart.extractBoundary(type));
    }
    String text = text(body);
    return switch (media) {
      case "application/x-www-form-urlencoded" -> FormFields.ofText(text);
      case "application/json" -> json(text);
      default -> StringNode.valueOf(text);
    };
  }

  private static JsonNode json(String text) {
    try {
      return Json.readAny(text);
    } catch (JsonLineException e) {
      return StringNode.valueOf(text); // what is none is for the cell to judge
    }
  }

  private static String text(byte[] body) throws HttpException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new HttpException(400, "The body has to be text in UTF-8: cells get it as a text");
    }
  }

  /** Names as kernel_gateway writes them ({@code Content-Type}); lists where one comes again. */
  private static ObjectNode headers(Call call) {
    ObjectNode headers = Json.object();
    for (Map.Entry<String, String> header : call.headers()) {
      String name = capitalised(header.getKey());
      JsonNode before = headers.get(name);
      switch (before) {
        case null -> headers.put(name, header.getValue());
        case ArrayNode list -> list.add(header.getValue());
        default -> headers.putArray(name).add(before).add(header.getValue());
      }
    }
    return headers;
  }

  private static String capitalised(String name) {
    StringBuilder text = new StringBuilder(name.toLowerCase(Locale.ROOT));
    for (int i = 0; i < text.length(); i++) {
      if (i == 0 || text.charAt(i - 1) == '-') {
        text.setCharAt(i, Character.toUpperCase(text.charAt(i)));
      }
    }
    return text.toString();
  }
}
