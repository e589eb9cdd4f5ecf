import { Backend, type BackendState } from "@penstock/client";
import { expect, test } from "vitest";
import { type Answering, json, served } from "./server.js";

const ready = json({ type: "ready", messages: [{ type: "stdout", value: "loaded\n" }, { type: "ready" }] });
const started = json({ status: "started", id: "x" });
const poll = (done: boolean, ...messages: object[]) => json({ messages, done });
const data = (value: string) => ({ type: "stream-data", value });
const done = { type: "stream-done" };

/** Answers by path; what a path answers last it answers for ever. */
function routes(table: Record<string, Answering[]>): Answering {
  return (got, response) => {
    const left = table[got.path.replace("/api/", "")] ?? [];
    const next = left.length > 1 ? left.shift() : left[0];
    (next ?? json({ error: "Not found" }, 404))(got, response);
  };
}

/** Streams; what the callbacks were called with, in order. */
async function streamed(url: string, act?: (backend: Backend) => Promise<void>): Promise<unknown[]> {
  const backend = new Backend({ url });
  const told: unknown[] = [];
  await backend.init();
  backend.onStdout((text) => told.push(text));
  let acted: Promise<void> | undefined;
  await new Promise<void>((resolve) => {
    const end = (what: string) => {
      told.push(what, backend.isStreaming());
      resolve();
    };
    const failed = (error: Error) => end(error.message);
    const starting = backend.startStreaming("step()", (value) => told.push(value), () => end("done"), failed);
    acted = starting.then(() => act?.(backend));
  });
  await acted;
  return told;
}

test("init is done once, is tried again after a failure, and tells its state", async () => {
  const failed = json({ type: "error", error: "no numpy" }, 500);
  await served([routes({ init: [failed, ready] })], async (url, server) => {
    const backend = new Backend({ url, session: "s", packages: [{ pip: "a", import: "a", required: true }] });
    const states: BackendState[] = [];
    let out = "";
    backend.subscribe((state) => states.push(state));
    backend.onStdout((text) => (out += text));
    const both = await Promise.allSettled([backend.init(), backend.init()]);
    expect(both.map((one) => one.status)).toEqual(["rejected", "rejected"]);
    expect([backend.isReady(), backend.isLoading(), backend.getError()]).toEqual([false, false, "no numpy"]);
    await Promise.all([backend.init(), backend.init()]);
    await backend.init();
    expect(server.got).toHaveLength(2);
    expect(server.got[1]?.headers["x-session-id"]).toBe("s");
    expect(server.got[1]?.body).toEqual({ packages: [{ pip: "a", import: "a", required: true }] });
    expect([backend.isReady(), out]).toEqual([true, "loaded\n"]);
    expect(states.map((state) => state.loading)).toEqual([false, true, false, true, false]);
  });
});

test("exec and evaluate check their answers and hand on what was written", async () => {
  const raised = json({ type: "error", error: "ValueError: no", traceback: "Trace", stdout: "b" }, 400);
  const table = {
    init: [ready],
    exec: [json({ type: "ok", stdout: "a", stderr: "e" }), raised, json({ type: "value" })],
    eval: [json({ type: "value", value: '{"a": [1]}' }), json({ type: "value" }), json([])],
  };
  await served([routes(table)], async (url) => {
    const backend = new Backend({ url });
    await backend.init();
    const said: string[] = [];
    backend.onStdout((text) => said.push(text));
    backend.onStderr((text) => said.push(text));
    await backend.exec("x");
    await expect(backend.exec("x")).rejects.toThrow("ValueError: no\nTrace");
    await expect(backend.exec("x")).rejects.toThrow(/not that of a server/);
    expect(said).toEqual(["a", "e", "b"]);
    expect(await backend.evaluate("x")).toEqual({ a: [1] });
    await expect(backend.evaluate("x")).rejects.toThrow(/not that of a server/);
    await expect(backend.evaluate("x")).rejects.toThrow(/is no object/);
  });
});

test("a worker that is gone is replaced by the next call", async () => {
  const gone = json({ type: "error", errorType: "worker-crashed", error: "Worker process died" }, 500);
  await served([routes({ init: [ready], exec: [gone, json({ type: "ok" })] })], async (url, server) => {
    const backend = new Backend({ url });
    let told = "";
    backend.onStderr((text) => (told += text));
    await expect(backend.exec("x")).rejects.toThrow("Worker process died");
    expect([backend.isReady(), told]).toEqual([false, "Python worker crashed, restarting on next request...\n"]);
    await backend.exec("x");
    expect(server.got.filter((got) => got.path === "/api/init")).toHaveLength(2);
  });
});

