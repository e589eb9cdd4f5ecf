import { LoggedFuture } from './loggedFuture.js';

const GAP = 'Penstock: a part of this output is no longer kept.\n';

/**
 * A cell that shows what one execution says, from its beginning: as it would have, had the page not been loaded anew.
 */
export class ShownCell {
  constructor(cell, execution) {
    this.model = cell.model;
    this._cell = cell;
    this._next = execution.from;
    this._gap = false;
    this._count = null;
    this._future = new LoggedFuture(execution.msg_id);
    this.done = false;
    // As JupyterLab does before it runs a cell: what the file had is replaced. A cell without outputs is trusted.
    this.model.clearExecution();
    cell.outputHidden = false;
    cell.outputArea.future = this._future;
    this.model.executionState = 'running';
  }

  /** Entries are gone from the log; it is not known whether some of them were this execution's. */
  missed() {
    this._gap = true;
  }

  /** An entry that is about this execution; one that was taken before is not taken again. */
  take(entry) {
    if (this.done || entry.seq < this._next) {
      return;
    }
    this._next = entry.seq + 1;
    const state = entry.msg_type === 'status' ? entry.content.execution_state : '';
    if (this._gap && state !== 'busy') {
      this._show('stream', { name: 'stderr', text: GAP });
    }
    this._gap = false;
    if (state === 'idle') {
      this.end();
    } else if (entry.msg_type === 'execute_input') {
      this._count = entry.content.execution_count;
    } else if (!state) {
      this._show(entry.msg_type, entry.content, entry);
    }
  }

  /** Nothing more will come. */
  end() {
    if (!this.done && this._isOurs()) {
      this.model.executionState = 'idle';
      this.model.executionCount = this._count;
    }
    this.leave();
  }

  /** Shows no more of it. */
  leave() {
    this.done = true;
    this._future.finish();
  }

  /** Whether the cell was neither run again nor deleted. */
  _isOurs() {
    return !this._cell.isDisposed && this._cell.outputArea.future === this._future;
  }

  _show(type, content, entry) {
    this._future.onIOPub(this._future.message(type, content, entry));
  }
}
