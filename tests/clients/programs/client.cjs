// A Jupyter client on Node's zeromq package. `client.cjs MODULES CONNECTION_FILE`, then one JSON object per line: see
// ../driven.py.
"use strict";

const { createHmac, randomUUID } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { createInterface } = require("node:readline");
const { setTimeout: sleep } = require("node:timers/promises");

const [modules, connectionFile] = process.argv.slice(2);
const zmq = createRequire(join(modules, "package.json"))("zeromq");
const connection = JSON.parse(readFileSync(connectionFile, "utf8"));
const session = randomUUID();
const DELIMITER = "<IDS|MSG>";
const PATIENCE = 60_000; // ms

const address = (name) => `${connection.transport}://${connection.ip}:${connection[`${name}_port`]}`;
const signature = (parts) => {
  const hmac = createHmac("sha256", connection.key);
  parts.forEach((part) => hmac.update(part));
  return hmac.digest("hex");
};

const sockets = {};
for (const name of ["shell", "control", "stdin"]) {
  sockets[name] = new zmq.Dealer({ routingId: session, linger: 0 });
}
sockets.iopub = new zmq.Subscriber({ receiveHighWaterMark: 0, linger: 0 });
for (const [name, socket] of Object.entries(sockets)) {
  socket.connect(address(name));
}
sockets.iopub.subscribe();

/** Signs and sends a message; returns its msg_id. */
async function send(name, msgType, content, parent = {}) {
  const header = {
    msg_id: randomUUID(),
    session,
    username: "node",
    date: new Date().toISOString(),
    msg_type: msgType,
    version: "5.5",
  };
  const parts = [header, parent, {}, content].map((part) => JSON.stringify(part));
  await sockets[name].send([DELIMITER, signature(parts), ...parts]);
  return header.msg_id;
}

/** The next message of a channel. */
async function receive(name) {
  const frames = await sockets[name].receive();
  const start = frames.findIndex((frame) => frame.toString() === DELIMITER);
  const parts = frames.slice(start + 2, start + 6);
  if (frames[start + 1].toString() !== signature(parts)) {
    throw new Error(`a message on ${name} is not signed by the kernel`);
  }
  const [header, parent, , content] = parts.map((part) => JSON.parse(part.toString()));
  return { header, parent, content };
}

/** The content of the reply to a request. */
async function ask(name, msgType, content) {
  const asked = await send(name, msgType, content);
  for (;;) {
    const reply = await receive(name);
    if (reply.parent.msg_id === asked) return reply.content;
  }
}

let answer = "";

/** Answers every question for as long as the program runs. */
async function answerQuestions() {
  for (;;) {
    const question = await receive("stdin");
    await send("stdin", "input_reply", { value: answer }, question.header);
  }
}

/** Adds an iopub message to what was seen of a cell. */
function note(seen, msgType, content) {
  if (msgType === "stream") {
    seen[content.name] += content.text;
  } else if (msgType === "execute_result") {
    seen.result += content.data["text/plain"];
  } else if (msgType === "display_data" && content.data["image/png"]) {
    seen.images.push(content.data["image/png"]);
  } else if (msgType === "error") {
    Object.assign(seen, { error: content.ename, traceback: content.traceback.join("\n") });
  }
}

/** Runs a cell to its end; interrupts it at a text on stdout. */
async function run(code, interruptAt) {
  const seen = { stdout: "", stderr: "", result: "", images: [], error: "", traceback: "" };
  const request = { code, silent: false, store_history: true, allow_stdin: true, stop_on_error: true };
  const replied = ask("shell", "execute_request", request);
  let wanted = interruptAt;
  for (let idle = false; !idle; ) {
    const { header, content, parent } = await receive("iopub");
    if (parent.msg_type !== "execute_request") continue;
    note(seen, header.msg_type, content);
    idle = content.execution_state === "idle";
    if (wanted && seen.stdout.includes(wanted)) {
      wanted = "";
      await ask("control", "interrupt_request", {});
    }
  }
  await replied;
  return seen;
}

/** Whether the heartbeat comes back within a time in milliseconds. */
async function beats(patience) {
  const heart = new zmq.Request({ linger: 0, receiveTimeout: patience });
  heart.connect(address("hb"));
  try {
    await heart.send("ping");
    return (await heart.receive()).toString() === "ping";
  } catch (error) {
    if (error.code !== "EAGAIN") throw error;
    return false; // nothing came in time
  } finally {
    heart.close();
  }
}

/** Runs code that ends the kernel; what the heart tells then. */
async function death(code) {
  const alive = await beats(PATIENCE);
  await send("shell", "execute_request", { code, silent: false, allow_stdin: false });
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(50)) {
    if (!(await beats(1000))) return `heartbeat: ${alive}, then none`;
  }
  return "the heart beats on";
}

/** Carries out one order. */
async function obey(order) {
  const content = { code: order.code, cursor_pos: order.code.length, detail_level: 0 };
  switch (order.do) {
    case "run":
      answer = order.answer;
      return run(order.code, order.interrupt_at);
    case "complete":
      return { text: (await ask("shell", "complete_request", content)).matches.join(" ") };
    case "inspect":
      return { text: (await ask("shell", "inspect_request", content)).data["text/plain"] };
    case "death":
      return { text: await death(order.code) };
    default:
      throw new Error(`unknown order ${order.do}`);
  }
}

async function main() {
  await receive("iopub"); // iopub_welcome (JEP 65): from here on nothing is missed
  answerQuestions();
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line)))}\n`);
  }
  process.exit(0); // the loop that answers questions waits for ever
}

main();
