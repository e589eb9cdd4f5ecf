import { type Output, Penstock, PythonError } from "@penstock/client";
import { expect, test, vi } from "vitest";
import { all, TOKEN, URL_OF_SERVER, withSession } from "./target.js";

const WITHIN = { timeout: 60_000 };

const said = (outputs: Output[], type: "stdout" | "stderr") =>
  outputs.map((output) => (output.type === type ? output.text : "")).join("");

test("a session is there until it is deleted", async () => {
  const penstock = new Penstock({ url: URL_OF_SERVER, token: TOKEN });
  const session = await penstock.createSession({ env: { KERNEL_USERNAME: "ada" } });
  expect((await penstock.sessions()).map((model) => model.id)).toContain(session.id);
  expect(await session.get()).toMatchObject({ id: session.id, executions: 0 });
  expect(await session.evaluate("__import__('os').environ['KERNEL_USERNAME']")).toBe("ada");
  await session.delete();
  await expect(session.get()).rejects.toMatchObject({ status: 404 });
});

test("a cell's outputs come while it runs, and can be read again", () =>
  withSession(async (session) => {
    const code = "import sys\nprint('one')\nprint('two', file=sys.stderr)\ndisplay(1)\ninput('go? ')";
    const execution = await session.execute(code, { allowStdin: true });
    const seen: string[] = [];
    for await (const output of execution) {
      seen.push(output.type);
      if (output.type === "input_request") {
        expect(output.content).toMatchObject({ prompt: "go? " });
        await execution.answer("yes");
      }
    }
    expect(seen).toEqual(["stdout", "stderr", "display_data", "input_request", "execute_result", "exit"]);
    const again = await all(session.execution(execution.id).outputs());
    expect([said(again, "stdout"), said(again, "stderr")]).toEqual(["one\n", "two\n"]);
    const result = await execution.result<{ data: Record<string, string> }>();
    expect(result.data["text/plain"]).toBe("'yes'");
    const last = again.at(-1);
    expect(last).toMatchObject({ type: "exit", exit: { state: "ok" } });
    expect(await all(execution.outputs({ from: (last as { seq: number }).seq + 1 }))).toEqual([]);
  }));

test("values, errors and time limits of Python", () =>
  withSession(async (session) => {
    await session.run("a = 6");
    const value = await session.evaluate<{ n: number; list: (number | null)[] }>("{'n': a * 7, 'list': [float('nan'), 1]}");
    expect(value).toEqual({ n: 42, list: [null, 1] });
    const error = await session.evaluate("1 / 0").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PythonError);
    expect(error).toMatchObject({ ename: "ZeroDivisionError", evalue: "division by zero" });
    await expect(session.run("import time; time.sleep(60)", { timeoutMs: 200 })).rejects.toMatchObject({
      ename: "TimeoutError",
    });
    expect(await session.variable("a")).toBe(6);
    expect((await session.variables()).map((variable) => variable.name)).toContain("a");
  }));

test("an interrupt ends what runs, a cancellation what waits", () =>
  withSession(async (session) => {
    const running = await session.execute("import time\nprint('runs')\ntime.sleep(600)");
    const waiting = await session.execute("never = 1", { mode: "exec" });
    for await (const output of running) {
      if (output.type === "stdout") {
        await waiting.cancel();
        await running.interrupt();
      }
    }
    await expect(running.result()).rejects.toMatchObject({ ename: "KeyboardInterrupt" });
    await expect(waiting.result()).rejects.toMatchObject({ ename: "Cancelled" });
    await expect(session.variable("never")).rejects.toMatchObject({ status: 404 });
  }));

test("the same key starts code once", () =>
  withSession(async (session) => {
    const options = { mode: "exec", key: "once" } as const;
    const ids = [];
    for (let i = 0; i < 2; i++) {
      const execution = await session.execute("n = globals().get('n', 0) + 1", options);
      await execution.result();
      ids.push(execution.id);
    }
    expect(ids[0]).toBe(ids[1]);
    expect(await session.evaluate("n")).toBe(1);
  }));

test("a signal ends the waiting and not the code", () =>
  withSession(async (session) => {
    const stop = new AbortController();
    const waiting = session.run("input('go? '); done = True", { allowStdin: true, signal: stop.signal });
    const ended = expect(waiting).rejects.toThrow("enough");
    const id = await vi.waitFor(async () => (await session.executions())[0]!.id, WITHIN);
    stop.abort(new Error("enough"));
    await ended;
    await vi.waitFor(() => session.execution(id).answer(""), WITHIN);
    expect(await session.evaluate("done")).toBe(true);
  }));

test("names, files and a new process", () =>
  withSession(async (session) => {
    await session.run("word = 'x'");
    expect((await session.complete("wo")).matches).toContain("word");
    expect((await session.inspect("word")).found).toBe(true);
    const name = `ä ${session.id}.bin`;
    await session.writeFile(name, Uint8Array.of(0, 255, 10));
    expect([...(await session.readFile(name))]).toEqual([0, 255, 10]);
    await session.deleteFile(name);
    await expect(session.readFile(name)).rejects.toMatchObject({ status: 404 });
    await session.restart();
    await expect(session.evaluate("word")).rejects.toMatchObject({ ename: "NameError" });
  }));
