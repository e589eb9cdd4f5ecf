package dev.penstock.protocol.zmq;

import dev.penstock.protocol.message.Channel;
import java.util.List;

/**
 * Frames that one of the sockets received, not yet checked in any way.
 *
 * @param channel where they came in. On {@link Channel#IOPUB} of a kernel: a subscription event of
 *     one frame, {@code 01} (subscribed) or {@code 00} (cancelled) followed by the topic
 * @param frames as received; on the ROUTER channels the sender's identity first
 */
public record Received(Channel channel, List<byte[]> frames) {}
