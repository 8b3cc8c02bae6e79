// A refresh after a switch of game tells the truth, a page load stays whole, and what players saved is never touched.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { newContext, player, publish, stopAll, tracked, until } from './support.mjs';

const skip = process.env.WEBSERVER_BIN ? false : 'needs WEBSERVER_BIN';
let games;

before(async () => (games = await mkdtemp(join(tmpdir(), 'switch-'))));
after(async () => {
  await stopAll();
  await rm(games, { recursive: true, force: true });
});

/** Writes a game, its files all of one age, and returns its folder. */
async function game(name, files) {
  const folder = join(games, name);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    await utimes(join(folder, path), 1_700_000_000, 1_700_000_000);
  }
  return folder;
}

/** The same files for every game, of the same length and time: only one letter tells them apart. */
const plain = (letter) => ({
  'index.html': `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>${letter}</title><script src="main.js"></script>`,
  'main.js': `document.documentElement.dataset.main = '${letter}';`,
  'part.js': `document.documentElement.dataset.part = '${letter}';`,
  'part.json': `"${letter}"`,
  'worker.js': `fetch('part.json').then((answer) => answer.json()).then(postMessage);`,
});

/** The same with a worker that answers all it can from its cache, as engines' exports bring along. */
const cached = (letter) => ({
  ...plain(letter),
  'index.html': plain(letter)['index.html'] + `<script>navigator.serviceWorker.register('sw.js')</script>`,
  'sw.js': `
    const name = 'cache-${letter}';
    addEventListener('install', (event) => event.waitUntil(
      caches.open(name).then((cache) => cache.addAll(['./', 'main.js', 'part.js'])).then(() => skipWaiting())));
    addEventListener('activate', (event) => event.waitUntil(
      caches.keys().then((all) => Promise.all(all.filter((other) => other !== name).map((other) => caches.delete(other)))).then(() => clients.claim())));
    addEventListener('fetch', (event) => event.respondWith(
      caches.match(event.request).then((hit) => hit ?? fetch(event.request))));`,
});

async function play(first, scenario, ...options) {
  const server = await publish(first, ...options);
  const visitor = await player();
  const { page } = visitor;
  const shows = (letter) => () =>
    page.evaluate((letter) => document.documentElement.dataset.main === letter && document.title === letter, letter).catch(() => false);
  /** Publishes another game and waits until it is on the air, asking as somebody else would. */
  const change = async (folder, letter) => {
    server.type(`publish ${folder}`);
    await until(`${letter} is on the air`, async () => (await (await fetch(server.url + 'part.json')).json()) === letter);
  };
  try {
    await page.goto(server.url);
    await scenario({ ...visitor, server, change, shows, sees: (letter) => until(`the page of ${letter}`, shows(letter)) });
    await visitor.leave();
  } finally {
    await visitor.context.close();
    await server.stop();
  }
}

/** What the page gets for a name that both games have, by each way that a page asks. */
const parts = (page) =>
  page.evaluate(async () => {
    const root = document.documentElement;
    const ended = (element) => new Promise((resolve, reject) => Object.assign(element, { onload: resolve, onerror: reject }));
    const script = Object.assign(document.createElement('script'), { src: `part.js?${Math.random()}` });
    document.head.append(script);
    await ended(script);
    await import(new URL(`part.js?module=${Math.random()}`, location));
    const worker = new Worker('worker.js');
    const byWorker = await new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
    const frame = Object.assign(document.createElement('iframe'), { src: 'index.html' });
    document.body.append(frame);
    await ended(frame);
    return [root.dataset.part, await (await fetch('part.json')).json(), byWorker, frame.contentDocument.title].join('');
  });

test('a page load stays whole over a switch, and a refresh shows the new game', { skip }, async () => {
  const a = await game('whole-a', plain('A'));
  const b = await game('whole-b', plain('B'));
  await play(a, async ({ page, change, sees }) => {
    await sees('A');
    await change(b, 'B');
    assert.equal(await parts(page), 'AAAA');
    await page.reload();
    await sees('B');
    assert.equal(await parts(page), 'BBBB');
  });
});

for (const [what, before, after] of [
  ['a plain page', plain, plain],
  ['a page with a service worker that caches, before a game without', cached, plain],
  ['a page with a service worker that caches, before one with its own at the same path', cached, cached],
]) {
  test(`refresh after a switch: ${what}`, { skip }, async () => {
    const a = await game(`refresh-a-${what}`.replaceAll(/\W+/g, '-'), before('A'));
    const b = await game(`refresh-b-${what}`.replaceAll(/\W+/g, '-'), after('B'));
    await play(a, async ({ page, change, sees }) => {
      await sees('A');
      if (before === cached) await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
      // Once more, from the browser's cache: answered by 304, or by the worker.
      const again = page.waitForResponse(/main\.js$/);
      await page.reload();
      await sees('A');
      if (before === plain) assert.equal((await again).status(), 304, 'Chromium hides revalidation unless it is forced');
      await change(b, 'B');
      await page.reload();
      await sees('B');
      await change(a, 'A');
      await page.reload();
      await sees('A');
    });
  });
}

