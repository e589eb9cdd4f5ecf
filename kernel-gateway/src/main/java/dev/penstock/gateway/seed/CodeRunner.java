package dev.penstock.gateway.seed;

import dev.penstock.gateway.session.CodeClient;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Request;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** A client of the server's own: runs code in a kernel, one piece at a time. For one thread. */
public final class CodeRunner {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int BATCH = 64;

  private final Predicate<Request> submit;
  private final OutputLog log;
  private final BooleanSupplier ended;
  private final CodeClient client = new CodeClient("penstock");

  /**
   * A client of a kernel.
   *
   * @param submit takes requests; false when the kernel has ended
   * @param log all that it says
   * @param ended whether it will say no more
   */
  public CodeRunner(Predicate<Request> submit, OutputLog log, BooleanSupplier ended) {
    this.submit = submit;
    this.log = log;
    this.ended = ended;
  }

  /** Runs code as a cell of a notebook that asks nobody for input; returns when it is through. */
  public RunResult run(String code) throws InterruptedException {
    Request request = client.execute(code);
    RunOutput output = new RunOutput(request.header().msgId());
    long next = log.next();
    if (!submit.test(request)) {
      output.fail("DeadKernelError: the kernel has ended");
      return output.result();
    }
    while (!output.isComplete()) {
      boolean last = ended.getAsBoolean();
      OutputLog.Slice slice = log.read(next, BATCH);
      if (slice.first() > next) {
        output.fail("OutputLost: the kernel said more than its log can keep");
      }
      slice.entries().forEach(logged -> output.take(logged.entry()));
      next = slice.next();
      if (slice.entries().isEmpty()) {
        if (last) {
          output.fail("DeadKernelError: the kernel has ended");
          return output.result();
        }
        boolean _ = log.await(next, LOOK);
      }
    }
    return output.result();
  }
}
