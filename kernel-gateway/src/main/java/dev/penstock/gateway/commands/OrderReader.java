package dev.penstock.gateway.commands;

import dev.penstock.gateway.http.Fields;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Digest;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.tether.WindowSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads what a client wants to be run, and refuses what it may not (docs/commands.md). */
final class OrderReader {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Set<String> FIELDS =
      Set.of(
          "argv",
          "cwd",
          "encoding",
          "env",
          "id",
          "idle_limit",
          "merge_stderr",
          "pty",
          "stdin",
          "time_limit",
          "unbuffered",
          "unwatched_limit");
  private static final WindowSize USUAL = new WindowSize(24, 80);

  /** Longer limits are taken for this, three years. */
  private static final double LONGEST_S = 1e8;

  private static final double MS = 1000;

  private final CommandSettings settings;

  OrderReader(CommandSettings settings) {
    this.settings = settings;
  }

  /**
   * Reads the body of a call.
   *
   * @throws HttpException 400 if it cannot be understood, 403 if it is not allowed
   */
  CommandOrder read(ObjectNode body) throws HttpException {
    if (settings.rules().isOff()) {
      throw new HttpException(403, "This server runs no commands: see --allow-commands");
    }
    Fields.only(body, FIELDS);
    List<String> argv = argv(body.path("argv"));
    if (!settings.rules().allow(argv)) {
      throw new HttpException(403, "This command is not among those of --allow-commands");
    }
    WindowSize terminal = terminal(body.path("pty"));
    Path cwd = cwd(text(body, "cwd", ""));
    Map<String, String> env = env(Fields.object(body, "env"), terminal != null);
    if (Fields.flag(body, "unbuffered", true)) {
      env.putIfAbsent("PYTHONUNBUFFERED", "1");
    }
    String encoding = text(body, "encoding", "utf-8");
    if (!encoding.equals("utf-8") && !encoding.equals("base64")) {
      throw new HttpException(400, "encoding must be utf-8 or base64");
    }
    return new CommandOrder(
        Digest.of(body),
        id(body),
        argv,
        program(argv.getFirst(), env, cwd),
        env,
        cwd,
        Fields.flag(body, "stdin", false),
        Fields.flag(body, "merge_stderr", false),
        terminal,
        encoding.equals("base64"),
        new CommandOrder.Limits(
            seconds(body, "time_limit"),
            seconds(body, "idle_limit"),
            seconds(body, "unwatched_limit")));
  }

  /**
   * Reads {@code {"rows", "columns"}}.
   *
   * @throws HttpException 400 if it is something else
   */
  static WindowSize size(JsonNode json) throws HttpException {
    long rows = Json.integer(json, "rows", 0);
    long columns = Json.integer(json, "columns", 0);
    if (rows < 1 || columns < 1 || rows > WindowSize.MOST || columns > WindowSize.MOST) {
      throw new HttpException(400, "rows and columns must be numbers from 1 to 65535");
    }
    return new WindowSize((int) rows, (int) columns);
  }

  private static String id(ObjectNode body) throws HttpException {
    String id = text(body, "id", "");
    if (!id.isEmpty() && !ID.matcher(id).matches()) {
      throw new HttpException(
          400, "id must be up to 100 letters, digits, dots, hyphens and underscores");
    }
    return id.isEmpty() ? UUID.randomUUID().toString() : id;
  }

  private static List<String> argv(JsonNode json) throws HttpException {
    List<String> argv = new ArrayList<>();
    for (JsonNode word : json.isArray() ? json : List.<JsonNode>of()) {
      if (!word.isString() || !canBePassed(word.asString())) {
        throw new HttpException(400, "argv must be a list of plain texts");
      }
      argv.add(word.asString());
    }
    if (argv.isEmpty() || argv.getFirst().isEmpty()) {
      throw new HttpException(400, "argv must be a list of texts that begins with a program");
    }
    return argv;
  }

  private static @Nullable WindowSize terminal(JsonNode pty) throws HttpException {
    if (pty.isObject()) {
      return size(pty);
    }
    if (!pty.isMissingNode() && !pty.isNull() && !pty.isBoolean()) {
      throw new HttpException(400, "pty must be true, false or an object of rows and columns");
    }
    return pty.asBoolean(false) ? USUAL : null;
  }

  private Map<String, String> env(@Nullable ObjectNode asked, boolean terminal)
      throws HttpException {
    Map<String, String> env = new TreeMap<>(settings.env());
    if (terminal) {
      env.put("TERM", "xterm-256color"); // what pages that show terminals understand
    }
    ObjectNode variables = asked == null ? Json.object() : asked;
    for (Map.Entry<String, JsonNode> variable : variables.properties()) {
      String name = variable.getKey();
      JsonNode value = variable.getValue();
      if (!value.isString() || !canBePassed(name + value.asString())) {
        // The value is never repeated in an error: it may be a secret.
        throw new HttpException(400, "env: names and values must be plain texts");
      }
      if (name.isEmpty() || name.indexOf('=') >= 0) {
        throw new HttpException(400, "env has a name that no variable can have");
      }
      if (!mayBeSet(name)) {
        throw new HttpException(403, "env: " + name + " may not be set here: see --allow-env");
      }
      env.put(name, value.asString());
    }
    return env;
  }

  /** Words of a program hold no zero character, and have to be bytes. */
  private static boolean canBePassed(String text) {
    return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private boolean mayBeSet(String name) {
    // One variable can make another program of an allowed one.
    return settings.rules().any()
        || settings.allowedEnv().contains(name)
        || settings.allowedEnv().contains("*");
  }

  private Path cwd(String asked) throws HttpException {
    try {
      Path root = settings.root().toRealPath();
      Path cwd = root.resolve(asked).toRealPath();
      if (!settings.rules().any() && !cwd.startsWith(root)) {
        throw new HttpException(403, "cwd must be below the server's root directory");
      }
      if (Files.isDirectory(cwd)) {
        return cwd;
      }
    } catch (IOException | InvalidPathException e) {
      throw new HttpException(400, "cwd: there is no such directory");
    }
    throw new HttpException(400, "cwd: this is no directory");
  }

  private static String program(String word, Map<String, String> env, Path cwd)
      throws HttpException {
    try {
      if (word.indexOf('/') >= 0) {
        return cwd.resolve(word).toString();
      }
      for (String folder : env.getOrDefault("PATH", "/usr/bin:/bin").split(":", -1)) {
        Path program = cwd.resolve(folder).resolve(word);
        if (Files.isRegularFile(program) && Files.isExecutable(program)) {
          return program.toString();
        }
      }
    } catch (InvalidPathException e) {
      throw new HttpException(400, "argv begins with what is no program");
    }
    throw new HttpException(400, "There is no program '" + word + "' on the PATH of the server");
  }

  private static @Nullable Duration seconds(ObjectNode body, String field) throws HttpException {
    Double seconds = Fields.seconds(body, field);
    return seconds == null
        ? null
        : Duration.ofMillis(Math.max(1, Math.round(Math.min(seconds, LONGEST_S) * MS)));
  }

  private static String text(ObjectNode body, String field, String otherwise) throws HttpException {
    String text = Fields.textOrNull(body, field);
    return text == null ? otherwise : text;
  }
}
