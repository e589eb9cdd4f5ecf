import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { URL_OF_SERVER } from "./target.js";

/** Passes connections on to the server, until they are cut. */
export class Proxy {
  cuts = 0;
  private readonly open = new Set<Socket>();
  private readonly server = createServer((near) => {
    const { hostname, port } = new URL(URL_OF_SERVER);
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.open.add(one);
      one.on("error", () => {}); // it was cut: its end follows
      one.on("close", () => {
        this.open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });

  /** Its own address. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${new URL(URL_OF_SERVER).pathname}`;
  }

  /** Ends all connections. */
  cut(): void {
    this.cuts++;
    for (const socket of this.open) {
      socket.destroy();
    }
  }

  close(): void {
    this.server.close();
    this.cut();
  }
}

/** Runs a test through a proxy. */
export async function proxied(test: (url: string, proxy: Proxy) => Promise<void>): Promise<void> {
  const proxy = new Proxy();
  try {
    await test(await proxy.listen(), proxy);
  } finally {
    proxy.close();
  }
}
