package dev.penstock.gateway.pathview;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.verbs.VerbError;
import dev.penstock.gateway.verbs.VerbResult;
import dev.penstock.gateway.verbs.Verbs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.node.ArrayNode;

/** Makes a fresh kernel what a page expects: its names and its packages. For one thread. */
final class Setup {
  private static final String NAMES = "import gc\nimport json\n";

  /** After the packages, which may bring it; without it the page does without. */
  private static final String ARRAYS =
      "try:\n    import numpy as np\nexcept Exception:\n    pass\n";

  private final Verbs verbs;
  private final Duration patience;
  private final ArrayNode messages = Json.array();

  /** Whether the step's turn has come. */
  private volatile boolean begun;

  private boolean stuck;

  /**
   * Nothing done yet.
   *
   * @param patience how long each step may take, an installation among them
   */
  Setup(Verbs verbs, Duration patience) {
    this.verbs = verbs;
    this.patience = patience;
  }

  /**
   * Does it.
   *
   * @return what the page is told, in order
   * @throws SetupException if a required package cannot be had, or the worker does not answer
   */
  ArrayNode run(List<PackageWish> packages) throws SetupException, InterruptedException {
    messages.add(Messages.progress("Initializing Python worker..."));
    execute(NAMES);
    if (!packages.isEmpty()) {
      messages.add(Messages.progress("Installing dependencies..."));
    }
    for (PackageWish wish : packages) {
      messages.add(Messages.progress("Installing " + wish.module() + "..."));
      ensure(wish);
    }
    execute(ARRAYS);
    messages.add(Messages.ready());
    return messages;
  }

  /** Whether one of its steps began and did not end in its time: it still runs. */
  boolean isStuck() {
    return stuck;
  }

  private void execute(String code) throws SetupException, InterruptedException {
    begun = false;
    try {
      VerbResult result = verbs.execute(code, null, patience, this::begun);
      VerbError error = result.error();
      if (error != null) {
        throw dead(error);
      }
      say(result);
    } catch (TimeoutException e) {
      throw late();
    }
  }

  private void ensure(PackageWish wish) throws SetupException, InterruptedException {
    VerbResult result;
    begun = false;
    try {
      result = verbs.evaluate(wish.expression(), null, patience, this::begun);
    } catch (TimeoutException e) {
      throw late();
    }
    say(result);
    VerbError error = result.error();
    if (error == null) {
      messages.add(Messages.of("stdout", loaded(wish.module(), result.value())));
    } else if (Messages.isDeath(error)) {
      throw dead(error);
    } else if (wish.required()) {
      throw new SetupException(
          "Failed to install required package %s: %s".formatted(wish.spec(), Messages.text(error)));
    } else {
      String text =
          "Optional package %s failed: %s%n".formatted(wish.module(), Messages.text(error));
      messages.add(Messages.of("stderr", text));
    }
  }

  /** The version comes as JSON: a text in quotes, or null. */
  private static String loaded(String module, @org.jspecify.annotations.Nullable String version) {
    String shown =
        version == null || version.equals("null")
            ? ""
            : version.substring(1, version.length() - 1) + " ";
    return module + " " + shown + "loaded successfully\n";
  }

  private void say(VerbResult result) {
    if (!result.stdout().isEmpty()) {
      messages.add(Messages.of("stdout", result.stdout()));
    }
    if (!result.stderr().isEmpty()) {
      messages.add(Messages.of("stderr", result.stderr()));
    }
  }

  private static SetupException dead(VerbError error) {
    return new SetupException(
        Messages.isDeath(error)
            ? "Worker process died during initialization"
            : Messages.text(error));
  }

  private void begun() {
    begun = true;
  }

  private SetupException late() {
    stuck = begun;
    return new SetupException("Worker unresponsive after %ds".formatted(patience.toSeconds()));
  }
}
