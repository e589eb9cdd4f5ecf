// Sets a variable, evaluates expressions to JSON, and meets an error of Python.
import { Penstock, PythonError } from "@penstock/client";

const penstock = new Penstock({ url: process.env["PENSTOCK_URL"]!, token: process.env["PENSTOCK_TOKEN"]! });
const session = await penstock.createSession();

await session.run("prices = {'tea': 2.5, 'coffee': 3}");
console.log("sum:", await session.evaluate<number>("sum(prices.values())"));
console.log("names:", (await session.evaluate<string[]>("sorted(prices)")).join(", "));
try {
  await session.evaluate("prices['milk']");
} catch (error) {
  if (!(error instanceof PythonError)) {
    throw error;
  }
  console.log("error:", error.ename, error.evalue);
}

await session.delete();
