package dev.penstock.gateway.serve;

import dev.penstock.gateway.contents.Contents;
import dev.penstock.gateway.contents.Options;
import dev.penstock.gateway.foreign.ForeignSettings;
import dev.penstock.gateway.foreign.ForeignStarter;
import dev.penstock.gateway.http.Access;
import dev.penstock.gateway.http.ApiHandler;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.HttpServer;
import dev.penstock.gateway.http.Origins;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Culler;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.kernels.LifeStarter;
import dev.penstock.gateway.kernels.PenstockStarter;
import dev.penstock.gateway.kernels.StartRecipes;
import dev.penstock.gateway.logview.LogApi;
import dev.penstock.gateway.metrics.MetricsApi;
import dev.penstock.gateway.page.StatusPage;
import dev.penstock.gateway.page.StatusReport;
import dev.penstock.gateway.rest.Api;
import dev.penstock.gateway.specs.JupyterPath;
import dev.penstock.gateway.specs.KernelSpecs;
import dev.penstock.gateway.start.KernelStarter;
import dev.penstock.gateway.usage.KernelUsage;
import dev.penstock.gateway.websocket.Channels;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** A running server: REST and WebSocket over this gateway's kernels. Thread-safe. */
public final class Serving implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
  private static final Pattern CHANNELS = Pattern.compile("/api/kernels/([^/]+)/channels/?");
  private static final int LAST_PORT = 65_535;
  private static final Duration END_LIMIT = Duration.ofSeconds(4);

  /** A cell with a large upload is one message. */
  private static final long MAX_MESSAGE = 256L << 20;

  private final HttpServer http;
  private final Kernels kernels;
  private final Channels channels;
  private final ServerLogs logs;
  private final Culler culler;
  private final int port;

  private Serving(
      HttpServer http,
      Kernels kernels,
      Channels channels,
      ServerLogs logs,
      Culler culler,
      int port) {
    this.http = http;
    this.kernels = kernels;
    this.channels = channels;
    this.logs = logs;
    this.culler = culler;
    this.port = port;
  }

  /**
   * Starts a server.
   *
   * @param runtime the gateway's runtime directory
   * @throws IOException if it cannot listen there
   */
  public static Serving start(ObjectNode json, KernelStarter starter, ZmqRuntime zmq, Path runtime)
      throws IOException {
    ServeSettings settings = ServeSettings.of(json);
    KernelSpecs specs =
        new KernelSpecs(
            JupyterPath.of(settings.environment().base(), settings.prefix()),
            Set.of(),
            settings.defaultKernel(),
            settings.basePath());
    LifeStarter own = new PenstockStarter(starter, new StartRecipes(settings.python()));
    LifeStarter others =
        new ForeignStarter(
            new ForeignSettings(
                settings.tether(), Path.of(settings.python()), settings.prefix(), runtime),
            zmq);
    LifeStarter lives =
        (order, log) -> (order.spec().isPenstock() ? own : others).start(order, log);
    HttpServer http = new HttpServer(MAX_MESSAGE);
    Channels channels = new Channels(http.webSockets());
    int port = listen(http, settings);
    ServerLogs logs = ServerLogs.open(settings.state(), port, settings.socket(), runtime);
    Kernels kernels = new Kernels(lives, logs.store(), settings.maxKernels());
    Routes routes = new Routes();
    Api.addTo(
        routes,
        new Api.Parts(
            settings.basePath(),
            kernels,
            specs,
            settings.environment(),
            settings.root(),
            Contents.in(settings.root(), contentsOptions(settings)),
            settings.listKernels(),
            settings.kernelGateway()));
    Access access = new Access(settings.token(), "penstock-" + port);
    KernelUsage usage = new KernelUsage();
    new LogApi(kernels).addTo(routes);
    new MetricsApi(kernels, usage, settings.listKernels()).addTo(routes);
    new StatusPage(
            settings.basePath(), new StatusReport(kernels, usage, settings.listKernels()), access)
        .addTo(routes);
    Serving serving =
        new Serving(http, kernels, channels, logs, new Culler(kernels, settings.culling()), port);
    http.start(
        new ApiHandler(
            settings.basePath(),
            routes,
            access,
            origins(settings),
            serving::upgrade,
            settings.kernelGateway() ? 401 : 403,
            settings.maxBody()));
    LOG.atInfo().addKeyValue("port", port).log("serving");
    return serving;
  }

  private static Options contentsOptions(ServeSettings settings) {
    return Options.defaults()
        .withAllowHidden(settings.allowHidden())
        .withDeleteFullDirectories(true)
        .withUmask(settings.umask());
  }

  private static int listen(HttpServer http, ServeSettings settings) throws IOException {
    Path socket = settings.socket();
    if (socket != null) {
      http.listen(socket);
      return 0;
    }
    SslContextFactory.Server tls = Tls.of(settings.certificate(), settings.privateKey());
    for (int i = 0; ; i++) { // 0 is free at the first try, or the address is not ours
      try {
        return http.listen(settings.ip(), settings.port() + i, tls);
      } catch (IOException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        boolean taken = cause instanceof BindException;
        if (!taken || i >= settings.portRetries() || settings.port() + i >= LAST_PORT) {
          throw new IOException(
              "cannot listen on %s:%d: %s"
                  .formatted(
                      settings.ip(),
                      settings.port(),
                      cause instanceof UnresolvedAddressException
                          ? "no such host"
                          : cause.getMessage()),
              e);
        }
      }
    }
  }

  private static Origins origins(ServeSettings settings) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    Json.child(settings.cors(), "headers")
        .properties()
        .forEach(e -> headers.put(e.getKey(), e.getValue().asString("")));
    String pattern = Json.text(settings.cors(), "origin_pattern");
    return new Origins(
        settings.cors().path("origin").asString(""),
        pattern == null || pattern.isEmpty() ? null : pattern(pattern),
        headers);
  }

  private static Pattern pattern(String text) throws IOException {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IOException(
          "--allow-origin-pat is no regular expression: " + e.getDescription(), e);
    }
  }

  private boolean upgrade(String path, Request request, Response response, Callback callback)
      throws HttpException {
    Matcher match = CHANNELS.matcher(path);
    if (!match.matches()) {
      return false;
    }
    Fields query = Request.extractQueryParameters(request);
    return channels.upgrade(
        find(match.group(1)),
        query.getValue("session_id"),
        query.getValue("after"),
        request,
        response,
        callback);
  }

  private Kernel find(String id) throws HttpException {
    try {
      return kernels.find(id);
    } catch (KernelException e) {
      throw new HttpException(404, String.valueOf(e.getMessage()));
    }
  }

  /** The port that it listens on; 0 for a Unix-domain socket. */
  public int port() {
    return port;
  }

  /** Ends the server, and its kernels with it. */
  @Override
  public void close() {
    culler.close();
    channels.close();
    var _ =
        kernels
            .close("the server was stopped")
            .completeOnTimeout(null, END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
            .join();
    http.close();
    logs.close();
  }
}
