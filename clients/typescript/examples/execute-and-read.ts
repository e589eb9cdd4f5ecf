// Runs code and reads what it writes while it runs; then reads it all again.
import { Penstock } from "@penstock/client";

const penstock = new Penstock({ url: process.env["PENSTOCK_URL"]!, token: process.env["PENSTOCK_TOKEN"]! });
const session = await penstock.createSession();

const execution = await session.execute("for i in range(3):\n    print('line', i, flush=True)");
for await (const output of execution) {
  if (output.type === "stdout") {
    process.stdout.write(output.text);
  } else if (output.type === "exit") {
    console.log("state:", output.exit.state);
  }
}

let again = "";
for await (const output of session.execution(execution.id)) {
  again += output.type === "stdout" ? output.text : "";
}
console.log("again:", JSON.stringify(again));

await session.delete();
