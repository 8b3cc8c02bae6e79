// The console: shows the server's state, and posts the host's actions.
import { find, loadTexts, say, write } from './dom.js';
import { showImports } from './imports.js';
import { showLibrary, showRemovals, showStates } from './library.js';
import { addLines } from './log.js';
import { showReload, showStatus } from './panels.js';
import { showHistory } from './plots.js';
import { listen } from './stream.js';

// Nothing is shown before it is known: what a finger aims at must not move away.
document.body.classList.add('loading');
await loadTexts();
const connection = find('#connection');
let library;
let status;

function reveal() {
  if (!library || !status) return;
  // Laid out in a frame before the one that shows it, or browsers count it as moving.
  requestAnimationFrame(() => requestAnimationFrame(() => document.body.classList.remove('loading')));
}

listen(
  {
    library(now) {
      library = now;
      showLibrary(library);
      showReload(library.live);
      if (status) showStatus(status);
      reveal();
    },
    status(now) {
      status = now;
      showStates(now);
      showStatus(now);
      reveal();
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
    if (!isConnected) document.body.classList.remove('loading');
  },
);
