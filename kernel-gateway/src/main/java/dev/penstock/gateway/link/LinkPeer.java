package dev.penstock.gateway.link;

import tools.jackson.databind.node.ObjectNode;

/**
 * What a worker's connections lead to: the session that expects this worker. Called on the
 * connection's own thread.
 */
public interface LinkPeer {
  /** Whether this is the session's secret; compared in constant time. */
  boolean accepts(String token);

  /** The data lane is open. */
  void dataOpened(LinkConnection connection, ObjectNode hello);

  /** The control lane is open. */
  void controlOpened(LinkConnection connection);

  /** A frame of the data lane; may wait (back-pressure). */
  void frame(Frame frame) throws InterruptedException;

  /** A frame of the control lane; never waits. */
  void controlFrame(Frame frame);

  /** The data lane ended. */
  void dataClosed();
}
