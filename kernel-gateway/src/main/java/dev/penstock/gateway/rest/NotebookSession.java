package dev.penstock.gateway.rest;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document (or console) and its kernel, as {@code /api/sessions} tells it.
 *
 * @param path of the document, below the root
 * @param type {@code notebook}, {@code console}, {@code file}
 */
record NotebookSession(String id, String path, String name, String type, Kernel kernel) {
  /**
   * The session in JSON.
   *
   * @param alwaysNotebook whether {@code notebook} is there for other types, too
   */
  ObjectNode model(boolean alwaysNotebook) {
    ObjectNode model =
        Json.object().put("id", id).put("path", path).put("name", name).put("type", type);
    model.set("kernel", KernelModels.model(kernel));
    if (alwaysNotebook || type.equals("notebook")) {
      model.putObject("notebook").put("path", path).put("name", name);
    }
    return model;
  }
}
