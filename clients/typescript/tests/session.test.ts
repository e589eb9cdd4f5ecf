import { ConnectionError, Penstock, PythonError } from "@penstock/client";
import { expect, test } from "vitest";
import { cut, empty, json, served } from "./server.js";

const model = (more: object) => ({ id: "e 1", session_id: "s", state: "ok", result: null, error: null, ...more });

test("an evaluation's value; what takes longer is waited for", async () => {
  const answers = [json(model({ state: "running" }), 202), json(model({ state: "asking" })), json(model({ result: [6] }))];
  await served(answers, async (url, server) => {
    const value = await new Penstock({ url: `${url}base` }).session("s/1").evaluate<number[]>("x", { timeoutMs: 1500 });
    expect(value).toEqual([6]);
    expect(server.got[0]).toMatchObject({ method: "POST", path: "/base/api/v1/sessions/s%2F1/executions" });
    expect(server.got[0]?.body).toEqual({ code: "x", mode: "eval", wait_s: 20, timeout_s: 1.5 });
    expect(server.got[2]?.path).toBe("/base/api/v1/sessions/s%2F1/executions/e%201?wait_s=20");
  });
});

test("code is sent again with the same key when the answer is lost", async () => {
  await served([json({}), cut, json(model({}))], async (url, server) => {
    const session = new Penstock({ url }).session("s");
    await session.get();
    await session.execute("x = 1");
    const [, ...keys] = server.got.map((got) => got.headers["idempotency-key"]);
    expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(keys[1]).toBe(keys[0]);
  });
});

test("a session is asked for again with the same key when the answer is lost", async () => {
  await served([json([]), cut, json({ id: "s" }, 201), json({ id: "t" }, 201)], async (url, server) => {
    const penstock = new Penstock({ url });
    await penstock.sessions();
    expect((await penstock.createSession({ cwd: "below" })).id).toBe("s");
    expect((await penstock.createSession({ key: "mine" })).id).toBe("t");
    const [, first, again, own] = server.got;
    expect(again?.headers["idempotency-key"]).toBe(first?.headers["idempotency-key"]);
    expect(again?.body).toEqual({ cwd: "below" });
    expect([own?.headers["idempotency-key"], own?.body]).toEqual(["mine", {}]);
  });
});

test("what cannot be repeated is not", async () => {
  await served([cut], async (url, server) => {
    const session = new Penstock({ url }).session("s");
    await expect(session.interrupt()).rejects.toBeInstanceOf(ConnectionError);
    await expect(session.execution("e").answer("x")).rejects.toThrow(/is the server running/);
    expect(server.got).toHaveLength(2);
  });
});

test("an error of Python is thrown, with its traceback", async () => {
  const error = { ename: "ZeroDivisionError", evalue: "division by zero", traceback: ["a", "b"] };
  await served([json(model({ state: "error", error })), json(model({ state: "cancelled" }))], async (url) => {
    const session = new Penstock({ url }).session("s");
    const thrown = await session.run("1/0").catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(PythonError);
    expect(thrown).toMatchObject({ ...error, message: "ZeroDivisionError: division by zero" });
    await expect(session.run("x")).rejects.toThrow("cancelled");
  });
});

test("errors of the server say what it says, or the status of a proxy", async () => {
  await served([json({ message: "at most 3 kernels", reason: "x" }, 429), json("<html>", 500)], async (url) => {
    const penstock = new Penstock({ url });
    await expect(penstock.createSession()).rejects.toMatchObject({ status: 429, message: "at most 3 kernels" });
    await expect(penstock.createSession()).rejects.toThrow("500 Internal Server Error");
  });
});

test("a signal ends the waiting, also between tries", async () => {
  await served([json({}), cut], async (url) => {
    const session = new Penstock({ url }).session("s");
    await session.get();
    const waiting = session.execution("e").wait(AbortSignal.timeout(50));
    await expect(waiting).rejects.toMatchObject({ name: "TimeoutError" });
  });
});

test("a server that was never there is not waited for", async () => {
  await served([cut], async (url, server) => {
    await expect(new Penstock({ url }).sessions()).rejects.toThrow(/is the server running/);
    expect(server.got).toHaveLength(1);
  });
});

test("names of files are parts of the path", async () => {
  await served([empty(204)], async (url, server) => {
    await new Penstock({ url }).session("s").deleteFile("a b/ü?.csv");
    expect(server.got[0]?.path).toBe("/api/v1/sessions/s/files/a%20b/%C3%BC%3F.csv");
  });
});

test("without a page there is no address by itself", () => {
  expect(() => new Penstock()).toThrow(/url is missing/);
});
