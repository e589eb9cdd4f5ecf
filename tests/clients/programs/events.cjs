// npm's `eventsource` in Node. `events.cjs MODULES URL`, the token on stdin: tells each call and event as a line of JSON,
// until it is closed for good, and then stays for three of the times after which it would come again.
"use strict";

const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");

const [modules, url] = process.argv.slice(2);
const { EventSource } = createRequire(join(modules, "package.json"))("eventsource");
const token = readFileSync(0, "utf8");
const RETRY = 1000; // ms, as the server says

const source = new EventSource(url, {
  fetch: async (input, init) => {
    const answer = await fetch(input, { ...init, headers: { ...init.headers, Authorization: `token ${token}` } });
    tell("call", null, answer.status);
    return answer;
  },
});

function tell(...what) {
  process.stdout.write(JSON.stringify(what) + "\n");
}

for (const name of ["message", "stderr", "gap", "exit"]) {
  source.addEventListener(name, event => tell(name, Number(event.lastEventId), JSON.parse(event.data)));
}
source.addEventListener("error", event => {
  tell("error", null, source.readyState);
  if (source.readyState === EventSource.CLOSED) {
    setTimeout(() => process.exit(0), 3 * RETRY);
  }
});