test("a stream: data in order with what is written, unknown messages ignored, then its end", async () => {
  const polls = [
    poll(false, { type: "stdout", value: "a" }, data('{"result": 1}'), { type: "news" }),
    poll(false),
    poll(true, data('{"result": 2}'), done),
  ];
  await served([routes({ init: [ready], "stream/start": [started], "stream/poll": polls })], async (url) => {
    expect(await streamed(url)).toEqual(["a", { result: 1 }, { result: 2 }, "done", false]);
  });
});

test("what an earlier stream left is not taken for this one's", async () => {
  const polls = [poll(true, { ...data("0"), id: "old" }, { ...done, id: "old" }), poll(true, data("1"), done)];
  await served([routes({ init: [ready], "stream/start": [started], "stream/poll": polls })], async (url) => {
    expect(await streamed(url)).toEqual([1, "done", false]);
  });
});

test("an error ends a stream once; a session that is gone ends it, too", async () => {
  const polls = [poll(true, { type: "error", error: "no", traceback: "T" }, done), poll(true)];
  await served([routes({ init: [ready], "stream/start": [started], "stream/poll": polls })], async (url) => {
    expect(await streamed(url)).toEqual(["no\nT", false]);
    expect(await streamed(url)).toEqual(["done", false]);
  });
});

test("a poll that is none is an error", async () => {
  for (const bad of [{ messages: "x", done: true }, { messages: [] }, { messages: [{ value: 1 }], done: false }]) {
    const table = { init: [ready], "stream/start": [started], "stream/poll": [json(bad)] };
    await served([routes(table)], async (url) => {
      expect((await streamed(url))[0]).toMatch(/stream\/poll is not that of a server/);
    });
  }
});

test("stop is settled when the server has said that the stream has ended", async () => {
  let stopped = false;
  const table: Record<string, Answering[]> = {
    init: [ready],
    "stream/start": [started],
    "stream/stop": [
      (got, response) => {
        stopped = true;
        json({ status: "stopped" })(got, response);
      },
    ],
    "stream/poll": [(got, response) => poll(stopped, ...(stopped ? [data("9"), done] : []))(got, response)],
  };
  await served([routes(table)], async (url) => {
    const seen: boolean[] = [];
    const told = await streamed(url, async (backend) => {
      seen.push(backend.isStreaming());
      await backend.stopStreaming();
      seen.push(backend.isStreaming());
    });
    expect(told).toEqual([9, "done", false]);
    expect(seen).toEqual([true, false]);
  });
});

test("a second start stops the first, whose end is told before", async () => {
  const calls: string[] = [];
  let asked = false;
  const note =
    (answer: () => Answering): Answering =>
    (got, response) => {
      calls.push(got.path.replace("/api/stream/", ""));
      answer()(got, response);
    };
  const stop = () => {
    asked = true;
    return json({ status: "stopped" });
  };
  const table = {
    init: [ready],
    "stream/start": [note(() => started)],
    "stream/stop": [note(stop)],
    "stream/poll": [(...call: Parameters<Answering>) => (asked ? poll(true, done) : poll(false))(...call)],
  };
  await served([routes(table)], async (url) => {
    const backend = new Backend({ url });
    const told: string[] = [];
    const fail = (error: Error) => told.push(error.message);
    await new Promise<void>((resolve) => {
      void backend.startStreaming("a", () => {}, () => told.push("a"), fail);
      void backend.startStreaming("b", () => {}, () => resolve(void told.push("b")), fail);
    });
    expect(told).toEqual(["a", "b"]);
    expect(calls).toEqual(["start", "stop", "start"]);
  });
});

test("a start that fails is an error of the stream, and the next one starts", async () => {
  const failing = json({ type: "error", error: "no" }, 500);
  const table = { init: [ready], "stream/start": [failing, started], "stream/poll": [poll(true, done)] };
  await served([routes(table)], async (url) => {
    expect(await streamed(url)).toEqual(["no", false]);
    expect(await streamed(url)).toEqual(["done", false]);
  });
});
