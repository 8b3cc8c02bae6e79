// Reloads the page when another game, or another build of this one, is on the air.
(() => {
  const mine = document.currentScript?.dataset.site;
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
    // Without a memory it could reload for ever.
    return;
  }
  const events = new EventSource(new URL('events', document.currentScript.src));
  events.onmessage = ({ data }) => {
    if (data === mine || data === sessionStorage.getItem(tried)) return;
    sessionStorage.setItem(tried, data);
    events.close();
    location.reload();
  };
})();
