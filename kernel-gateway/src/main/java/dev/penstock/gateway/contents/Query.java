package dev.penstock.gateway.contents;

import org.jspecify.annotations.Nullable;

/**
 * What a GET of {@code /api/contents} asks for.
 *
 * @param type {@code directory}, {@code file} or {@code notebook}; null takes what is there
 * @param format {@code text} or {@code base64}, for files; null takes text where it is UTF-8
 * @param content whether the model has the content
 * @param hash whether the model has the SHA-256 of the file
 */
public record Query(@Nullable String type, @Nullable String format, boolean content, boolean hash) {
  /** The model with its content. */
  public static final Query CONTENT = new Query(null, null, true, false);

  /** The model without its content. */
  public static final Query MODEL = new Query(null, null, false, false);

  /**
   * Reads the parameters of a URL; each may be missing (null).
   *
   * @param content {@code 1} (also when missing) or {@code 0}
   * @param hash {@code 0} (also when missing) or {@code 1}
   * @throws ContentsException 400 for other values; an unknown type means a file
   */
  public static Query of(
      @Nullable String type,
      @Nullable String format,
      @Nullable String content,
      @Nullable String hash)
      throws ContentsException {
    if (format != null && !format.equals("text") && !format.equals("base64")) {
      throw new ContentsException(400, "Format '" + format + "' is invalid");
    }
    if (content != null && !content.equals("0") && !content.equals("1")) {
      throw new ContentsException(400, "Content '" + content + "' is invalid");
    }
    if (hash != null && !hash.equals("0") && !hash.equals("1")) {
      throw new ContentsException(
          400, "Hash argument '" + hash + "' is invalid. It must be '0' or '1'.");
    }
    return new Query(knownType(type), format, !"0".equals(content), "1".equals(hash));
  }

  private static @Nullable String knownType(@Nullable String type) {
    return type == null || type.equals("directory") || type.equals("notebook") ? type : "file";
  }
}
