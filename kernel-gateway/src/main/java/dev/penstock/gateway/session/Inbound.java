package dev.penstock.gateway.session;

/**
 * Where a door hands over what clients sent. Called on the session's owner thread, from within
 * {@link Door#serve}.
 */
public interface Inbound {
  /** Takes everything and does nothing: the session is over, its last words are on their way. */
  Inbound DEAF =
      new Inbound() {
        @Override
        public void request(Request request) {}

        @Override
        public void input(Request reply) {}
      };

  /** A message on shell or control. */
  void request(Request request);

  /** A message on stdin: the answer to an input_request. */
  void input(Request reply);
}
