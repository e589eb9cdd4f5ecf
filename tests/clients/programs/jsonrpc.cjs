// JSON-RPC clients of others in Node. `jsonrpc.cjs MODULES`, PENSTOCK_URL and PENSTOCK_TOKEN: writes what each was told, by name; see ../test_json_rpc.py.
"use strict";

const { createRequire } = require("node:module");
const { join } = require("node:path");

const library = createRequire(join(process.argv[2], "package.json"));
const jayson = library("jayson/promise");
const { JSONRPCClient } = library("json-rpc-2.0");

const address = process.env.PENSTOCK_URL;
const headers = { Authorization: `token ${process.env.PENSTOCK_TOKEN}` };

async function jaysonTold() {
  const { hostname, port, pathname } = new URL(address);
  const client = jayson.Client.http({ hostname, port, path: pathname, headers });
  const told = {};
  told.places = await client.request("add", [40, 2], "own id");
  told.names = await client.request("add", { b: 2, a: 3 }, 7);
  told.notification = (await client.request("execute", ["seen.append('jayson')"], null)) ?? "nothing";
  told.after = (await client.request("evaluate", ["seen"])).result;
  told.failed = (await client.request("broken", [])).error;
  told.own = (await client.request("busy", [])).error;
  told.missing = (await client.request("nothing", [])).error;
  told.wrong = (await client.request("add", [1, 2, 3])).error;
  told.batch = await client.request([
    client.request("add", [1], 1, false),
    client.request("execute", ["seen.append('batch')"], null, false),
    client.request("busy", [], "second", false),
    client.request("evaluate", ["seen"], 3, false),
  ]);
  const task = (await client.request("submit", ["add", [20, 1]])).result;
  told.task = (await client.request("result", { id: task, wait_s: 60 })).result;
  told.unread = (await client.request([client.request("execute", ["seen.append('unread')"], null, false)])) ?? "nothing";
  told.last = (await client.request("evaluate", ["seen"])).result;
  return told;
}

async function jsonRpc2Told() {
  const client = new JSONRPCClient(async (body) => {
    const reply = await fetch(address, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (reply.status === 200) {
      client.receive(await reply.json());
    } else if (reply.status !== 204) {
      throw new Error(String(reply.status));
    }
  });
  const error = (call) => call.then(
    () => { throw new Error("no error"); },
    ({ message, code, data }) => ({ message, code, data }),
  );
  const told = {};
  told.places = await client.request("add", [40, 2]);
  told.names = await client.request("add", { a: 3, b: 2 });
  client.notify("execute", { code: "seen.append('notified')" });
  told.notified = false;
  for (let asked = 0; asked < 600 && !told.notified; asked++) {
    told.notified = await client.request("evaluate", { expr: "'notified' in seen or __import__('time').sleep(0.05)" });
  }
  told.own = await error(Promise.resolve(client.request("busy")));
  told.missing = await error(Promise.resolve(client.request("nothing")));
  told.batch = await client.requestAdvanced([
    { jsonrpc: "2.0", id: "é", method: "add", params: [1] },
    { jsonrpc: "2.0", id: 0, method: "nothing" },
  ]);
  return told;
}

Promise.all([jaysonTold(), jsonRpc2Told()]).then(
  ([first, second]) => console.log(JSON.stringify({ jayson: first, "json-rpc-2.0": second })),
  (error) => { console.error(error); process.exitCode = 1; },
);
