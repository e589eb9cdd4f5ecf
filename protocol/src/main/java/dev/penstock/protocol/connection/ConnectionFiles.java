package dev.penstock.protocol.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes connection files (kernels spec, "Connection files"; JEP 106). Unknown fields are
 * ignored when reading and kept when writing over a file. Stateless and thread-safe.
 */
public final class ConnectionFiles {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ConnectionFiles() {}

  /**
   * Reads a connection file.
   *
   * @throws ConnectionFileException if it is missing, unreadable or not usable
   */
  public static ConnectionInfo read(Path file) throws ConnectionFileException {
    try {
      return ConnectionFields.parse(object(Files.readAllBytes(file)));
    } catch (ConnectionFileException e) {
      throw new ConnectionFileException(file + ": " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new ConnectionFileException("connection file " + file + " does not exist", e);
    } catch (IOException e) {
      // Permissions or a failing disk: the system's own words name it.
      throw new ConnectionFileException("connection file " + file + " cannot be read: " + e, e);
    }
  }

  /**
   * Reads the content of a connection file.
   *
   * @param json UTF-8 JSON object
   */
  public static ConnectionInfo parse(byte[] json) throws ConnectionFileException {
    return ConnectionFields.parse(object(json));
  }

  /**
   * The registration socket that a file names (JEP 66).
   *
   * @param json UTF-8 JSON object
   * @return null if the file is no registration file
   */
  public static @Nullable RegistrationInfo parseRegistration(byte[] json)
      throws ConnectionFileException {
    return RegistrationInfo.parse(object(json));
  }

  /** The content of a connection file, UTF-8 JSON, indented. */
  public static byte[] toJson(ConnectionInfo info) {
    return bytes(ConnectionFields.put(JSON.createObjectNode(), info));
  }

  /**
   * Writes a connection file in one step: a reader sees the old or the new one, never half. The
   * file has mode 0600; a missing folder is made with mode 0700. Fields of an existing file that
   * {@link ConnectionInfo} does not know are kept.
   *
   * @throws ConnectionFileException if the existing file is not JSON or the folder is not writable
   */
  public static void write(Path file, ConnectionInfo info) throws ConnectionFileException {
    try {
      ObjectNode fields =
          Files.exists(file) && Files.size(file) > 0
              ? object(Files.readAllBytes(file))
              : JSON.createObjectNode();
      PrivateFiles.replace(file.toAbsolutePath(), bytes(ConnectionFields.put(fields, info)));
    } catch (IOException e) {
      // One line for the user; what the system said is in it.
      throw new ConnectionFileException("connection file " + file + " cannot be written: " + e, e);
    }
  }

  private static ObjectNode object(byte[] json) throws ConnectionFileException {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JacksonException e) {
      // Its text may quote the file, which holds a key: it is left out.
      throw new ConnectionFileException("not a connection file: no valid JSON");
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new ConnectionFileException("not a connection file: no JSON object");
  }

  private static byte[] bytes(ObjectNode fields) {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(fields);
  }
}
