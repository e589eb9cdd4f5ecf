// JupyterLab's own client library in Node. `services.cjs MODULES`, then one JSON object per line: see ../services.py.
"use strict";

const { createRequire } = require("node:module");
const { join } = require("node:path");
const { createInterface } = require("node:readline");

const library = createRequire(join(process.argv[2], "package.json"));
const { KernelAPI, KernelManager, KernelSpecManager, ServerConnection, SessionManager } = library("@jupyterlab/services");
const WebSocket = library("ws");

globalThis.console = new console.Console(process.stderr); // stdout has the answers
const PATIENCE = 60_000; // ms
const sockets = [];

/** A WebSocket that offers no subprotocol, as older versions of the library. */
class Plain extends WebSocket {
  constructor(url) {
    super(url);
    sockets.push(this);
  }
}

class Offering extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols);
    sockets.push(this);
  }
}

let session;
let answer = "";
const states = [];

/** Waits until the kernel is in a state, unless it was already. */
function until(...wanted) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`never ${wanted}: ${states}`)), PATIENCE);
    const look = () => {
      if (!wanted.includes(session.kernel.status)) return;
      session.kernel.statusChanged.disconnect(look);
      clearTimeout(late);
      resolve(session.kernel.status);
    };
    session.kernel.statusChanged.connect(look);
    look();
  });
}

/** What VS Code's Jupyter extension does until a remote kernel is ready; the WebSocket's subprotocol. */
async function open(url, token, plain) {
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: url,
    wsUrl: url.replace("http", "ws"),
    token,
    appendToken: true,
    WebSocket: plain ? Plain : Offering,
  });
  const kernelManager = new KernelManager({ serverSettings });
  const specs = new KernelSpecManager({ serverSettings });
  const sessions = new SessionManager({ serverSettings, kernelManager });
  await KernelAPI.listRunning(serverSettings);
  await Promise.all([sessions.ready, specs.ready]);
  await sessions.refreshRunning();
  session = await sessions.startNew(
    { path: `of-node-${process.pid}.ipynb`, name: "of-node", type: "notebook", kernel: { name: specs.specs.default } },
    { kernelConnectionOptions: { handleComms: true } },
  );
  session.kernel.statusChanged.connect((_, status) => states.push(status));
  await until("idle");
  await session.kernel.info;
  return sockets[0].protocol || "default";
}

/** Adds an iopub message to what was seen of a cell. */
function note(seen, { header, content }) {
  if (header.msg_type === "stream") {
    seen[content.name] += content.text;
  } else if (header.msg_type === "execute_result") {
    seen.result += content.data["text/plain"];
  } else if (header.msg_type === "display_data" && content.data["image/png"]) {
    seen.images.push(content.data["image/png"]);
  } else if (header.msg_type === "error") {
    Object.assign(seen, { error: content.ename, traceback: content.traceback.join("\n") });
  }
}

/** Runs a cell to its end; interrupts it at a text on stdout. */
async function run(code, interruptAt) {
  const seen = { stdout: "", stderr: "", result: "", images: [], error: "", traceback: "" };
  const future = session.kernel.requestExecute({ code, allow_stdin: true, stop_on_error: true });
  let wanted = interruptAt;
  let interrupted;
  future.onStdin = ({ header }) => session.kernel.sendInputReply({ status: "ok", value: answer }, header);
  future.onIOPub = (message) => {
    note(seen, message);
    if (wanted && seen.stdout.includes(wanted)) {
      wanted = "";
      interrupted = session.kernel.interrupt();
    }
  };
  await future.done;
  await interrupted;
  return seen;
}

/** Runs code that ends the kernel, and waits for the next one; the states until then. */
async function death(code) {
  states.length = 0;
  const future = session.kernel.requestExecute({ code });
  future.done.catch(() => {}); // the library cancels what a kernel that restarts was asked
  await until("autorestarting", "restarting", "dead");
  await until("idle");
  return `${states.join(" ")}, then ${(await run("6 * 7")).result}`;
}

/** Carries out one order. */
async function obey(order) {
  const content = { code: order.code, cursor_pos: order.code.length, detail_level: 0 };
  switch (order.do) {
    case "open":
      return { text: await open(order.code, order.answer, order.interrupt_at === "default") };
    case "run":
      answer = order.answer;
      return run(order.code, order.interrupt_at);
    case "restart":
      await session.kernel.restart();
      return { text: "" };
    case "complete":
      return { text: (await session.kernel.requestComplete(content)).content.matches.join(" ") };
    case "inspect":
      return { text: (await session.kernel.requestInspect(content)).content.data["text/plain"] };
    case "death":
      return { text: await death(order.code) };
    default:
      throw new Error(`unknown order ${order.do}`);
  }
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line)))}\n`);
  }
  await session.shutdown();
  process.exit(0); // its managers look for kernels as long as they live
}

main();
