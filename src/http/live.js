// Tells the host of the page's errors: at most 20 of a page, each once.
(() => {
  const script = document.currentScript?.src;
  if (!script || !navigator.sendBeacon) return;
  const [mostReports, longestMessage, longestName] = [20, 800, 300];
  const folder = new URL('..', script).href;
  const told = new Set();
  const tell = (kind, message, [file, line]) => {
    const name = [folder, `${location.origin}/`].find((start) => file.startsWith(start)) ?? '';
    const report = JSON.stringify({
      kind, message: message.slice(0, longestMessage), file: file.slice(name.length, name.length + longestName), line,
    });
    if (told.size >= mostReports || told.has(report)) return;
    told.add(report);
    // Another site's page may not send this type.
    navigator.sendBeacon(new URL('console', script), new Blob([report], { type: 'application/json' }));
  };
  // The first place in a stack that is not in this script: `(http://host/a.js:1:2)`, or `f@http://host/a.js:1:2`.
  const place = (stack) => {
    for (const [, file, line] of String(stack).matchAll(/(https?:\/\/[^\s()]+?):(\d+):\d+/g)) {
      if (file !== script) return [file, Number(line)];
    }
    return [location.href, 0];
  };
  addEventListener('error', ({ message, filename, lineno }) => {
    // Files that do not load have events of this name, too, without a message.
    if (message) tell('exception', String(message), filename ? [filename, lineno] : [location.href, 0]);
  });
  addEventListener('unhandledrejection', ({ reason }) => tell('rejection', String(reason), place(reason?.stack)));
  const { error } = console;
  console.error = function (...things) {
    try {
      tell('console', things.map(String).join(' '), place(new Error().stack));
    } catch {
      // A thing without a text.
    }
    error.apply(this, things);
  };
})();

// Reloads the page when another game, or another build of this one, is on the air.
(() => {
  const script = document.currentScript;
  const mine = script?.dataset.site;
  const tried = 'webserver.live';
  if (!mine || !window.EventSource) return;
  try {
    // A frame in a page of this server is reloaded with it.
    if (top !== window && top.location.origin === location.origin) return;
  } catch {
    // The page around it is somebody else's.
  }
  try {
    if (sessionStorage.getItem(tried) === mine) sessionStorage.removeItem(tried);
  } catch {
    // Without storage it could reload for ever. A page that waits does so, as without scripts.
    if ('waits' in script.dataset) setTimeout(() => location.reload(), 5000);
    return;
  }
  const events = new EventSource(new URL('events', script.src));
  events.onmessage = ({ data }) => {
    if (data === mine || data === sessionStorage.getItem(tried)) return;
    sessionStorage.setItem(tried, data);
    events.close();
    location.reload();
  };
  // The host asked for it, whatever is on the air.
  events.addEventListener('reload', () => {
    events.close();
    location.reload();
  });
  // A game that is not live came between the page that waits for it and this stream.
  if ('waits' in script.dataset) {
    events.onerror = () => {
      if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 1000);
    };
  }
})();

// The game finds the scripts that are its own: some take their folder or settings from the first one of the page. Where a
// library runs the text of this one in a script element of its own, that one stays.
if (document.currentScript?.dataset.site) document.currentScript.remove();
