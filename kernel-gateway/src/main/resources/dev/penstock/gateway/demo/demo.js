import { HttpError, Penstock } from "./client/index.js";
import { OutputView } from "./outputs.js";
import { Plot } from "./plot.js";

const LOOK_MS = 1000;
/** How many values of a stream may be unread: it waits rather than run away from its viewers. */
const PACE = 100;

const at = (id) => document.getElementById(id);
const penstock = new Penstock({ url: "." });
const view = new OutputView(at("output"));
const plot = new Plot(at("plot"));

let session;
/** What is shown, and how to leave it. */
const shown = { execution: null, stream: null };

/** Says what is wrong; nothing is without an error. */
function complain(error) {
  at("problem").hidden = !error;
  at("problem").textContent = error ? String(error.message ?? error) : "";
}

/** Does what a button asks for, and says what goes wrong. */
function act(what) {
  return async (event) => {
    event?.preventDefault();
    try {
      complain(null);
      await what(event);
    } catch (error) {
      handle(error);
    }
  };
}

function handle(error) {
  if (error instanceof HttpError && (error.status === 401 || error.status === 403)) {
    at("login").hidden = false;
    at("panels").hidden = true;
    at("token").focus();
  } else if (error instanceof HttpError && error.status === 404 && session) {
    at("state").textContent = "ended";
    complain("This session has ended. Begin a new one.");
  } else {
    complain(error);
  }
}

/** Opens the session that the address names, else a new one, which the address then names. */
async function open() {
  const named = new URL(location.href).searchParams.get("session");
  session = named ? penstock.session(named) : await penstock.createSession();
  const address = new URL(location.href);
  address.search = `?session=${encodeURIComponent(session.id)}`;
  history.replaceState(null, "", address);
  at("session").textContent = session.id;
  at("another").href = address;
  at("links").hidden = false;
  await look();
  at("login").hidden = true;
  at("panels").hidden = false;
}

/** Looks what the session does, also for other tabs and programs: what is latest is shown. */
async function look() {
  const [model, executions, streams] = await Promise.all([session.get(), session.executions(), session.streams()]);
  at("state").textContent = model.state;
  at("state").className = `state ${model.state}`;
  const latest = (list) => list.reduce((best, one) => (best && best.created > one.created ? best : one), null);
  const execution = latest(executions.filter((one) => one.mode === "cell"));
  if (execution && shown.execution?.id !== execution.id) {
    showExecution(execution.id);
  }
  const stream = latest(streams);
  if (stream && shown.stream?.id !== stream.id) {
    showStream(stream.id);
  }
}

/** Shows an execution from its beginning, and follows it until another one is shown. */
async function showExecution(id) {
  shown.execution?.leave.abort();
  const mine = { id, leave: new AbortController() };
  shown.execution = mine;
  const execution = session.execution(id);
  view.clear();
  at("ended").textContent = "";
  at("interrupt").disabled = false;
  try {
    for await (const output of execution.outputs({ signal: mine.leave.signal })) {
      if (shown.execution !== mine) {
        return;
      }
      view.show(output);
      at("input").hidden = true;
      if (output.type === "input_request") {
        await ask(execution);
      } else if (output.type === "exit") {
        at("interrupt").disabled = true;
        at("ended").textContent = `${output.exit.state}, after ${output.exit.elapsed.toFixed(1)} s`;
      }
    }
  } catch (error) {
    if (shown.execution === mine) {
      handle(error);
    }
  }
}

/** Shows the question, if it is not answered yet. */
async function ask(execution) {
  const { input } = await execution.get();
  if (input) {
    at("prompt").textContent = input.prompt || "Input";
    at("answer").type = input.password ? "password" : "text";
    at("answer").value = "";
    at("input").hidden = false;
    at("answer").focus();
  }
}

/** Plots a stream from its first value that is kept, and follows it until another one is shown. */
async function showStream(id) {
  shown.stream?.leave.abort();
  const mine = { id, leave: new AbortController() };
  shown.stream = mine;
  plot.clear();
  at("plotted").textContent = "running";
  at("stop").disabled = false;
  at("speed").disabled = false;
  showSpeed();
  try {
    for await (const output of session.streamOf(id).outputs({ signal: mine.leave.signal })) {
      if (shown.stream !== mine) {
        return;
      }
      if (output.type === "value") {
        plot.add(output.value);
      } else if (output.type === "stderr") {
        complain(output.text);
      } else if (output.type === "exit") {
        at("stop").disabled = true;
        at("speed").disabled = true;
        const { state, reason, ename, evalue } = output.exit;
        const how = `${plot.count} values, ${reason ?? state}`;
        at("plotted").textContent = reason === "error" ? `${how}: ${ename}: ${evalue}` : how;
      }
    }
  } catch (error) {
    if (shown.stream === mine) {
      handle(error);
    }
  }
}

/** Where the slider stands: what the session knows under that name. */
async function showSpeed() {
  try {
    const speed = await session.variable("speed");
    at("speed").value = speed;
    at("speed-now").textContent = Number(speed).toFixed(1);
  } catch (error) {
    if (!(error instanceof HttpError)) {
      handle(error);
    } // else other code streams, which has no such name
  }
}

async function run() {
  const execution = await session.execute(at("code").value, { allowStdin: true });
  showExecution(execution.id);
}

async function start() {
  await session.run(at("setup").value);
  const stream = await session.stream("step()", { pace: PACE });
  showStream(stream.id);
}

for (const [field, button, what] of [["code", "run", run], ["setup", "start", start]]) {
  at(field).value = sessionStorage.getItem(field) ?? at(field).value; // as it was before a reload
  at(field).addEventListener("input", () => sessionStorage.setItem(field, at(field).value));
  at(button).addEventListener("click", act(what));
  at(field).addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      act(what)(event);
    }
  });
}
at("interrupt").addEventListener("click", act(() => session.execution(shown.execution.id).cancel()));
at("input").addEventListener("submit", act(() => session.execution(shown.execution.id).answer(at("answer").value)));
at("stop").addEventListener("click", act(() => session.streamOf(shown.stream.id).stop()));
at("speed").addEventListener("input", () => {
  at("speed-now").textContent = Number(at("speed").value).toFixed(1);
});
at("speed").addEventListener(
  "change",
  act(() => session.streamOf(shown.stream.id).exec(`speed = ${Number(at("speed").value)}`)),
);
at("fresh").addEventListener("click", () => location.assign(location.pathname));
at("login").addEventListener(
  "submit",
  act(async () => {
    const headers = { Authorization: `token ${at("token").value}` };
    const answer = await fetch("api/penstock/login", { method: "POST", headers });
    at("token").value = "";
    if (!answer.ok) {
      throw new Error("That is not the server's token.");
    }
    await open();
  }),
);

await act(open)();
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  if (!at("panels").hidden && !document.hidden) {
    await look().catch(handle);
  }
}
