package dev.penstock.gateway.lane;

/** The two file-descriptor lanes of a worker. */
public enum Lane {
  OUT("stdout", 1),
  ERR("stderr", 2);

  private final String streamName;
  private final int descriptor;

  Lane(String streamName, int descriptor) {
    this.streamName = streamName;
    this.descriptor = descriptor;
  }

  /** The file descriptor of the worker that it is. */
  public int descriptor() {
    return descriptor;
  }

  /** The name a stream message gives it. */
  public String streamName() {
    return streamName;
  }
}
