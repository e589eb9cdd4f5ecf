package dev.penstock.gateway.serve;

import dev.penstock.gateway.commands.CommandSockets;
import dev.penstock.gateway.commands.Commands;
import dev.penstock.gateway.commands.CommandsApi;
import dev.penstock.gateway.contents.Contents;
import dev.penstock.gateway.contents.Options;
import dev.penstock.gateway.demo.DemoPage;
import dev.penstock.gateway.environments.Environments;
import dev.penstock.gateway.environments.EnvironmentsApi;
import dev.penstock.gateway.environments.Jobs;
import dev.penstock.gateway.foreign.ForeignSettings;
import dev.penstock.gateway.foreign.ForeignStarter;
import dev.penstock.gateway.http.Access;
import dev.penstock.gateway.http.ApiHandler;
import dev.penstock.gateway.http.Gate;
import dev.penstock.gateway.http.Hosts;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.HttpServer;
import dev.penstock.gateway.http.LastCall;
import dev.penstock.gateway.http.Origins;
import dev.penstock.gateway.http.Peers;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.kernels.LifeStarter;
import dev.penstock.gateway.kernels.PenstockStarter;
import dev.penstock.gateway.kernels.StartRecipes;
import dev.penstock.gateway.logview.LogApi;
import dev.penstock.gateway.metrics.MetricsApi;
import dev.penstock.gateway.notebook.KernelPool;
import dev.penstock.gateway.openapi.SpecApi;
import dev.penstock.gateway.orphans.Documents;
import dev.penstock.gateway.orphans.OrphanedOutputs;
import dev.penstock.gateway.page.StatusPage;
import dev.penstock.gateway.page.StatusReport;
import dev.penstock.gateway.rest.Api;
import dev.penstock.gateway.rest.HealthApi;
import dev.penstock.gateway.rest.KernelFactory;
import dev.penstock.gateway.rpc.RpcApi;
import dev.penstock.gateway.specs.JupyterPath;
import dev.penstock.gateway.specs.KernelSpecs;
import dev.penstock.gateway.start.KernelStarter;
import dev.penstock.gateway.usage.KernelUsage;
import dev.penstock.gateway.v1.Parts;
import dev.penstock.gateway.v1.V1Api;
import dev.penstock.gateway.websocket.Channels;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** A server: an API over this gateway's kernels. Thread-safe. */
final class Serving implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
  private static final Pattern CHANNELS = Pattern.compile("/api/kernels/([^/]+)/channels/?");

  private final ServeSettings settings;
  private final HttpServer http;
  private final Channels channels;
  private final KernelSpecs specs;
  private final @Nullable Seeding seeding;
  private final Origins origins;
  private final int port;
  private final Estate estate;
  private final Kernels kernels;
  private final KernelFactory factory;
  private final Commands commands;
  private final CommandSockets commandSockets;
  private final Jobs environmentJobs;
  private final @Nullable PathviewDoor pathview;
  private final PenstockStarter own;

  /**
   * A server that listens, and answers nobody yet.
   *
   * @param runtime the gateway's runtime directory
   * @param left what a server at this address left for this one; null if there was none
   * @throws IOException if it cannot be as it should
   */
  Serving(
      ObjectNode json, KernelStarter starter, ZmqRuntime zmq, Path runtime, @Nullable Estate left)
      throws IOException {
    settings = ServeSettings.of(json);
    http = new HttpServer(settings.limits());
    specs =
        new KernelSpecs(
            JupyterPath.of(settings.environment().base(), settings.prefix()),
            Set.of(),
            settings.preferredKernel(),
            settings.basePath());
    if (!settings.forcedKernel().isEmpty() && specs.find(settings.forcedKernel()).isEmpty()) {
      throw new IOException(
          "there is no kernelspec %s, which --force-kernel-name names: see jupyter kernelspec list"
              .formatted(settings.forcedKernel()));
    }
    seeding = Seeding.of(settings, specs);
    origins = Cors.origins(settings);
    own = new PenstockStarter(starter, new StartRecipes(settings.python()));
    LifeStarter plain = starter(settings, own, zmq, runtime);
    LifeStarter lives = seeding == null ? plain : seeding.over(plain);
    port = Listeners.listen(http, settings);
    if (left == null) {
      estate = Estate.begin(settings, lives, port, runtime);
    } else {
      estate = left.with(settings.culling());
      left.kernels().renew(lives, settings.maxKernels());
    }
    kernels = estate.kernels();
    environmentJobs = new Jobs(settings.environments());
    channels = new Channels(http.webSockets(), estate.clients(), settings.rules());
    commands = new Commands(settings.commands(runtime), estate.logs().openCommands());
    commandSockets = new CommandSockets(http.webSockets(), commands);
    factory =
        new KernelFactory(
            kernels,
            specs,
            new Environments(settings.environments()),
            settings.environment(),
            settings.root(),
            settings.forcedKernel());
    pathview = PathviewDoor.of(settings, kernels);
  }

  private static LifeStarter starter(
      ServeSettings settings, LifeStarter own, ZmqRuntime zmq, Path runtime) {
    LifeStarter others =
        new ForeignStarter(
            new ForeignSettings(
                settings.tether(), Path.of(settings.python()), settings.prefix(), runtime),
            zmq);
    return (order, log) -> (order.spec().isPenstock() ? own : others).start(order, log);
  }

  /**
   * Starts the kernels that run from the beginning, then answers. Whoever calls meanwhile waits.
   *
   * @throws IOException if one of them does not start
   */
  void begin() throws IOException {
    Access access = new Access(settings.token(), "penstock-" + port);
    Routes routes = new Routes();
    if (pathview != null) {
      pathview.addFirst(routes);
    }
    boolean alone = pathview != null && pathview.isAlone();
    if (!alone) {
      HealthApi.addTo(routes);
    }
    KernelUsage usage = new KernelUsage();
    LastCall lastCall = new LastCall();
    ApiHandler.Upgrades upgrades = this::upgrade;
    if (seeding != null && settings.seed().answersCalls()) {
      KernelPool pool = seeding.pool(factory);
      seeding.addTo(routes, pool);
      pool.add(prespawn(Math.max(1, settings.prespawn())));
      upgrades = (_, _, _, _) -> false;
    } else if (alone) {
      upgrades = (_, _, _, _) -> false;
      estate.culler().start();
    } else {
      addJupyter(routes, access, usage, lastCall);
      List<Kernel> _ = prespawn(settings.prespawn() - kernels.all().size());
      estate.culler().start();
    }
    if (!alone) {
      new MetricsApi(kernels, usage, settings.listKernels()).addTo(routes);
    }
    if (pathview != null) {
      pathview.addLast(routes);
    }
    http.start(
        new ApiHandler(
            settings.basePath(),
            routes,
            new Gate(
                alone && settings.socket() == null ? Peers.ownOnly() : Peers.anybody(),
                hosts(),
                origins,
                access,
                settings.kernelGateway() ? 401 : 403),
            upgrades,
            settings.limits(),
            lastCall));
    LOG.atInfo().addKeyValue("port", port).log("serving");
    WarmUp.begin(own, pathview == null ? () -> factory.ordinary(null) : pathview::ordinary);
  }

  private List<Kernel> prespawn(int count) throws IOException {
    return Prespawn.start(factory, seeding == null ? null : seeding.kernel(), count);
  }

  private Hosts hosts() {
    return settings.socket() == null
        ? Hosts.of(settings.allowRemote(), settings.ip(), settings.localHostnames())
        : Hosts.any();
  }

  private void addJupyter(Routes routes, Access access, KernelUsage usage, LastCall lastCall)
      throws IOException {
    Options options =
        Options.defaults()
            .withAllowHidden(settings.allowHidden())
            .withDeleteFullDirectories(true)
            .withUmask(settings.umask());
    Contents contents =
        Contents.in(
            settings.root(), options.withSignatures(settings.state().resolve("trusted-notebooks")));
    Documents documents =
        Api.addTo(
            routes,
            new Api.Parts(
                settings.basePath(),
                factory,
                estate.sessions(),
                specs,
                settings.root(),
                contents,
                settings.listKernels(),
                !settings.rules().areStrict(),
                lastCall,
                settings.kernelGateway()));
    estate.save(settings.saveOrphaned() ? new OrphanedOutputs(documents, contents) : null);
    new CommandsApi(settings.basePath(), commands).addTo(routes);
    new EnvironmentsApi(settings.basePath(), settings.environments().allowed(), environmentJobs)
        .addTo(routes);
    V1Api.addTo(
        routes,
        new Parts(
            settings.basePath(),
            factory,
            estate.api(),
            settings.root(),
            options,
            estate.logs().openTables(),
            settings.listKernels(),
            settings.rules()));
    new DemoPage(settings.basePath()).addTo(routes);
    new LogApi(kernels, settings.rules().tracebacks()).addTo(routes);
    new StatusPage(
            settings.basePath(), new StatusReport(kernels, usage, settings.listKernels()), access)
        .addTo(routes);
    new RpcApi(kernels, specs, estate.tasks(), settings.rpc()).addTo(routes);
    new SpecApi(settings.basePath(), routes).addTo();
  }

  private boolean upgrade(String path, Request request, Response response, Callback callback)
      throws HttpException {
    Matcher match = CHANNELS.matcher(path);
    if (!match.matches()) {
      return commandSockets.upgrade(path, request, response, callback);
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
  int port() {
    return port;
  }

  /** Ends the server, but nothing of what the next one at this address can go on with. */
  Estate leave() {
    channels.close();
    commands.close();
    environmentJobs.close();
    http.close();
    if (pathview != null) {
      pathview.close();
    }
    return estate;
  }

  /** Ends the server, and its kernels with it. */
  @Override
  public void close() {
    // Before clients are let go: they come again, and what ends with the server is not theirs.
    estate.save(null);
    channels.close();
    commands.close();
    environmentJobs.close();
    if (pathview != null) {
      pathview.close();
    }
    estate.endKernels();
    http.close();
    estate.logs().close();
  }
}
