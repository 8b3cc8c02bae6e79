// The arcade: the lobby, and many games at once in one browser.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { newContext, player, publish, stopAll, until, violations } from './support.mjs';

const skip = !process.env.WEBSERVER_BIN && 'needs WEBSERVER_BIN';
const GAMES = 30;
const name = (number) => `game-${String(number).padStart(2, '0')}`;

let library;
let server;

const write = async (path, content) => {
  const file = join(library, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
};

/** A game that keeps its name under the same keys as all others, and asks whether its page is isolated. */
const page = (title, script = '') => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<link rel="icon" href="data:,"><h1>${title}</h1><script>
  const slug = location.hostname.split('.')[0];
  async function save() {
    localStorage.setItem('save', document.title);
    const request = indexedDB.open('save', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('save');
    await new Promise((resolve, reject) => { request.onsuccess = resolve; request.onerror = reject; });
    const store = request.result.transaction('save', 'readwrite').objectStore('save');
    const done = store.put(document.title, 'save');
    await new Promise((resolve) => { done.onsuccess = resolve; });
    request.result.close();
    const cache = await caches.open('save');
    await cache.put('save', new Response(document.title));
  }
  async function saved() {
    const request = indexedDB.open('save', 1);
    await new Promise((resolve, reject) => { request.onsuccess = resolve; request.onerror = reject; });
    const got = request.result.transaction('save').objectStore('save').get('save');
    await new Promise((resolve) => { got.onsuccess = resolve; });
    request.result.close();
    const cached = await (await caches.open('save')).match('save');
    return [localStorage.getItem('save'), got.result, await cached?.text()];
  }
</script>${script}`;

before(async () => {
  if (skip) return;
  library = await mkdtemp(join(tmpdir(), 'arcade-'));
  for (let number = 1; number <= GAMES; number += 1) await write(`${name(number)}/index.html`, page(`Game ${number}`));
  // One with a service worker that answers everything, and one that needs isolation.
  await write('game-01/index.html', page('Game 1', '<script>navigator.serviceWorker.register("sw.js")</script>'));
  await write('game-01/sw.js', `
    addEventListener('install', () => skipWaiting());
    addEventListener('activate', (event) => event.waitUntil(clients.claim()));
    addEventListener('fetch', (event) => event.respondWith(
      new Response('<!doctype html><title>the worker of game 1</title>', { headers: { 'content-type': 'text/html' } })));`);
  await write('game-02/index.html', page('Game 2', '<script>const GODOT_THREADS_ENABLED = true;</script>'));
  await write('game-02/index.js', 'new SharedArrayBuffer(8); // PThread');
  server = await publish(library, '--arcade');
});

after(async () => {
  await stopAll();
  await server?.stop();
  if (library) await rm(library, { recursive: true });
});

const at = (slug) => server.url.replace('localhost', `${slug}.localhost`);

/** Opens a game, which is built when it is first requested, and waits for its own page. */
async function open(tab, number) {
  await tab.goto(at(name(number)));
  await tab.waitForFunction((title) => document.title === title, `Game ${number}`);
}

describe('the arcade', { skip }, () => {
  test('thirty games in thirty tabs keep their saves apart', async () => {
    const window = await newContext();
    const tabs = await Promise.all(Array.from({ length: GAMES - 1 }, () => window.newPage()));
    await Promise.all(tabs.map((tab, index) => open(tab, index + 2)));
    await Promise.all(tabs.map((tab) => tab.evaluate(() => save())));
    for (const [index, tab] of tabs.entries()) {
      const own = `Game ${index + 2}`;
      assert.deepEqual(await tab.evaluate(() => saved()), [own, own, own]);
    }
    // An isolated game beside others that are not.
    for (const [index, isolated] of [[0, true], [1, false]]) {
      assert.equal(await tabs[index].evaluate(() => crossOriginIsolated), isolated, `game ${index + 2}`);
    }
    await window.close();
  });

  test('a service worker answers its own game only', async () => {
    const window = await newContext();
    const tab = await window.newPage();
    await open(tab, 1);
    await tab.evaluate(() => navigator.serviceWorker.ready);
    await tab.goto(at('game-01'));
    assert.equal(await tab.title(), 'the worker of game 1');
    for (const number of [3, 4]) {
      await open(tab, number);
      assert.equal(await tab.evaluate(() => navigator.serviceWorker.controller), null);
    }
    await tab.goto(server.url);
    assert.equal(await tab.title(), 'Games');
    await window.close();
  });

  test('at an address of the network each game has a port, and its saves with it', async () => {
    const window = await newContext();
    const tab = await window.newPage();
    const lobby = server.url.replace('localhost', '127.0.0.1');
    const origins = new Set();
    for (const number of [5, 6]) {
      await tab.goto(lobby);
      await tab.click(`.games [data-slug="${name(number)}"] a`);
      await tab.waitForFunction((title) => document.title === title, `Game ${number}`);
      origins.add(await tab.evaluate(() => location.origin));
      assert.equal(await tab.evaluate(() => localStorage.getItem('save')), null);
      await tab.evaluate(() => save());
    }
    assert.equal(origins.size, 2);
    for (const origin of origins) assert.match(origin, /^http:\/\/127\.0\.0\.1:\d+$/);
    await window.close();
  });

  test('the lobby is searched, sorted and driven by keys', async () => {
    const { page: lobby, leave } = await player();
    await lobby.goto(server.url);
    const shown = () => lobby.locator('.games li:visible h3').allTextContents();
    assert.equal((await shown()).length, GAMES);
    await lobby.keyboard.press('/');
    await lobby.keyboard.type('game-07');
    assert.deepEqual(await shown(), ['Game 7']);
    await lobby.keyboard.press('Escape');
    await lobby.selectOption('select', 'name');
    assert.deepEqual((await shown()).slice(0, 3), ['Game 1', 'Game 2', 'Game 3']);
    const other = await newContext();
    await open(await other.newPage(), 8);
    await other.close();
    await lobby.selectOption('select', 'played');
    const most = () => lobby.locator('.games li').first().evaluate((card) => Number(card.dataset.plays));
    await until('the number of plays', async () => (await most()) > 0);
    await lobby.selectOption('select', 'library');
    const focused = () => lobby.evaluate(() => document.activeElement.closest('[data-slug]')?.dataset.slug);
    await lobby.evaluate(() => document.activeElement.blur());
    await lobby.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'game-01');
    await lobby.keyboard.press('ArrowDown');
    const first = await focused();
    await lobby.keyboard.press('ArrowRight');
    const second = await focused();
    assert.notEqual(second, first);
    await lobby.keyboard.press('ArrowLeft');
    assert.equal(await focused(), first);
    await lobby.keyboard.press('ArrowRight');
    await lobby.keyboard.press('Enter');
    await lobby.waitForURL(at(second));
    await leave();
  });

  test('a gamepad chooses and starts a game', async () => {
    const { page: lobby, leave } = await player();
    await lobby.addInitScript(() => {
      const buttons = Array.from({ length: 17 }, () => ({ pressed: false }));
      window.pad = { index: 0, axes: [0, 0], buttons };
      navigator.getGamepads = () => [window.pad];
    });
    await lobby.goto(server.url);
    const press = async (button) => {
      await lobby.evaluate((number) => { window.pad.buttons[number].pressed = true; }, button);
      await lobby.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await lobby.evaluate((number) => { window.pad.buttons[number].pressed = false; }, button);
      await lobby.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    };
    await press(13);
    await press(13);
    const slug = await lobby.evaluate(() => document.activeElement.closest('.games [data-slug]')?.dataset.slug);
    assert.ok(slug);
    await lobby.evaluate(() => { window.pad.buttons[0].pressed = true; });
    await lobby.waitForURL(at(slug));
    await leave();
  });

  test('an open lobby follows the library and the players, and keeps its search', async () => {
    const { page: lobby, leave } = await player();
    await lobby.goto(server.url);
    await lobby.fill('input', 'new');
    const titles = () => lobby.locator('.games li:visible h3').allTextContents();
    assert.deepEqual(await titles(), []);
    await write('game-31/index.html', page('Something new'));
    await until('the new game', async () => (await titles()).includes('Something new'));
    await write('game-31/index.html', page('Newer still'));
    await until('its new title', async () => (await titles()).includes('Newer still'));
    await rm(join(library, 'game-31'), { recursive: true });
    await until('its end', async () => (await titles()).length === 0);
    await lobby.fill('input', '');
    const other = await player();
    await other.page.goto(server.url);
    const card = (lobby) => lobby.locator('.games [data-slug="game-09"]');
    await card(other.page).locator('a').click();
    await until('a player', async () => /\d playing/.test(await card(lobby).locator('.players:visible').textContent({ timeout: 100 }).catch(() => '')));
    await other.page.close();
    await other.context.close();
    await leave();
  });

  test('what is added, changed and removed shows in an open lobby', async (context) => {
    const { page: lobby, leave } = await player();
    await lobby.goto(server.url);
    const took = [];
    const shows = async (name, change, title) => {
      await change();
      const start = Date.now();
      await until(name, async () => (await lobby.locator('.games h3', { hasText: title }).count()) === (name === 'its end' ? 0 : 1));
      took.push(Date.now() - start);
    };
    for (const round of [1, 2]) {
      await shows('a new game', () => write('game-32/index.html', page(`Added ${round}`)), `Added ${round}`);
      await shows('a change', () => write('game-32/index.html', page(`Changed ${round}`)), `Changed ${round}`);
      await shows('its end', () => rm(join(library, 'game-32'), { recursive: true }), `Changed ${round}`);
    }
    context.diagnostic(`milliseconds: ${took}`);
    await leave();
  });

  for (const [screen, colorScheme, locale] of [['phone', 'dark', 'zh-CN'], ['phone', 'light', 'zh-CN'], ['desktop', 'light', 'en-US'], ['desktop', 'dark', 'en-US']]) {
    test(`the lobby has no fault of accessibility on a ${screen}, ${colorScheme}, in ${locale}`, async () => {
      const { page: lobby, leave } = await player({ screen, colorScheme, locale });
      await lobby.goto(server.url);
      await lobby.evaluate(() => Promise.all([...document.images].map((image) => image.loading === 'lazy' || image.decode())));
      assert.equal(await lobby.evaluate(() => document.documentElement.lang), locale === 'en-US' ? 'en' : locale);
      assert.ok(await lobby.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no sideways scrolling');
      assert.deepEqual(await violations(lobby), []);
      await leave();
    });
  }

  test('without scripts the lobby is a list of links that lead to the games', async () => {
    const window = await newContext({ javaScriptEnabled: false });
    const tab = await window.newPage();
    await tab.goto(server.url);
    assert.equal(await tab.locator('.games a').count(), GAMES);
    assert.equal(await tab.locator('form').isVisible(), false);
    await tab.click('.games [data-slug="game-03"] a');
    await tab.waitForURL(at('game-03'));
    await window.close();
  });
});
