package dev.penstock.gateway.specs;

import dev.penstock.gateway.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A kernelspec that was found on the Jupyter path (spec: "Making kernels for Jupyter",
 * kernel.json).
 *
 * @param name name of its folder, in lower case
 * @param directory the folder, with its resources
 * @param json what kernel.json says
 */
public record KernelSpec(String name, Path directory, ObjectNode json) {
  private static final String PROVISIONER = "penstock-provisioner";
  private static final String LAUNCHER = "penstock.launcher";

  /** The same for a kernel that is listed by another name. */
  public KernelSpec named(String other) {
    return new KernelSpec(other, directory, json);
  }

  /** The command with its templates, such as {@code {connection_file}}. */
  public List<String> argv() {
    List<String> argv = new ArrayList<>();
    json.path("argv").forEach(word -> argv.add(word.asString("")));
    return argv;
  }

  public String language() {
    return json.path("language").asString("");
  }

  /** {@code signal} or {@code message}. */
  public String interruptMode() {
    return json.path("interrupt_mode").asString("signal");
  }

  /** Variables for the kernel; values may hold {@code ${NAME}}. */
  public ObjectNode env() {
    return Json.child(json, "env");
  }

  public JsonNode metadata() {
    return json.path("metadata");
  }

  /** Whether this gateway runs it itself, with a worker in place of a process with sockets. */
  public boolean isPenstock() {
    String provisioner =
        metadata().path("kernel_provisioner").path("provisioner_name").asString("");
    return provisioner.equals(PROVISIONER) || argv().contains(LAUNCHER);
  }
}
