// Reads some values of a stream, leaves, and comes back for the rest: none is lost and none comes twice.
import { Penstock } from "@penstock/client";

const penstock = new Penstock({ url: process.env["PENSTOCK_URL"]!, token: process.env["PENSTOCK_TOKEN"]! });
const session = await penstock.createSession();

await session.run("n = 0\ndef step():\n    global n\n    n += 1\n    return {'result': n, 'done': n > 10}");
const stream = await session.stream<{ result: number }>("step()", { pace: 100 });

let from = 0;
for await (const output of stream.outputs()) {
  if (output.type === "value") {
    console.log("value:", output.value.result);
    from = output.seq + 1;
    if (output.value.result === 4) {
      break;
    }
  }
}
console.log("back");
for await (const { result } of stream.values({ from })) {
  console.log("value:", result);
}

await session.delete();
