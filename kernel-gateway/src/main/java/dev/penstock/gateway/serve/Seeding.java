package dev.penstock.gateway.serve;

import dev.penstock.gateway.contents.Contents;
import dev.penstock.gateway.contents.Options;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.kernels.LifeStarter;
import dev.penstock.gateway.notebook.Annotations;
import dev.penstock.gateway.notebook.KernelPool;
import dev.penstock.gateway.notebook.NotebookApi;
import dev.penstock.gateway.notebook.SeedNotebook;
import dev.penstock.gateway.rest.KernelFactory;
import dev.penstock.gateway.seed.SeedingStarter;
import dev.penstock.gateway.specs.KernelSpec;
import dev.penstock.gateway.specs.KernelSpecs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The seed notebook of a server, as its settings name it. Immutable.
 *
 * @param spec the kernelspec that it is for
 */
record Seeding(
    ServeSettings settings, SeedNotebook notebook, Annotations annotations, KernelSpec spec) {

  /**
   * Reads the notebook; null if the settings name none.
   *
   * @throws IOException if it cannot be used: why
   */
  static @Nullable Seeding of(ServeSettings settings, KernelSpecs specs) throws IOException {
    Path file = settings.seed().file();
    if (file == null) {
      return null;
    }
    SeedNotebook notebook = SeedNotebook.read(file, settings.seed().uri());
    String own = notebook.kernel() == null ? specs.defaultName() : notebook.kernel();
    String wanted = settings.forcedKernel().isEmpty() ? own : settings.forcedKernel();
    KernelSpec spec =
        specs
            .find(wanted)
            .orElseThrow(() ->
                new IOException(
                    "there is no kernelspec %s, which the seed notebook is for: choose another by"
                            .formatted(wanted)
                        + " --force-kernel-name"));
    Annotations annotations = Annotations.of(notebook, settings.seed().swagger());
    return new Seeding(settings, notebook, annotations, spec);
  }

  /** Name of the kernelspec that it is for. */
  String kernel() {
    return spec.name();
  }

  /** Starts what the other starts, with the seed in it. */
  LifeStarter over(LifeStarter starter) {
    boolean all = !settings.seed().answersCalls();
    List<String> cells =
        notebook.code().stream().filter(cell -> all || !annotations.isAnnotated(cell)).toList();
    return new SeedingStarter(starter, spec.directory(), cells);
  }

  /** Kernels for calls, each in its turn; none are in it yet. */
  KernelPool pool(KernelFactory factory) {
    return new KernelPool(dead -> {
      factory.kernels().remove(dead.id(), "it kept dying");
      return factory.startOwn(kernel());
    });
  }

  /** Adds what the notebook answers. */
  void addTo(Routes routes, KernelPool pool) throws IOException {
    Path files = settings.seed().files();
    new NotebookApi(notebook, annotations, pool, !settings.token().isEmpty())
        .addTo(
            routes,
            settings.seed().download(),
            files == null ? null : Contents.in(files, Options.defaults()));
  }
}
