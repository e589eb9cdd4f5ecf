import { ShownCell } from './shownCell.js';

/** Milliseconds. A message on iopub says that there is more to read; jupyter_server's rate limit may drop one. */
const LOOK_AFTER = 5000;
/** Milliseconds: many messages in a row are read at once. */
const PAUSE = 50;

/** By cell model, the msg_id that is shown there: two views of a notebook share models, and one of them is enough. */
const shownBy = new WeakMap();

/** All of this page. */
const everywhere = new Set();

/**
 * The cells of one notebook that run for a page that is gone, or did so after the file was saved. They show what the log
 * has, in its order and by its numbers, and nothing else: so nothing is shown twice and nothing left out, whatever this
 * page's own connection misses.
 */
export class RunningCells {
  constructor(panel, log) {
    this._panel = panel;
    this._log = log;
    // Milliseconds since 1970; what ended later is not in the file. Only the first look has to do with that.
    this._saved = Date.parse(panel.context.contentsModel?.last_modified);
    this._shown = new Map(); // by the execute request's msg_id
    this._from = Infinity; // where the log is read on
    this._reading = false;
    this._again = false; // asked for while reading
    this._timer = undefined;
    this._due = Infinity; // when the timer goes off
    everywhere.add(this);
  }

  /** Asks for the cells in flight, shows them, and goes on until they are done. */
  look() {
    this._soon(0);
  }

  /** The kernel said something to all its clients. */
  heard(message) {
    if (this._shown.has(message.parent_header?.msg_id)) {
      this._soon(PAUSE);
    }
  }

  /** Another kernel: what was shown ends here. */
  forget() {
    this._shown.forEach(shown => shown.end());
    this._shown.clear();
  }

  /** The panel is closed. What it showed is shown by another view of its notebook, if there is one. */
  dispose() {
    clearTimeout(this._timer);
    everywhere.delete(this);
    this._shown.forEach(shown => {
      shown.leave();
      shownBy.delete(shown.model);
    });
    this._shown.clear();
    everywhere.forEach(cells => cells.look());
  }

  _kernel() {
    return this._panel.isDisposed ? null : this._panel.sessionContext.session?.kernel;
  }

  _soon(delay) {
    if (this._reading) {
      this._again = true;
      return;
    }
    const due = Date.now() + delay;
    if (due < this._due) {
      clearTimeout(this._timer);
      this._due = due;
      this._timer = setTimeout(() => this._run(), delay);
    }
  }

  async _run() {
    this._due = Infinity;
    this._again = false;
    this._reading = true;
    try {
      await this._step();
    } catch (error) {
      // The server is away, which the page says by itself; cells that are shown are looked after again.
      console.warn('Penstock: the outputs of running cells cannot be read', error);
    }
    this._reading = false;
    if (this._again) {
      this._soon(PAUSE);
    } else if (this._shown.size > 0) {
      this._soon(LOOK_AFTER);
    }
  }

  async _step() {
    const kernel = this._kernel();
    if (!kernel) {
      return;
    }
    const { executions, ended } = await this._log.executions(kernel.id);
    if (this._kernel()?.id !== kernel.id) {
      return;
    }
    const running = new Set(executions.map(execution => execution.cell_id));
    const unsaved = ended.filter(one => Date.parse(one.at) > this._saved && !running.has(one.cell_id));
    this._saved = NaN;
    this._adopt([...unsaved, ...executions].filter(execution => execution.session !== kernel.clientId));
    await this._read(kernel.id);
    // What is not in flight has said all in the part of the log that was read after that was asked for.
    const inFlight = new Set(executions.map(execution => execution.msg_id));
    for (const [msgId, shown] of this._shown) {
      if (!inFlight.has(msgId)) {
        shown.end();
      }
      if (shown.done) {
        this._shown.delete(msgId);
      }
    }
  }

  /** Takes over the cells of other pages' executions that are in this notebook. */
  _adopt(executions) {
    const cells = new Map(this._panel.content.widgets.map(cell => [cell.model.id, cell]));
    if (this._shown.size === 0) {
      this._from = Infinity;
    }
    for (const execution of executions) {
      const cell = cells.get(execution.cell_id);
      if (cell?.model.type === 'code' && shownBy.get(cell.model) !== execution.msg_id) {
        shownBy.set(cell.model, execution.msg_id);
        this._shown.set(execution.msg_id, new ShownCell(cell, execution));
        this._from = Math.min(this._from, execution.from);
      }
    }
  }

  async _read(kernelId) {
    while ([...this._shown.values()].some(shown => !shown.done)) {
      const part = await this._log.read(kernelId, this._from);
      if (!part) {
        this.forget();
        return;
      }
      if (part.lost > 0) {
        this._shown.forEach(shown => shown.missed());
      }
      part.entries.forEach(entry => this._shown.get(entry.parent_id)?.take(entry));
      if (part.next <= this._from) {
        return;
      }
      this._from = part.next;
    }
  }
}
