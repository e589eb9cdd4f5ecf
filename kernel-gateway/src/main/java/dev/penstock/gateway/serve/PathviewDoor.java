package dev.penstock.gateway.serve;

import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.kernels.LifeOrder;
import dev.penstock.gateway.pathview.PathviewApi;
import dev.penstock.gateway.pathview.PathviewSessions;
import dev.penstock.gateway.pathview.PathviewSettings;
import dev.penstock.gateway.pathview.SessionKernels;
import dev.penstock.gateway.pathview.Site;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** PathView's API and its page, as a server's settings want them. Thread-safe. */
final class PathviewDoor implements AutoCloseable {
  private final PathviewSettings settings;
  private final SessionKernels kernels;
  private final PathviewSessions sessions;
  private final @Nullable Site site;

  private PathviewDoor(PathviewSettings settings, SessionKernels kernels, @Nullable Site site) {
    this.settings = settings;
    this.kernels = kernels;
    this.sessions = new PathviewSessions(kernels, settings);
    this.site = site;
  }

  /**
   * The door; null if the settings want none.
   *
   * @throws IOException if its site cannot be read
   */
  static @Nullable PathviewDoor of(ServeSettings server, Kernels kernels) throws IOException {
    PathviewSettings settings = server.pathview();
    if (settings == null) {
      return null;
    }
    Path directory = settings.site();
    Site site = directory == null ? null : new Site(directory);
    SessionKernels started =
        new SessionKernels(kernels, server.root(), settings.env(), settings.python());
    return new PathviewDoor(settings, started, site);
  }

  /** Whether nothing else may be served. */
  boolean isAlone() {
    return settings.alone();
  }

  /** What a session's kernel is started with. */
  LifeOrder ordinary() {
    return kernels.order("any");
  }

  /** Adds what goes before the routes of others. */
  void addFirst(Routes routes) {
    new PathviewApi(sessions).addTo(routes);
    if (site != null) {
      site.addPage(routes);
    }
  }

  /** Adds what answers when nothing else does. */
  void addLast(Routes routes) {
    if (site != null) {
      site.addRest(routes);
    }
  }

  @Override
  public void close() {
    sessions.close();
  }
}
