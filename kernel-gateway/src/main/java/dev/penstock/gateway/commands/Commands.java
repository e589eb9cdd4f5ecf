package dev.penstock.gateway.commands;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.log.LogStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * All commands of a server: those that run, and the latest of those that have ended. Thread-safe.
 */
public final class Commands implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

  /** Commands that may run at a time. */
  private static final int MOST_RUNNING = 256;

  /** Commands that are remembered, running ones among them. */
  private static final int MOST = 512;

  private static final Duration END_LIMIT = Duration.ofSeconds(4);

  private final CommandSettings settings;
  private final CommandLogs logs;
  private final OrderReader reader;
  private final Map<String, CompletableFuture<Command>> commands = new LinkedHashMap<>();
  private boolean closed;

  /**
   * No commands yet.
   *
   * @param logs keeps what they say; theirs alone, and closed with them
   */
  public Commands(CommandSettings settings, LogStore logs) {
    this.settings = settings;
    this.logs = new CommandLogs(logs, CommandLogs.PATIENCE);
    this.reader = new OrderReader(settings);
  }

  /**
   * A command that was asked for.
   *
   * @param isNew false if it had been asked for before, under the same id
   */
  record Started(Command command, boolean isNew) {}

  /**
   * Starts a command and returns when it runs; the one of this id if it was asked for before, in
   * the same words.
   *
   * @throws HttpException if it may not be run, or cannot
   */
  Started start(ObjectNode asked) throws HttpException {
    CommandOrder order = reader.read(asked);
    CompletableFuture<Command> mine = new CompletableFuture<>();
    CompletableFuture<Command> before = reserve(order.id(), mine);
    if (before != null) {
      Command command = started(before);
      if (!command.order().asked().equals(order.asked())) {
        throw new HttpException(409, "There is another command with the id " + order.id());
      }
      return new Started(command, false);
    }
    try {
      Command command = begin(order);
      mine.complete(command);
      if (isClosed()) {
        command.end("deleted"); // it came too late to be ended with the others
      }
      return new Started(command, true);
    } catch (IOException e) {
      // No such program, no more processes, a full disk.
      boolean _ = forget(order.id(), mine);
      throw failed(mine, 400, "The command cannot be started: " + e.getMessage());
    } finally {
      if (!mine.isDone()) {
        // Its log was closed meanwhile, or this failed: whoever waits must not wait for ever, and
        // whoever asks again must not get this again.
        HttpException _ = failed(mine, 503, "The command was not started: ask again");
        boolean _ = forget(order.id(), mine);
      }
    }
  }

  private Command begin(CommandOrder order) throws IOException {
    CommandLog log = logs.open(order.id());
    boolean done = false;
    try {
      Command command = new Command(order, settings, log);
      done = true;
      return command;
    } finally {
      if (!done) {
        logs.delete(log);
      }
    }
  }

  private static HttpException failed(CompletableFuture<Command> mine, int status, String message) {
    HttpException failure = new HttpException(status, message);
    mine.completeExceptionally(failure);
    return failure;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized @Nullable CompletableFuture<Command> reserve(
      String id, CompletableFuture<Command> mine) throws HttpException {
    CompletableFuture<Command> before = commands.get(id);
    if (before != null) {
      return before;
    }
    if (closed) {
      throw new HttpException(503, "The server is stopping");
    }
    if (commands.values().stream().filter(one -> !isOver(one)).count() >= MOST_RUNNING) {
      throw new HttpException(429, "There are " + MOST_RUNNING + " commands, the most at a time");
    }
    commands.put(id, mine);
    Iterator<CompletableFuture<Command>> oldest = commands.values().iterator();
    while (commands.size() > MOST && oldest.hasNext()) {
      CompletableFuture<Command> one = oldest.next();
      if (isOver(one)) {
        oldest.remove();
        one.join().discardFrom(logs);
      }
    }
    return null;
  }

  private static boolean isOver(CompletableFuture<Command> one) {
    Command command = one.isCompletedExceptionally() ? null : one.getNow(null);
    return command != null && command.isOver();
  }

  private static Command started(CompletableFuture<Command> one) throws HttpException {
    try {
      return one.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof HttpException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /**
   * The command with this id.
   *
   * @throws HttpException 404 if there is none
   */
  Command find(String id) throws HttpException {
    return started(future(id));
  }

  private CompletableFuture<Command> future(String id) throws HttpException {
    CompletableFuture<Command> found;
    synchronized (this) {
      found = commands.get(id);
    }
    if (found == null) {
      throw new HttpException(404, "There is no command with this id");
    }
    return found;
  }

  /** Commands in the order in which they were asked for, without those that are being started. */
  List<Command> all() {
    List<Command> all = new ArrayList<>();
    for (CompletableFuture<Command> one : snapshot()) {
      Command command = one.isCompletedExceptionally() ? null : one.getNow(null);
      if (command != null) {
        all.add(command);
      }
    }
    return all;
  }

  private synchronized List<CompletableFuture<Command>> snapshot() {
    return List.copyOf(commands.values());
  }

  /**
   * Ends a command and forgets it; returns when its process is gone. Who watches it is still told
   * the rest, and how it ended.
   */
  void remove(String id) throws HttpException {
    CompletableFuture<Command> found = future(id);
    Command command = started(found);
    command.end("deleted");
    Exit _ = command.over().join();
    if (forget(id, found)) {
      command.discardFrom(logs);
    }
  }

  /** Forgets this one: there may be a new one of its id, if somebody else has forgotten it. */
  private synchronized boolean forget(String id, CompletableFuture<Command> one) {
    return commands.remove(id, one);
  }

  /** Ends all commands and takes no new ones. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    List<Command> all = all();
    all.forEach(command -> command.end("deleted"));
    CompletableFuture<?>[] ends =
        all.stream().map(Command::over).toArray(CompletableFuture<?>[]::new);
    var _ =
        CompletableFuture.allOf(ends)
            .completeOnTimeout(null, END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
            .join();
    LOG.atDebug().addKeyValue("count", all.size()).log("commands ended");
    logs.close();
  }
}
