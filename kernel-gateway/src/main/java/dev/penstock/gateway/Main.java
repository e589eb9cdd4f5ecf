package dev.penstock.gateway;

import dev.penstock.gateway.runtime.GatewayLog;
import dev.penstock.gateway.runtime.RuntimeDirectory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The gateway's program: {@code gateway --dir <runtime directory> [--idle <seconds>] [--zygote-idle
 * <seconds>]}. People use the command {@code penstock}, which starts this when it is needed.
 */
public final class Main {
  private static final Duration DEFAULT_IDLE = Duration.ofMinutes(10);
  private static final Duration DEFAULT_ZYGOTE_IDLE = Duration.ofMinutes(30);

  private Main() {}

  /** Runs the program; exits with 2 for a wrong command line and 1 when the gateway cannot run. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.err));
  }

  private static int run(List<String> args, PrintStream err) {
    if (args.size() < 3 || !args.getFirst().equals("gateway") || !args.get(1).equals("--dir")) {
      err.println(
          "usage: gateway --dir DIRECTORY [--idle SECONDS] [--zygote-idle SECONDS];"
              + " people use the command 'penstock'");
      return 2;
    }
    try {
      RuntimeDirectory directory = RuntimeDirectory.check(Path.of(args.get(2)));
      GatewayLog.open(directory.logFile());
      new Gateway(directory, patience(args)).run(version());
      return 0;
    } catch (IOException e) {
      err.println("the gateway cannot run: " + e.getMessage());
      return 1;
    } catch (NumberFormatException e) {
      err.println("--idle and --zygote-idle take a number of seconds: " + e.getMessage());
      return 2;
    }
  }

  private static Gateway.Patience patience(List<String> args) {
    return new Gateway.Patience(
        seconds(args, "--idle", DEFAULT_IDLE), seconds(args, "--zygote-idle", DEFAULT_ZYGOTE_IDLE));
  }

  private static Duration seconds(List<String> args, String option, Duration otherwise) {
    int at = args.indexOf(option);
    return at > 0 && at + 1 < args.size()
        ? Duration.ofSeconds(Long.parseLong(args.get(at + 1)))
        : otherwise;
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
