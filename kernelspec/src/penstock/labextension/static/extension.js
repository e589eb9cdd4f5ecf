import { KernelLog } from './kernelLog.js';
import { RunningCells } from './runningCells.js';

/** The plugin: each notebook panel gets the outputs of cells that ran when the page was loaded. */
export function plugin(INotebookTracker, ServerConnection) {
  return {
    id: '@penstock/output-log:plugin',
    description: 'Goes on showing the outputs of cells that ran while the page was reloaded.',
    autoStart: true,
    requires: [INotebookTracker],
    activate: (app, tracker) => {
      const log = new KernelLog(ServerConnection, app.serviceManager.serverSettings);
      tracker.forEach(panel => attach(panel, log));
      tracker.widgetAdded.connect((_, panel) => attach(panel, log));
    }
  };
}

async function attach(panel, log) {
  const { context, sessionContext } = panel;
  // The cells are there once the file is read.
  await context.ready;
  await sessionContext.ready;
  // Pages that edit together share outputs as well, and the page that ran a cell may be there still.
  if (panel.isDisposed || context.model.collaborative) {
    return;
  }
  const cells = new RunningCells(panel, log);
  const look = () => {
    if (sessionContext.session?.kernel?.connectionStatus === 'connected') {
      cells.look();
    }
  };
  sessionContext.connectionStatusChanged.connect(look);
  sessionContext.kernelChanged.connect(() => {
    cells.forget();
    look();
  });
  sessionContext.iopubMessage.connect((_, message) => cells.heard(message));
  panel.disposed.connect(() => cells.dispose());
  look();
}
