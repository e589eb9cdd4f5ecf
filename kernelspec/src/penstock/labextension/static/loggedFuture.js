const NOBODY = { connect: () => false, disconnect: () => false };

/**
 * Kernel.IShellFuture of an execute request that another page sent: an output area takes messages from it as from one
 * of its own, so that streams, updates of displays and clear_output are what they always are.
 */
export class LoggedFuture {
  constructor(msgId) {
    this.msg = {
      header: { msg_id: msgId, msg_type: 'execute_request' },
      parent_header: {},
      metadata: {},
      content: {},
      buffers: [],
      channel: 'shell'
    };
    this.done = new Promise(resolve => {
      this._resolve = resolve;
    });
    this.disposed = NOBODY;
    this.isDisposed = false;
    this.onIOPub = () => {};
    this.onReply = () => {};
    this.onStdin = () => {};
  }

  /** A message on iopub, as an output area gets it. */
  message(type, content, { msg_id: id = '', metadata = {} } = {}) {
    return {
      header: { msg_id: id, msg_type: type },
      parent_header: this.msg.header,
      metadata,
      content,
      buffers: [],
      channel: 'iopub'
    };
  }

  /** Nothing more will come. */
  finish() {
    this._resolve();
  }

  /** The output area lets go of it. */
  dispose() {
    this.isDisposed = true;
    this.onIOPub = this.onReply = this.onStdin = () => {};
    this._resolve();
  }

  // Hooks are widgets', which are another page's.
  registerMessageHook() {}

  removeMessageHook() {}

  // Questions go to the page that asked.
  sendInputReply() {}
}
