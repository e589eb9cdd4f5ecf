package dev.penstock.gateway.http;

import dev.penstock.gateway.json.Json;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Errors that Jetty finds before a call comes to {@link ApiHandler} (a path that is none, headers
 * that are too long) in the shape of all others, for every method. Without state.
 */
final class ErrorAnswers implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String phrase = HttpStatus.getMessage(response.getStatus());
    Object message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
    byte[] body =
        Json.bytes(
            Json.object().put("message", Objects.toString(message, phrase)).put("reason", phrase));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    boolean isHead = request.getMethod().equals("HEAD");
    response.write(true, isHead ? ByteBuffer.allocate(0) : ByteBuffer.wrap(body), callback);
    return true;
  }
}