test('refresh after a switch: a page at a path that the next game does not have', { skip }, async () => {
  const below = Object.entries(plain('A')).map(([name, content]) => [`www/${name}`, content]);
  const a = await game('elsewhere-a', { 'package.json': '{"name":"a","main":"www/index.html"}', ...Object.fromEntries(below) });
  const b = await game('elsewhere-b', plain('B'));
  await play(a, async ({ page, change, sees }) => {
    await sees('A');
    assert.equal(new URL(page.url()).pathname, '/www/index.html');
    await change(b, 'B');
    await page.reload();
    await sees('B');
    assert.equal(new URL(page.url()).pathname, '/');
  });
});

test('a stale service worker leaves within one refresh, and saves stay', { skip }, async () => {
  const a = await game('saves-a', cached('A'));
  const b = await game('saves-b', plain('B'));
  const save = (page) => page.evaluate(async () => {
    localStorage.setItem('best', '2048');
    const database = await new Promise((resolve, reject) => {
      const opening = indexedDB.open('saves', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('slots');
      Object.assign(opening, { onsuccess: () => resolve(opening.result), onerror: reject });
    });
    await new Promise((resolve) => {
      const writing = database.transaction('slots', 'readwrite');
      writing.objectStore('slots').put('level 7', 'first');
      writing.oncomplete = resolve;
    });
    database.close();
  });
  const saved = (page) => page.evaluate(async () => {
    const database = await new Promise((resolve) => {
      const opening = indexedDB.open('saves', 1);
      opening.onsuccess = () => resolve(opening.result);
    });
    const reading = database.transaction('slots').objectStore('slots').get('first');
    await new Promise((resolve) => (reading.onsuccess = resolve));
    return [localStorage.getItem('best'), reading.result];
  });
  await play(a, async ({ page, change, sees }) => {
    await sees('A');
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await save(page);
    await change(b, 'B');
    await page.reload();
    await sees('B');
    await until('no worker is left', () => page.evaluate(async () => !(await navigator.serviceWorker.getRegistrations()).length).catch(() => false));
    assert.deepEqual(await page.evaluate(() => caches.keys()), []);
    await change(a, 'A');
    await page.reload();
    await sees('A');
    assert.deepEqual(await saved(page), ['2048', 'level 7']);
  });
});

test('with live, pages reload by themselves, once for each rebuild or switch', { skip }, async () => {
  const a = await game('live-a', plain('A'));
  const b = await game('live-b', plain('B'));
  const config = join(games, 'live.toml');
  await writeFile(config, '[site]\nlive = true\n');
  await play(a, async ({ page, server, change, sees }) => {
    let loads = 0;
    page.on('load', () => (loads += 1));
    await sees('A');
    // The game's first script is its own.
    assert.equal(await page.evaluate(() => document.scripts[0].getAttribute('src')), 'main.js');
    await game('live-a', plain('C'));
    server.type('rebuild');
    await sees('C');
    await change(b, 'B');
    await sees('B');
    await change(a, 'C');
    await sees('C');
    // A build of the same files is the same game.
    server.type('rebuild');
    await change(b, 'B');
    await sees('B');
    await page.waitForLoadState('load');
    assert.equal(loads, 4);
    assert.equal(await page.evaluate(() => sessionStorage.getItem('webserver.live')), null);
  }, '--config', config);
});

/** A browser that is told to block cookies throws at each look at its storage. */
const withoutStorage = () => {
  for (const name of ['localStorage', 'sessionStorage']) {
    Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });
  }
};

for (const blocks of [false, true]) test(`a page that waits for the host becomes the game by itself${blocks ? ', where storage is blocked' : ''}`, { skip }, async () => {
  const sockets = await mkdtemp(join(games, 'sockets-'));
  // It asks which game, and answers players meanwhile.
  const server = tracked(spawn(process.env.WEBSERVER_BIN, ['0', '--lang', 'en', '--log', 'off', '--tls', 'off'], {
    cwd: games, env: { ...process.env, WEBSERVER_CONTROL_DIR: sockets }, stdio: ['pipe', 'ignore', 'ignore'],
  }));
  const ended = new Promise((resolve) => server.on('exit', resolve));
  const window = await newContext({ locale: 'zh-CN' });
  if (blocks) await window.addInitScript(withoutStorage);
  try {
    // The control socket is named after the port.
    const port = await until('its socket', async () => (await readdir(sockets)).map((name) => parseInt(name, 10)).find(Boolean));
    const page = await window.newPage();
    const answer = await page.goto(`http://localhost:${port}/`);
    assert.equal(answer.status(), 503);
    await page.getByRole('heading').waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
    server.stdin.write('2048\n');
    await until('the game', async () => (await page.title()).includes('2048'));
  } finally {
    await window.close();
    server.kill('SIGTERM');
  }
  assert.equal(await ended, 0);
});
