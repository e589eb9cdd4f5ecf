package dev.penstock.protocol;

/** The version of the Jupyter messaging protocol that Penstock speaks. */
public final class Protocol {

  /** Value of {@code header.version} and {@code kernel_info_reply.protocol_version}. */
  public static final String VERSION = "5.6";

  private Protocol() {}
}
