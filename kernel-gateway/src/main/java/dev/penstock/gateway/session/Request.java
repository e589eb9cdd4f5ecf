package dev.penstock.gateway.session;

import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.Message;

/** A request of a client, with as much parsed as routing needs: the header. */
public record Request(Client client, Channel channel, Header header, Message message) {
  String type() {
    return header.msgType();
  }

  /** Hands this over by its channel. */
  public void handTo(Inbound inbound) {
    if (channel == Channel.STDIN) {
      inbound.input(this);
    } else {
      inbound.request(this);
    }
  }
}
