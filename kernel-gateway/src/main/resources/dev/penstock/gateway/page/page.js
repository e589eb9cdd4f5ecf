"use strict";

const LOOK_MS = 2000;
const MIB = 1024 * 1024;
const ACTIONS = [
  { name: "Interrupt", method: "POST", path: "/interrupt" },
  {
    name: "Restart",
    method: "POST",
    path: "/restart",
    question: "Restart this kernel?",
    consequence: "Its variables are lost. Its clients stay connected.",
  },
  {
    name: "Stop",
    method: "DELETE",
    path: "",
    question: "Stop this kernel?",
    consequence: "Its variables are lost and its clients are disconnected.",
  },
];

const rows = new Map();
let timer = 0;

const at = (id) => document.getElementById(id);

function make(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text ?? "";
  if (className) {
    made.className = className;
  }
  return made;
}

/** Sets a text only when it is another one: assistive technology reads changes. */
function write(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

function duration(seconds) {
  const s = Math.floor(seconds);
  if (s < 60) {
    return `${s} s`;
  }
  const m = Math.floor(s / 60);
  return m < 60 ? `${m} min ${s % 60} s` : `${Math.floor(m / 60)} h ${m % 60} min`;
}

function size(bytes) {
  return bytes < 1024 * MIB ? `${(bytes / MIB).toFixed(0)} MiB` : `${(bytes / MIB / 1024).toFixed(1)} GiB`;
}

/** Calls the server; an error has its status and the server's own words. */
async function call(method, path, headers = {}) {
  const answer = await fetch(path, { method, headers, cache: "no-store", credentials: "same-origin" });
  const text = await answer.text();
  const body = text ? JSON.parse(text) : null;
  if (!answer.ok) {
    throw Object.assign(new Error(body?.message ?? `HTTP ${answer.status}`), { status: answer.status });
  }
  return body;
}

function ask(kernel, action) {
  const dialog = at("confirm");
  write(at("question"), action.question);
  write(at("consequence"), `${kernel.display_name} (${kernel.id.slice(0, 8)}): ${action.consequence}`);
  write(at("yes"), action.name);
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function act(row, action) {
  const kernel = row.kernel;
  if (action.question && !(await ask(kernel, action))) {
    return;
  }
  row.buttons.forEach((button) => (button.disabled = true));
  try {
    await call(action.method, `api/kernels/${encodeURIComponent(kernel.id)}${action.path}`);
    write(at("said"), `${action.name}: done`);
  } catch (error) {
    tell(`${action.name}: ${error.message}`);
  } finally {
    row.buttons.forEach((button) => (button.disabled = false));
    look();
  }
}

function newRow(kernel) {
  const row = { kernel, tr: make("tr"), cpu: new Sparkline(100), memory: new Sparkline(64 * MIB) };
  row.tr.dataset.kernel = kernel.id;
  const name = row.tr.appendChild(make("th"));
  name.scope = "row";
  row.name = name.appendChild(make("span", kernel.display_name));
  row.document = name.appendChild(make("small", kernel.id.slice(0, 8)));
  row.document.title = kernel.id;
  row.state = row.tr.appendChild(make("td")).appendChild(make("span"));
  const runs = row.tr.appendChild(make("td", "", "runs"));
  row.code = runs.appendChild(make("code"));
  row.time = runs.appendChild(make("small"));
  for (const [line, key] of [[row.cpu, "cpuText"], [row.memory, "memoryText"]]) {
    const cell = row.tr.appendChild(make("td", "", "use"));
    cell.appendChild(line.svg);
    row[key] = cell.appendChild(make("span"));
  }
  row.cells = row.tr.appendChild(make("td", "", "number"));
  row.connections = row.tr.appendChild(make("td", "", "number"));
  const doing = row.tr.appendChild(make("td", "", "actions"));
  row.buttons = ACTIONS.map((action) => {
    const button = doing.appendChild(make("button", action.name));
    button.type = "button";
    button.setAttribute("aria-label", `${action.name} ${kernel.display_name} ${kernel.id.slice(0, 8)}`);
    button.addEventListener("click", () => act(row, action));
    return button;
  });
  at("rows").appendChild(row.tr);
  return row;
}

function update(row, kernel, path) {
  row.kernel = kernel;
  write(row.document, path ? path : kernel.id.slice(0, 8));
  row.state.className = `state ${kernel.state}`;
  row.state.title = kernel.reason ?? "";
  write(row.state, kernel.state);
  write(row.code, kernel.running ? kernel.running.line : "");
  row.code.title = kernel.running ? kernel.running.line : "";
  write(row.time, kernel.running ? `for ${duration(kernel.running.for_s)}` : `used ${duration(kernel.idle_s)} ago`);
  row.cpu.add(kernel.cpu_percent);
  row.memory.add(kernel.memory_bytes);
  write(row.cpuText, `${kernel.cpu_percent.toFixed(0)} %`);
  write(row.memoryText, kernel.memory_bytes ? size(kernel.memory_bytes) : "–");
  write(row.cells, String(kernel.executions));
  write(row.connections, String(kernel.connections));
}

function list(parent, pairs, tag) {
  pairs.forEach(([term, text], i) => {
    const pair = parent.children[i] ?? parent.appendChild(make("div"));
    const name = pair.children[0] ?? pair.appendChild(make("dt"));
    const value = pair.children[1] ?? pair.appendChild(make("dd")).appendChild(make(tag)).parentNode;
    write(name, term);
    write(value.firstChild, text);
  });
}

function show(status, sessions) {
  const paths = new Map(sessions.map((session) => [session.kernel.id, session.path]));
  const there = new Set(status.kernels.map((kernel) => kernel.id));
  for (const [id, row] of rows) {
    if (!there.has(id)) {
      row.tr.remove();
      rows.delete(id);
    }
  }
  for (const kernel of status.kernels) {
    if (!rows.has(kernel.id)) {
      rows.set(kernel.id, newRow(kernel));
    }
    update(rows.get(kernel.id), kernel, paths.get(kernel.id));
  }
  const busy = status.kernels.filter((kernel) => kernel.running).length;
  document.title = busy ? `(${busy}) Penstock` : "Penstock";
  at("empty").hidden = status.kernels.length > 0;
  at("scroll").hidden = status.kernels.length === 0;
  list(at("server"), [["up", duration(status.uptime_s)], ["kernels", String(status.kernels.length)],
    ["busy", String(busy)], ["gateway heap", size(status.heap_bytes)]], "span");
  const url = new URL(".", location.href).href;
  list(at("commands"), [
    ["JupyterLab", `JUPYTER_GATEWAY_AUTH_TOKEN=$PENSTOCK_TOKEN jupyter lab --gateway-url=${url} --GatewayClient.allowed_envs=JPY_SESSION_NAME`],
    ["A new kernel", `curl -X POST -H "Authorization: token $PENSTOCK_TOKEN" -d '{}' ${url}api/kernels`],
    ["A console on a kernel", `umask 077; curl -fsS -H "Authorization: token $PENSTOCK_TOKEN" -o kernel.json ` +
      `${url}api/penstock/kernels/${status.kernels[0]?.id ?? "ID"}/connection && jupyter console --existing ./kernel.json`],
    ["The terminal", `penstock top --url ${url}`],
  ], "code");
}

function tell(text) {
  write(at("problem"), text);
  at("problem").hidden = text === "";
}

function visible(loggedIn) {
  at("login").hidden = loggedIn;
  at("kernels").hidden = !loggedIn;
  at("connect").hidden = !loggedIn;
}

async function look() {
  clearTimeout(timer);
  try {
    const [status, sessions] = await Promise.all([call("GET", "api/penstock/status"), call("GET", "api/sessions")]);
    visible(true);
    show(status, sessions);
    tell("");
  } catch (error) {
    const denied = error.status === 401 || error.status === 403;
    if (denied && /^(Forbidden|Unauthorized)\b/.test(error.message)) {
      if (at("login").hidden) {
        visible(false);
        at("token").focus();
      }
      return; // goes on when somebody has given the token
    }
    tell(error.status ? error.message : "The server does not answer: it was stopped, or the network is gone.");
  }
  if (!document.hidden) {
    timer = setTimeout(look, LOOK_MS);
  }
}

at("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await call("POST", "api/penstock/login", { Authorization: `token ${at("token").value}` });
    at("token").value = "";
    tell("");
    look();
  } catch (error) {
    tell(error.status ? "That is not this server's token." : "The server does not answer.");
    at("token").select();
  }
});
document.addEventListener("visibilitychange", () => document.hidden || look());
look();
