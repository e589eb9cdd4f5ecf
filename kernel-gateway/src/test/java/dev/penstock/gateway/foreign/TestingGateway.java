package dev.penstock.gateway.foreign;

import dev.penstock.gateway.kernels.Life;
import dev.penstock.gateway.session.MemoryOutputLog;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.nio.file.Path;
import java.util.Map;

/** A program that starts a kernel, tells its process id and waits to be killed. */
final class TestingGateway {
  private TestingGateway() {}

  /** Arguments: the runtime directory, the kernel's script. */
  public static void main(String[] args) throws Exception {
    TestingKernels kernels = new TestingKernels(Path.of(args[0]));
    Life life =
        kernels
            .starter(new ZmqRuntime())
            .start(
                kernels.order("\"" + args[1] + "\", \"{connection_file}\"", "", Map.of()),
                new MemoryOutputLog(1 << 20));
    System.out.println(life.pid());
    life.ended().join();
  }
}
