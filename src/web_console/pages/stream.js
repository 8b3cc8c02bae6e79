// The events of the server. The browser reconnects by itself after most faults; here is what it does not see: a
// connection that died while the machine slept, and a server that answers with an error.

/** The longest silence of a healthy connection: the server says something every ten seconds. */
const SILENCE = 25_000;

/** Calls the handlers, by the names of events, until the page is left; tells whether the server can be heard. */
export function listen(handlers, isConnected) {
  let source;
  let timer;
  let heardAt = 0;

  const heard = () => {
    heardAt = Date.now();
    clearTimeout(timer);
    timer = setTimeout(open, SILENCE);
  };

  function open() {
    source?.close();
    source = new EventSource('/events');
    const own = source;
    heard();
    source.addEventListener('error', () => {
      isConnected(false);
      if (own.readyState === EventSource.CLOSED && own === source) recover();
    });
    for (const [name, handle] of Object.entries({ alive() {}, ...handlers })) {
      source.addEventListener(name, (event) => {
        heard();
        isConnected(true);
        handle(JSON.parse(event.data));
      });
    }
  }

  /** Access may have ended: after a reload the page says so. */
  async function recover() {
    const answer = await fetch('/').catch(() => undefined);
    if (answer?.status === 401) location.reload();
    else {
      clearTimeout(timer);
      timer = setTimeout(open, 2000);
    }
  }

  const look = () => {
    if (document.visibilityState === 'visible' && Date.now() - heardAt > SILENCE / 2) open();
  };
  document.addEventListener('visibilitychange', look);
  addEventListener('online', open);
  addEventListener('pageshow', (event) => event.persisted && open());
  open();
}
