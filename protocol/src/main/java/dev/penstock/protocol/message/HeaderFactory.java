package dev.penstock.protocol.message;

import dev.penstock.protocol.Protocol;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Makes headers of new messages, each with a fresh {@code msg_id}. Thread-safe.
 *
 * <p>A fresh id matters twice: clients match replies by it, and a client refuses a signature that
 * it has seen before, so two messages must never have the same bytes.
 */
public final class HeaderFactory {

  private static final long PID = ProcessHandle.current().pid();
  private static final int NANOS_PER_MICRO = 1_000;

  private final String session;
  private final String idPrefix;
  private final String afterId;
  private final Clock clock;
  private final AtomicLong count = new AtomicLong();
  private volatile Second second = new Second(Long.MIN_VALUE, "");

  /** The text of a date up to its seconds, which most neighbours in time share. */
  private record Second(long epochSecond, String text) {}

  /**
   * @param session id of the sender's session, new for each kernel process
   * @param username any string
   */
  public HeaderFactory(String session, String username) {
    this(session, username, Clock.systemUTC());
  }

  HeaderFactory(String session, String username, Clock clock) {
    this.session = session;
    this.idPrefix = "{\"msg_id\":\"" + quoted(session) + "_" + PID + "_";
    this.afterId =
        "\",\"session\":\""
            + quoted(session)
            + "\",\"username\":\""
            + quoted(username)
            + "\",\"version\":\""
            + Protocol.VERSION
            + "\",\"date\":\"";
    this.clock = clock;
  }

  /** The session id of all headers made here. */
  public String session() {
    return session;
  }

  /** The next header as UTF-8 JSON, {@code msg_id} being {@code <session>_<pid>_<n>}. */
  public byte[] next(String msgType) {
    StringBuilder json = new StringBuilder(idPrefix.length() + afterId.length() + 96);
    json.append(idPrefix).append(count.getAndIncrement()).append(afterId);
    appendDate(json, clock.instant());
    json.append("\",\"msg_type\":\"").append(quoted(msgType)).append("\"}");
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Appends {@code YYYY-MM-DDThh:mm:ss.ffffffZ}: exactly six digits of fraction, because Python
   * clients take more for a plain string and warn about dates without a zone.
   */
  private void appendDate(StringBuilder json, Instant now) {
    Second cached = second;
    if (cached.epochSecond != now.getEpochSecond()) {
      LocalDateTime time = LocalDateTime.ofEpochSecond(now.getEpochSecond(), 0, ZoneOffset.UTC);
      String text = time.toString(); // without ":ss" when the seconds are zero
      cached = new Second(now.getEpochSecond(), text.length() == 16 ? text + ":00" : text);
      second = cached;
    }
    String micros = Integer.toString(now.getNano() / NANOS_PER_MICRO);
    json.append(cached.text).append('.').append("0".repeat(6 - micros.length())).append(micros);
    json.append('Z');
  }

  private static String quoted(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsCharArray(text));
  }
}
