package dev.penstock.gateway.contents;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Bytes of files: read from where they are, and as models carry them. */
final class Content {
  private static final int BUFFER = 64 * 1024;

  /** Python's base64.encodebytes: lines of 76 letters, each ended. */
  private static final Base64.Encoder ENCODER = Base64.getMimeEncoder(76, new byte[] {'\n'});

  private Content() {}

  /** An open file and what it was when it was opened. */
  record Opened(FileChannel channel, FileInfo info) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /**
   * Opens a regular file, the very one that was looked at, so that no pipe and no link is ever
   * opened in its place.
   *
   * @throws ContentsException 400 if it is not a regular file
   */
  static Opened open(Place place, ApiPath path) throws IOException, ContentsException {
    try (Handle file = place.directory().anything(place.name())) {
      FileInfo info = FileInfo.of(file.path());
      if (!info.isFile()) {
        throw new ContentsException(400, "Cannot read non-file " + path);
      }
      return new Opened(FileChannel.open(file.path(), StandardOpenOption.READ), info);
    }
  }

  /**
   * All bytes of a file.
   *
   * @throws ContentsException 413 if there are more than the limit, 400 if it is not a file
   */
  static byte[] read(Opened file, ApiPath path, long limit) throws IOException, ContentsException {
    if (file.info().size() > limit) {
      throw tooLarge(path, limit);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) file.info().size());
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    // To its end, and not to its size: a file may grow meanwhile, and those of /proc have size 0.
    while (file.channel().read(buffer) >= 0) {
      bytes.write(buffer.array(), 0, buffer.position());
      buffer.clear();
      if (bytes.size() > limit) {
        throw tooLarge(path, limit);
      }
    }
    return bytes.toByteArray();
  }

  private static ContentsException tooLarge(ApiPath path, long limit) {
    return new ContentsException(
        413, path + " is larger than " + Sizes.readable(limit) + ": download it instead");
  }

  /** SHA-256 of what is left of a file, in lower-case hexadecimal digits. */
  static String hash(FileChannel channel) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    while (channel.read(buffer) >= 0) {
      digest.update(buffer.flip());
      buffer.clear();
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 of bytes, in lower-case hexadecimal digits. */
  static String hash(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      // Every Java has it: the platform's specification says so.
      throw new IllegalStateException(e);
    }
  }

  /** The text of bytes, null if they are not UTF-8. */
  static @Nullable String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      // An answer, not a failure: such files are sent as base64.
      return null;
    }
  }

  static String base64(byte[] bytes) {
    String lines = ENCODER.encodeToString(bytes);
    return lines.isEmpty() ? lines : lines + "\n";
  }

  /**
   * The bytes of a model's content.
   *
   * @throws ContentsException 400 for another format than text and base64, or content that is not
   *     in that format
   */
  static byte[] bytes(@Nullable String content, @Nullable String format, ApiPath path)
      throws ContentsException {
    if (!"text".equals(format) && !"base64".equals(format)) {
      throw new ContentsException(
          400, "Must specify format of file contents as 'text' or 'base64'");
    }
    if (content == null) {
      throw new ContentsException(400, "Encoding error saving " + path + ": content is no string");
    }
    try {
      return "base64".equals(format) ? Base64.getMimeDecoder().decode(content) : encode(content);
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw new ContentsException(400, "Encoding error saving " + path + ": " + e.getMessage(), e);
    }
  }

  private static byte[] encode(String text) throws CharacterCodingException {
    ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    return bytes;
  }

  /** Writes all of the bytes. */
  static void write(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Copies a file from its beginning to the end that it has when that is reached. */
  static void transfer(FileChannel from, FileChannel to) throws IOException {
    long position = 0;
    for (long size = from.size(); position < size; size = from.size()) {
      long moved = from.transferTo(position, size - position, to);
      if (moved <= 0) {
        break;
      }
      position += moved;
    }
  }

  /** What is at a place where something should be. */
  static FileInfo existing(Place place) throws IOException {
    FileInfo info = place.look();
    if (info == null) {
      throw new NoSuchFileException(place.name());
    }
    return info;
  }
}
