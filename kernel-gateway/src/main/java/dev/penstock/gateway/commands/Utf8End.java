package dev.penstock.gateway.commands;

/** Where a piece of UTF-8 can be cut without cutting a character. */
final class Utf8End {
  private static final int LONGEST = 4;

  private Utf8End() {}

  /**
   * How many of the first {@code length} bytes are whole characters, or can never become some: up
   * to three bytes of a character whose rest may follow are left.
   */
  static int whole(byte[] bytes, int length) {
    for (int back = 1; back < LONGEST && back <= length; back++) {
      int lead = bytes[length - back] & 0xff;
      if ((lead & 0xc0) != 0x80) {
        return size(lead) > back ? length - back : length;
      }
    }
    return length;
  }

  private static int size(int lead) {
    if (lead < 0xc2 || lead > 0xf4) {
      return 1; // ASCII, or no character's first byte
    }
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : LONGEST;
  }
}
