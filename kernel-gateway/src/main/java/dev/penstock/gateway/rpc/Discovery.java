package dev.penstock.gateway.rpc;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code rpc.discover} (OpenRPC 1.3, https://spec.open-rpc.org) and the three {@code system}
 * methods that servers of XML-RPC and JSON-RPC have. Thread-safe.
 */
final class Discovery {
  private static final String FILE = "built-in.json";

  private final Running running;
  private final ArrayNode builtIn = read();

  Discovery(Running running) {
    this.running = running;
  }

  private static ArrayNode read() {
    try (InputStream in = Discovery.class.getResourceAsStream(FILE)) {
      return (ArrayNode) Json.readObject(Objects.requireNonNull(in).readAllBytes()).get("methods");
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " is not in this jar", e);
    }
  }

  /** All methods with what they take, as an OpenRPC document. */
  Outcome discover(Params params) throws RpcException, InterruptedException {
    params.named(List.of());
    ObjectNode document = Json.object().put("openrpc", "1.3.2");
    document.putObject("info").put("title", "Penstock").put("version", "1");
    document.set("methods", methods());
    return Outcome.result(document);
  }

  /** All names, sorted. */
  Outcome list(Params params) throws RpcException, InterruptedException {
    params.named(List.of());
    List<String> names =
        methods().valueStream().map(method -> method.path("name").asString("")).sorted().toList();
    ArrayNode list = Json.array();
    names.forEach(list::add);
    return Outcome.result(list);
  }

  /** The signature of {@code method}, as Python writes it. */
  Outcome signature(Params params) throws RpcException, InterruptedException {
    return field(params, "x-signature");
  }

  /** The description of {@code method}. */
  Outcome help(Params params) throws RpcException, InterruptedException {
    return field(params, "description");
  }

  private Outcome field(Params params, String field) throws RpcException, InterruptedException {
    String name = params.named(List.of("method")).path("method").asString("");
    for (JsonNode method : methods()) {
      if (method.path("name").asString("").equals(name)) {
        return Outcome.result(method.path(field));
      }
    }
    throw new RpcException(RpcError.invalidParams("there is no method " + name));
  }

  private ArrayNode methods() throws RpcException, InterruptedException {
    ArrayNode all = Json.array().addAll(builtIn);
    running.functions().forEach(all::add);
    return all;
  }
}
