import { Penstock } from "@penstock/client";
import { expect, test } from "vitest";
import { proxied } from "./proxy.js";
import { TOKEN, withSession } from "./target.js";

const COUNT = 5000;

/** A number within a range, the same ones in each run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state % below;
  };
}

test("outputs are read once each while the connection is cut again and again", () =>
  withSession((direct) =>
    proxied(async (url, proxy) => {
      const below = random(7);
      const session = new Penstock({ url, token: TOKEN }).session(direct.id);
      // A display lets text go first: texts that come faster than they are read are one otherwise.
      const code = `starts = globals().get("starts", 0) + 1
for i in range(${COUNT}):
    print(i, flush=True)
    if i % 100 == 99: display(i)`;
      const execution = await session.execute(code);
      let written = "";
      let next = 1;
      for await (const output of execution) {
        expect(output.type).not.toBe("gap");
        if (output.type === "stdout") {
          written += output.text;
          if (written.length > next) {
            next = written.length + 1 + below(3000);
            proxy.cut();
          }
        }
      }
      expect(written).toBe(Array.from({ length: COUNT }, (_, i) => `${i}\n`).join(""));
      expect(proxy.cuts).toBeGreaterThan(3);
      expect(await direct.evaluate("starts")).toBe(1);
    }),
  ));

test("a stream with a pace loses no value, runs once, and takes code and a stop", () =>
  withSession((direct) =>
    proxied(async (url, proxy) => {
      const below = random(8);
      const session = new Penstock({ url, token: TOKEN }).session(direct.id);
      await session.run("n = 0\nfactor = 1\ndef step():\n    global n\n    n += 1\n    return [n, factor]");
      const stream = await session.stream<[number, number]>("step()", { pace: 50 });
      const seen: number[] = [];
      let stopping: Promise<unknown> | undefined;
      for await (const [n, factor] of stream) {
        seen.push(n);
        if (n % (200 + below(100)) === 0) {
          proxy.cut();
        }
        if (n === 1000) {
          await direct.streamOf(stream.id).exec("factor = 2");
        }
        if (factor === 2 && !stopping) {
          stopping = direct.streamOf(stream.id).stop();
        }
      }
      expect(await stopping).toMatchObject({ state: "ok" });
      expect(seen).toEqual(Array.from({ length: seen.length }, (_, i) => i + 1));
      expect(seen.length).toBeGreaterThan(1000);
      await expect(stream.exec("x = 1")).rejects.toMatchObject({ status: 409 });
    }),
  ));

test("a stream's error is thrown behind its values", () =>
  withSession(async (session) => {
    await session.run("left = [2, 1]");
    const stream = await session.stream<number>("left.pop()");
    const seen: number[] = [];
    const reading = (async () => {
      for await (const value of stream) {
        seen.push(value);
      }
    })();
    await expect(reading).rejects.toMatchObject({ ename: "IndexError" });
    expect(seen).toEqual([1, 2]);
  }));

test("an interrupt ends a stream", () =>
  withSession(async (session) => {
    const stream = await session.stream("__import__('time').sleep(0.01)");
    for await (const _ of stream) {
      await stream.cancel();
    }
    expect((await stream.get()).state).not.toBe("running");
  }));
