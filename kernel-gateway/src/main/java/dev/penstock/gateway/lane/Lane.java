package dev.penstock.gateway.lane;

/** The two file-descriptor lanes of a worker. */
public enum Lane {
  OUT("stdout"),
  ERR("stderr");

  private final String streamName;

  Lane(String streamName) {
    this.streamName = streamName;
  }

  /** The name a stream message gives it. */
  public String streamName() {
    return streamName;
  }
}
