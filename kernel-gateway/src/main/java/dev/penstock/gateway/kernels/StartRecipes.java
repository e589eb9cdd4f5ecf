package dev.penstock.gateway.kernels;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How the kernels of a kernelspec are started: what depends on its Python, which tells it once, as
 * it tells launchers and provisioners (docs/local-sockets.md, {@code start}). Thread-safe.
 */
public final class StartRecipes {
  private static final String MODULE = "penstock.client.describe";
  private static final long PATIENCE_S = 60;

  /** The folder of an environment (docs/environments.md). */
  private static final String ENVIRONMENT = "--environment=";

  /** Variables that are another one for each kernel and change nothing of how it is started. */
  private static final List<String> EACH_ITS_OWN = List.of("KERNEL_", "JPY_");

  private final String python;
  private final Map<Key, ObjectNode> known = new ConcurrentHashMap<>();

  /**
   * What an answer depends on.
   *
   * @param build the environment's current build, which {@code penstock env sync} changes; empty
   *     for none
   */
  private record Key(List<String> argv, Map<String, String> env, String build) {}

  /**
   * Recipes that are found out when they are needed.
   *
   * @param python interpreter of kernelspecs that name none by its path
   */
  public StartRecipes(String python) {
    this.python = python;
  }

  /** A start request without name, working directory and environment. */
  ObjectNode request(LifeOrder order) throws KernelException {
    Map<String, String> env = new TreeMap<>(order.env());
    env.keySet().removeIf(name -> EACH_ITS_OWN.stream().anyMatch(name::startsWith));
    List<String> argv = order.spec().argv();
    Key key = new Key(argv, env, currentBuild(argv));
    ObjectNode recipe = known.get(key);
    if (recipe == null) {
      recipe = describe(key);
      known.put(key, recipe);
    }
    return recipe.deepCopy();
  }

  private static String currentBuild(List<String> argv) {
    for (String word : argv) {
      if (word.startsWith(ENVIRONMENT)) {
        try {
          Path folder = Path.of(word.substring(ENVIRONMENT.length()));
          return Files.readSymbolicLink(folder.resolve("current")).toString();
        } catch (IOException | InvalidPathException e) {
          // There is no such environment: the kernelspec's Python says so.
          return "";
        }
      }
    }
    return "";
  }

  private ObjectNode describe(Key key) throws KernelException {
    String interpreter = interpreter(key.argv().getFirst());
    ObjectNode question = Json.object();
    ArrayNode argv = question.putArray("argv").add(interpreter);
    key.argv().stream().skip(1).forEach(argv::add);
    ObjectNode env = question.putObject("env");
    key.env().forEach(env::put);
    try {
      return ask(interpreter, key.env(), question);
    } catch (IOException e) {
      throw new KernelException(
          KernelException.Reason.FAILED,
          "%s cannot tell how its kernels are started: %s".formatted(interpreter, e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KernelException(KernelException.Reason.FAILED, "the server is shutting down");
    }
  }

  private String interpreter(String word) {
    return Path.of(word).isAbsolute() ? word : python;
  }

  private static ObjectNode ask(String interpreter, Map<String, String> env, ObjectNode question)
      throws IOException, InterruptedException, KernelException {
    ProcessBuilder builder = new ProcessBuilder(interpreter, "-m", MODULE);
    builder.environment().clear();
    builder.environment().putAll(env);
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(Json.bytes(question));
    }
    byte[] answer = process.getInputStream().readAllBytes();
    byte[] complaint = process.getErrorStream().readAllBytes();
    if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new KernelException(
          KernelException.Reason.FAILED, lastLine(complaint, interpreter + " failed"));
    }
    try {
      return Json.readObject(answer);
    } catch (JsonLineException e) {
      throw new IOException("its answer is no JSON", e);
    }
  }

  private static String lastLine(byte[] text, String otherwise) {
    List<String> lines = new String(text, StandardCharsets.UTF_8).strip().lines().toList();
    return lines.isEmpty() ? otherwise : lines.getLast();
  }
}
