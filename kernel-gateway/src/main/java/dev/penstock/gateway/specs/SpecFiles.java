package dev.penstock.gateway.specs;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads kernel.json files, each again only after it changed, and says once what is wrong with one.
 * Thread-safe.
 */
final class SpecFiles {
  private static final Logger LOG = LoggerFactory.getLogger(SpecFiles.class);

  /** Names of kernelspecs (jupyter_client, {@code _kernel_name_pat}). */
  private static final Pattern NAME = Pattern.compile("[a-z0-9._\\-]+");

  private static final List<String> PROVISIONERS =
      List.of("", "local-provisioner", "penstock-provisioner");

  private final Map<Path, Seen> seen = new HashMap<>();

  /** A file at the time it was read, and what was in it; null if it was broken. */
  private record Seen(Stamp stamp, @Nullable KernelSpec spec) {}

  /** What changes when a file changes. */
  private record Stamp(long modifiedNanos, long size, @Nullable Object key) {
    static Stamp of(BasicFileAttributes file) {
      return new Stamp(
          file.lastModifiedTime().to(TimeUnit.NANOSECONDS), file.size(), file.fileKey());
    }
  }

  /** The kernelspecs in one folder of the Jupyter path; none if there is no such folder. */
  List<KernelSpec> in(Path kernels) {
    List<KernelSpec> found = new ArrayList<>();
    if (!Files.isDirectory(kernels)) {
      return found;
    }
    try (Stream<Path> folders = Files.list(kernels)) {
      for (Path folder : folders.sorted().toList()) {
        read(folder).ifPresent(found::add);
      }
    } catch (IOException e) {
      // Not ours to read: Jupyter goes on with the next folder, too.
      LOG.atDebug().addKeyValue("folder", kernels).setCause(e).log("kernelspecs not readable");
    }
    return found;
  }

  private synchronized Optional<KernelSpec> read(Path folder) {
    Path file = folder.resolve("kernel.json");
    Stamp stamp;
    try {
      stamp = Stamp.of(Files.readAttributes(file, BasicFileAttributes.class));
    } catch (IOException e) {
      // No kernel.json: not a kernelspec's folder, or one that was just removed.
      seen.remove(file);
      return Optional.empty();
    }
    Seen before = seen.get(file);
    if (before == null || !before.stamp().equals(stamp)) {
      before = new Seen(stamp, parse(folder, file));
      seen.put(file, before);
    }
    return Optional.ofNullable(before.spec());
  }

  private static @Nullable KernelSpec parse(Path folder, Path file) {
    String name = String.valueOf(folder.getFileName()).toLowerCase(Locale.ROOT);
    try {
      ObjectNode json = Json.readObject(Files.readAllBytes(file));
      String wrong = NAME.matcher(name).matches() ? wrong(json) : "its name is no kernel's name";
      if (wrong.isEmpty()) {
        return new KernelSpec(name, folder, json);
      }
      warn(file, wrong);
    } catch (JsonLineException e) {
      warn(file, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      // It exists but cannot be read: permissions, or a directory.
      warn(file, e.toString());
    }
    return null;
  }

  private static void warn(Path file, String wrong) {
    LOG.atWarn().addKeyValue("file", file).addKeyValue("reason", wrong).log("kernelspec ignored");
  }

  /** What makes a kernelspec unusable here, or nothing. */
  private static String wrong(ObjectNode json) {
    JsonNode argv = json.path("argv");
    if (!argv.isArray()
        || argv.isEmpty()
        || argv.valueStream().anyMatch(word -> !word.isString())) {
      return "argv must be a list of strings";
    }
    JsonNode env = json.path("env");
    if (!env.isMissingNode()
        && (!env.isObject() || env.valueStream().anyMatch(value -> !value.isString()))) {
      return "env must be an object of strings";
    }
    String mode = json.path("interrupt_mode").asString("signal").toLowerCase(Locale.ROOT);
    if (!mode.equals("signal") && !mode.equals("message")) {
      return "interrupt_mode must be 'signal' or 'message'";
    }
    String provisioner =
        json.path("metadata").path("kernel_provisioner").path("provisioner_name").asString("");
    return PROVISIONERS.contains(provisioner)
        ? ""
        : "it needs the provisioner '" + provisioner + "', which this server does not have";
  }
}
