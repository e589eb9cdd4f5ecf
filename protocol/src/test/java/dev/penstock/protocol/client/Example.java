package dev.penstock.protocol.client;

import java.nio.file.Path;

/** Runs a cell in the kernel of a connection file: {@code java ... Example kernel.json}. */
final class Example {

  private Example() {}

  public static void main(String[] args) throws Exception {
    try (KernelClient kernel = KernelClient.connect(Path.of(args[0]))) {
      for (Output output : kernel.execute("print(6 * 7)")) {
        if (output instanceof Output.Stream stream) {
          IO.print(stream.text());
        }
      }
    }
  }
}
