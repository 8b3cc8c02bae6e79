// The console: shows what the server tells, and posts what the host does.
import { find, loadTexts, say, write } from './dom.js';
import { showImports } from './imports.js';
import { showLibrary, showRemovals, showStates } from './library.js';
import { addLines } from './log.js';
import { showStatus } from './panels.js';
import { showHistory } from './plots.js';
import { listen } from './stream.js';

await loadTexts();
const connection = find('#connection');
let status;

listen(
  {
    library(library) {
      showLibrary(library);
      if (status) showStatus(status);
    },
    status(now) {
      status = now;
      showStates(now);
      showStatus(now);
    },
    work({ imports, removals }) {
      showImports(imports);
      showRemovals(removals);
    },
    history: showHistory,
    log: addLines,
  },
  (isConnected) => {
    write(connection, say(isConnected ? 'connected' : 'disconnected'));
    connection.classList.toggle('lost', !isConnected);
    document.body.classList.toggle('stale', !isConnected);
  },
);
