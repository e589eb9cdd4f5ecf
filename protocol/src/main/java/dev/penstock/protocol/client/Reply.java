package dev.penstock.protocol.client;

import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.Message;
import tools.jackson.databind.node.ObjectNode;

/**
 * A reply as the kernel sent it.
 *
 * @param header its header's fields
 * @param content its parsed content, with {@code status}
 * @param message its bytes, with metadata and buffers
 */
public record Reply(Header header, ObjectNode content, Message message) {

  /** {@code ok}, {@code error}, {@code aborted}, or another word of the request's own. */
  public String status() {
    return content.path("status").asString("");
  }

  /** This reply, or an exception that tells the kernel's error. */
  Reply orThrow() {
    if (!status().equals("error")) {
      return this;
    }
    throw new KernelClientException(
        "%s: %s: %s"
            .formatted(
                header.msgType(),
                content.path("ename").asString(""),
                content.path("evalue").asString("")));
  }
}
