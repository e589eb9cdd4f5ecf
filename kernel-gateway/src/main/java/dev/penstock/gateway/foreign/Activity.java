package dev.penstock.gateway.foreign;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.session.SessionState;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a kernel is doing, from the {@code status} messages it publishes. Written by the owner
 * thread; the state is for any thread.
 */
final class Activity {
  private static final Logger LOG = LoggerFactory.getLogger(Activity.class);

  private volatile SessionState state = SessionState.STARTING;
  private SessionState said = SessionState.IDLE;
  private boolean fixed;
  private byte @Nullable [] cell;
  private String cellId = "";

  SessionState state() {
    return state;
  }

  /** The kernel answers: its state is what it says. */
  void ready() {
    if (!fixed && state == SessionState.STARTING) {
      state = said;
    }
  }

  /** From here on the state is no longer the kernel's to say. */
  void fix(SessionState last) {
    fixed = true;
    state = last;
  }

  /** A {@code status} message. */
  void status(Header parent, Message message) {
    switch (executionState(message)) {
      case "busy" -> busy(parent, message);
      case "idle" -> idle(parent);
      default -> {} // "starting" is known already; others are newer than this
    }
  }

  /** Header of the execute_request that runs; null if none does. */
  byte @Nullable [] cell() {
    return cell;
  }

  private void busy(Header parent, Message message) {
    if (parent.msgType().equals("execute_request")) {
      cell = message.parentHeader();
      cellId = parent.msgId();
    }
    say(SessionState.BUSY);
  }

  private void idle(Header parent) {
    if (parent.msgId().equals(cellId)) {
      cell = null;
    }
    say(SessionState.IDLE);
  }

  private void say(SessionState now) {
    said = now;
    if (!fixed && state != SessionState.STARTING) {
      state = now;
    }
  }

  private static String executionState(Message message) {
    try {
      String text = Json.text(Json.readObject(message.content()), "execution_state");
      return text == null ? "" : text;
    } catch (JsonLineException e) {
      // A kernel's mistake, passed on to the clients as it is; it changes no state.
      LOG.atDebug().setCause(e).log("status not understood");
      return "";
    }
  }
}
