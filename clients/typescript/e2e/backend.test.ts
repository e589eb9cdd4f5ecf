import { Backend } from "@penstock/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TOKEN, URL_OF_SERVER } from "./target.js";

const backend = new Backend({ url: URL_OF_SERVER, token: TOKEN });
let out = "";
let err = "";

beforeAll(async () => {
  backend.onStdout((text) => (out += text));
  backend.onStderr((text) => (err += text));
  await backend.init();
});

afterAll(() => backend.terminate());

/** Starts a stream; what it told, once it has ended. */
function streaming<T>(expr: string, onData: (data: T) => void = () => {}): Promise<"done" | Error> {
  return new Promise((resolve) => {
    void backend.startStreaming<T>(expr, onData, () => resolve("done"), resolve);
  });
}

test("code, values and errors", async () => {
  expect(backend.getState()).toMatchObject({ initialized: true, loading: false, error: null });
  await backend.exec("import sys\nprint('out')\nprint('err', file=sys.stderr)\na = 2");
  expect([out, err]).toEqual(["out\n", "err\n"]);
  expect(await backend.evaluate("{'a': [a, None]}")).toEqual({ a: [2, null] });
  await expect(backend.exec("1 / 0")).rejects.toThrow(/division by zero\n(.|\n)*Traceback/);
});

test("a stream has every value, then its end", async () => {
  await backend.exec("numbers = iter(range(300))\ndef step():\n    n = next(numbers)\n    return {'result': n, 'done': n == 299}");
  const seen: number[] = [];
  expect(await streaming<{ result: number }>("step()", ({ result }) => seen.push(result))).toBe("done");
  expect(seen).toEqual(Array.from({ length: 299 }, (_, i) => i));
});

test("code during a stream, a stop with its last data, and code right after it", async () => {
  await backend.exec("import time\nk = 0\ndef tick():\n    time.sleep(0.005)\n    return {'result': [k], 'done': False}");
  const seen: number[] = [];
  let following: Promise<void> | undefined;
  const ended = streaming<{ result: [number] }>("tick()", ({ result: [k] }) => {
    seen.push(k);
    if (seen.length === 3) {
      void backend.execDuringStreaming("k = 9");
    }
    if (k === 9) {
      following ??= backend.stopStreaming().then(() => backend.exec("after = k"));
    }
  });
  expect(await ended).toBe("done");
  expect(backend.isStreaming()).toBe(false);
  await following;
  expect(seen).toContain(0);
  expect(await backend.evaluate("after")).toBe(9);
});

test("a second stream begins when the first has told its end; an error is told once", async () => {
  const order: string[] = [];
  const first = streaming("{'result': time.sleep(0.005)}").then((end) => order.push(`first ${String(end)}`));
  const second = streaming("1 / 0").then((end) => order.push(end instanceof Error ? "second failed" : "?"));
  await Promise.all([first, second]);
  expect(order).toEqual(["first done", "second failed"]);
});

test("an interrupt ends what runs; a worker that dies is replaced", async () => {
  let ended = false;
  const running = backend
    .exec("time.sleep(600)")
    .catch((error: Error) => error.message)
    .finally(() => (ended = true));
  while (!ended) {
    await backend.interrupt(); // the first may be there before the code
  }
  expect(await running).toMatch(/KeyboardInterrupt/);
  err = "";
  await expect(backend.exec("import os; os._exit(3)")).rejects.toThrow();
  expect(err).toContain("restarting on next request");
  expect(await backend.evaluate("'a' in globals()")).toBe(false);
});
