import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A call that a test's server got. */
export interface Got {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: unknown;
}

/** Answers one call. */
export type Answering = (got: Got, response: ServerResponse) => void;

/** A server of HTTP that answers as a test says, each call by the next function, the last of them for ever. */
export class Server {
  readonly got: Got[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((request, response) => this.answer(request, response));
  private readonly left: Answering[];

  constructor(...answers: Answering[]) {
    this.left = answers;
    this.server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) {
      socket.destroy();
    }
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const part of request) {
      text += part;
    }
    const got: Got = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
    this.got.push(got);
    const next = this.left.length > 1 ? this.left.shift() : this.left[0];
    next?.(got, response);
  }
}

/** Answers with JSON. */
export function json(body: unknown, status = 200): Answering {
  return (_, response) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  };
}

/** Answers with nothing. */
export function empty(status: number): Answering {
  return (_, response) => response.writeHead(status).end();
}

/** Answers with lines of JSON, and then cuts the connection, ends the answer, or goes silent. */
export function ndjson(then: "cut" | "end" | "silence", ...parts: (string | object)[]): Answering {
  return (_, response) => {
    response.writeHead(200, { "Content-Type": "application/x-ndjson" });
    const text = parts.map((part) => (typeof part === "string" ? part : `${JSON.stringify(part)}\n`)).join("");
    response.write(text, () => {
      if (then === "cut") {
        response.socket?.destroy();
      } else if (then === "end") {
        response.end();
      }
    });
  };
}

/** Cuts the connection without an answer. */
export const cut: Answering = (_, response) => response.socket?.destroy();

/** Runs a test against a server that answers so. */
export async function served<T>(answers: Answering[], test: (url: string, server: Server) => Promise<T>): Promise<T> {
  const server = new Server(...answers);
  const url = await server.listen();
  try {
    return await test(url, server);
  } finally {
    await server.close();
  }
}
