// The game whose service worker stood at this address is not on the air any more. This one takes that one's place,
// drops what it cached, leaves, and shows the game that is on the air. What players saved stays.
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(leave()));

async function leave() {
  await clients.claim();
  for (const name of await caches.keys()) await caches.delete(name);
  await registration.unregister();
  for (const page of await clients.matchAll({ type: 'window' })) page.navigate(page.url).catch(() => {});
}
