import { type Output, Penstock, PythonError } from "@penstock/client";
import { expect, test } from "vitest";
import { cut, empty, json, ndjson, served } from "./server.js";

const time = "2026-01-01T00:00:00Z";
const text = (seq: number, said: string) => ({ seq, time, stream: "stdout", text: said });
const exit = (seq: number, more: object = {}) => ({
  seq,
  time,
  exit: { state: "ok", elapsed: 0.1, reason: null, ename: null, evalue: null, ...more },
});

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of from) {
    found.push(one);
  }
  return found;
}

function execution(url: string, giveUpMs = 5000, silenceMs = 5000) {
  return new Penstock({ url, token: "t", giveUpMs, silenceMs }).session("s").execution("e");
}

test("every kind of output is told apart", async () => {
  const said = [
    text(3, "a"),
    { seq: 4, time, stream: "stderr", text: "b" },
    "\n",
    { seq: 5, time, value: { result: 1 } },
    { seq: 6, time, type: "display_data", content: { data: {} }, buffers: ["AA=="] },
    { lost: 2, from: 7 },
    exit(9),
  ];
  const found = await served([ndjson("end", ...said)], (url) => all(execution(url)));
  expect(found.map((output) => output.type)).toEqual(["stdout", "stderr", "value", "display_data", "gap", "exit"]);
  expect(found[3]).toEqual({ type: "display_data", seq: 6, time, content: { data: {} }, buffers: ["AA=="] });
});

test("after a cut it goes on behind the last whole line, and each output comes once", async () => {
  const answers = [
    ndjson("cut", text(3, "ä"), text(7, "b"), '{"seq": 8, "ti'),
    cut,
    empty(503),
    ndjson("cut", { lost: 4, from: 8 }),
    ndjson("end", text(12, "c"), exit(13)),
  ];
  await served(answers, async (url, server) => {
    const found = await all(execution(url));
    expect(found.flatMap((output) => (output.type === "stdout" ? output.text : []))).toEqual(["ä", "b", "c"]);
    const paths = server.got.map((got) => new URL(got.path, url).searchParams.get("from"));
    expect(paths).toEqual(["0", "8", "8", "8", "12"]);
    expect(server.got[0]?.headers.authorization).toBe("token t");
  });
});

test("a character that is cut into two pieces is whole", async () => {
  const bytes = Buffer.from(`${JSON.stringify(text(1, "€"))}\n${JSON.stringify(exit(2))}\n`);
  const middle = bytes.indexOf(Buffer.from("€")) + 1;
  const found = await served(
    [
      (_, response) => {
        response.writeHead(200);
        response.write(bytes.subarray(0, middle), () => setImmediate(() => response.end(bytes.subarray(middle))));
      },
    ],
    (url) => all(execution(url)),
  );
  expect(found[0]).toMatchObject({ type: "stdout", text: "€" });
});

test("an answer that ends without an exit, and one that goes silent, are asked for again", async () => {
  const answers = [ndjson("end", text(1, "a")), ndjson("silence", text(2, "b")), ndjson("end", exit(3))];
  await served(answers, async (url, server) => {
    expect((await all(execution(url, 30_000, 2000))).map((output) => output.type)).toEqual(["stdout", "stdout", "exit"]);
    expect(server.got).toHaveLength(3);
  });
});

test("whoever has everything gets nothing more", async () => {
  await served([empty(204)], async (url) => expect(await all(execution(url).outputs({ from: 9 }))).toEqual([]));
});

test("an error of the call is not tried again", async () => {
  await served([json({ message: "No such execution" }, 404)], async (url, server) => {
    await expect(all(execution(url))).rejects.toMatchObject({ status: 404, message: "No such execution" });
    expect(server.got).toHaveLength(1);
  });
});

test("a server that stays away is given up, and it says where to go on", async () => {
  await served([ndjson("cut", text(41, "a")), cut], async (url) => {
    await expect(all(execution(url, 300))).rejects.toThrow(/from: 42/);
  });
});

test("leaving the loop lets go of the connection; a signal ends it with its reason", async () => {
  await served([ndjson("silence", text(1, "a"))], async (url) => {
    for await (const output of execution(url)) {
      expect(output.type).toBe("stdout");
      break;
    }
    const stop = new AbortController();
    const reading = all(execution(url).outputs({ signal: stop.signal }));
    stop.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
  });
});

test("the values of a stream, and its error", async () => {
  const values = [1, { a: null }].map((value, number) => ({ seq: number, time, value }));
  const failed = exit(9, { state: "error", reason: "error", ename: "ValueError", evalue: "no" });
  await served([ndjson("end", ...values, exit(5)), ndjson("end", ...values, failed)], async (url) => {
    const stream = new Penstock({ url }).session("s").streamOf("x");
    expect(await all(stream)).toEqual([1, { a: null }]);
    await expect(all(stream)).rejects.toEqual(new PythonError({ ename: "ValueError", evalue: "no" }));
  });
});

test("an output's type tells what it has", () => {
  const textOf = (output: Output<number>) => (output.type === "value" ? output.value.toFixed(1) : output.type);
  expect(textOf({ type: "value", seq: 1, time, value: 2 })).toBe("2.0");
});
