package dev.penstock.gateway.rpc;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * The protocol (JSON-RPC 2.0, https://www.jsonrpc.org/specification): a request's bytes in, the
 * answer's bytes out. The calls of a batch run one after the other, in order. Without state.
 */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /** Calls of one batch: a few bytes of each are answered with a hundred. */
  static final int MOST = 1000;

  private Dispatcher() {}

  /** Answers a request or a batch; empty if there are only notifications, which have no answer. */
  static Optional<byte[]> answer(byte[] body, Caller caller) throws InterruptedException {
    JsonNode json;
    try {
      // Strictly: code must not run with other letters than it was sent with.
      json =
          Json.readAny(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (JsonLineException | CharacterCodingException e) {
      return bytes(failure(RpcError.notJson()));
    }
    if (!(json instanceof ArrayNode batch)) {
      return one(json, caller).flatMap(Dispatcher::bytes);
    }
    if (batch.isEmpty() || batch.size() > MOST) {
      String why = batch.isEmpty() ? "the batch is empty" : "a batch has at most " + MOST;
      return bytes(failure(RpcError.invalidRequest(why)));
    }
    ArrayNode answers = Json.array();
    for (JsonNode call : batch) {
      one(call, caller).ifPresent(answers::add);
    }
    return answers.isEmpty() ? Optional.empty() : bytes(answers);
  }

  private static Optional<byte[]> bytes(JsonNode answer) {
    return Optional.of(Json.ascii(answer).getBytes(StandardCharsets.US_ASCII));
  }

  private static Optional<ObjectNode> one(JsonNode json, Caller caller)
      throws InterruptedException {
    RpcRequest request;
    try {
      request = RpcRequest.of(json);
    } catch (RpcException e) {
      return Optional.of(answer(RpcRequest.idOf(json), new Outcome.Failure(e.error())));
    }
    Outcome outcome = call(request, caller);
    JsonNode id = request.id();
    return id == null ? Optional.empty() : Optional.of(answer(id, outcome));
  }

  private static Outcome call(RpcRequest request, Caller caller) throws InterruptedException {
    try {
      return caller.call(request.method(), request.params());
    } catch (RpcException e) {
      return new Outcome.Failure(e.error());
    } catch (RuntimeException e) {
      // A fault of ours: this call is told, the log has the stack, the others of the batch run.
      LOG.atError().setCause(e).log("call failed");
      return new Outcome.Failure(RpcError.internal());
    }
  }

  private static ObjectNode failure(RpcError error) {
    return answer(Json.object().nullNode(), new Outcome.Failure(error));
  }

  private static ObjectNode answer(JsonNode id, Outcome outcome) {
    ObjectNode answer = Json.object().put("jsonrpc", "2.0");
    answer.set("id", id);
    switch (outcome) {
      case Outcome.Result(String json) -> answer.putRawValue("result", new RawValue(json));
      case Outcome.Failure(RpcError error) -> answer.set("error", error.toJson());
    }
    return answer;
  }
}
