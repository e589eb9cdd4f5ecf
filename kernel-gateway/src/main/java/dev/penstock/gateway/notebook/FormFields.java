package dev.penstock.gateway.notebook;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Promise;
import tools.jackson.databind.node.ObjectNode;

/** Fields of queries and forms: {@code {name: [value, …]}}, in order. */
final class FormFields {
  private FormFields() {}

  /** Of {@code a=b&c=d}; a name without a value has an empty one. */
  static ObjectNode ofText(String text) {
    ObjectNode fields = Json.object();
    for (String pair : text.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        fields.withArrayProperty(decode(name)).add(decode(value));
      }
    }
    return fields;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text; // a lone percent sign means itself
    }
  }

  /**
   * Of a body of multipart/form-data; files are left out, as with kernel_gateway.
   *
   * @throws HttpException 400 if it is none
   */
  static ObjectNode ofParts(byte[] body, String boundary) throws HttpException {
    MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
    parser.setMaxMemoryFileSize(-1); // the body is in memory
    parser.setUseFilesForPartsWithoutFileName(false);
    ObjectNode fields = Json.object();
    CompletableFuture<MultiPartFormData.Parts> parsed = new CompletableFuture<>();
    parser.parse(Content.Source.from(ByteBuffer.wrap(body)), Promise.Invocable.toPromise(parsed));
    try (MultiPartFormData.Parts parts = parsed.join()) {
      for (MultiPart.Part part : parts) {
        if (part.getFileName() == null) {
          fields
              .withArrayProperty(part.getName())
              .add(part.getContentAsString(StandardCharsets.UTF_8));
        }
      }
      return fields;
    } catch (CompletionException e) {
      throw new HttpException(400, "The body is no multipart/form-data");
    }
  }
}
