// The cost of the games to a player's device: frames, heap and the way to the first picture.
//
//   cargo build --profile dist && (cd tests/browser && npm ci) && node tests/bench/frames.mjs [SECONDS] [SCENE...]
//
// Frames: the processor time that they take on the page's main thread, times four: what a phone with a processor a quarter as fast
// would need. Thread time from Chromium's trace, not the clock, so that the figures hold on a busy machine; medians of three runs.
// A frame has 16.7 ms; no task may take 50.
//
// With `heap` before the seconds: the JavaScript heap after a collection, twenty times in a play at twenty times the speed (2048 and
// Mind Reader: as fast as the page answers); 180 seconds are an hour of play.
//
// With `load` before the seconds: the time to the first picture at 20 Mbit/s and with the processor four times slower, median and best
// of five visits with an empty cache, and the bytes sent. The time is the clock's, so a busy machine lengthens it.
import { fileURLToPath } from 'node:url';
import { browser, player, publish, stopAll } from '../browser/support.mjs';
import { playedUntil } from '../browser/carrot-tower-support.mjs';
import { createGame, setPlant, step } from '../../games/garden-defense/rules/game.js';
import { plantsFor } from '../../games/garden-defense/rules/levels.js';
import { freeze } from '../../games/garden-defense/rules/snapshot.js';

process.env.WEBSERVER_BIN ??= fileURLToPath(new URL('../../target/dist/webserver', import.meta.url));
const [, , ...given] = process.argv;
const mode = ['heap', 'load'].includes(given[0]) ? given.shift() : 'frames';
const heap = mode === 'heap';
const seconds = Number(given.shift() ?? 10);
const SLOWER = 4;
const ROUNDS = 3;
const VISITS = 5;

/** The last garden in its last third, every bed planted again and again, as full of invaders as it gets. */
function crowdedGarden() {
  const picks = plantsFor(20).slice(0, 6);
  const game = createGame({ id: 'level-20', picks, seed: 3 });
  let fullest = { invaders: -1 };
  while (game.status === 'play') {
    if (game.tick % 30 === 0) {
      for (let bed = 0; bed < 30; bed++) {
        Object.assign(game, { dew: 999, recharge: Object.fromEntries(picks.map((id) => [id, 0])) });
        setPlant(game, picks[1 + (bed % (picks.length - 1))], bed % 5, Math.floor(bed / 5));
      }
    }
    step(game);
    if (game.wave > game.waves / 2 && game.invaders.length > fullest.invaders) fullest = { invaders: game.invaders.length, state: JSON.stringify(freeze(game)) };
  }
  return { 'garden-defense:game': JSON.stringify({ ...JSON.parse(fullest.state), saved: Date.now(), left: false }) };
}

/** With as many pixels as Garden Defense draws on when too many frames come late. */
const coarser = { '1440, coarser canvas': { width: 1440, height: 900, deviceScaleFactor: 0.75 } };

const nothing = async () => {};
const inPlay = (page) => page.locator('body[data-screen="play"]').waitFor();

/** Plants what can be had in one cell after the other, and gathers the dew. */
const plantSomething = (page, turn) => page.evaluate((n) => {
  const cards = document.querySelectorAll('#play .card[data-plant][aria-disabled="false"]');
  if (n % 2) cards[n % Math.max(1, cards.length)]?.click();
  else document.querySelector(`[data-testid="cell-${(n % 5) + 1}-${((n >> 1) % 7) + 1}"]`)?.click();
  document.querySelector('.drop:not(.flying)')?.click();
}, turn);

/** Each scene: the game, what the store holds, the way to the screen, and what a busy player does there every 100 ms. */
const scenes = {
  'garden-defense, title': { game: 'garden-defense', start: nothing, act: nothing },
  'garden-defense, level 1': {
    game: 'garden-defense',
    async start(page) {
      await page.getByTestId('play').click();
      await inPlay(page);
    },
    act: plantSomething,
  },
  'garden-defense unlimited': {
    game: 'garden-defense', file: 'unlimited.html',
    async start(page) {
      for (const step of ['play', 'garden-day', 'start']) await page.getByTestId(step).click();
      await inPlay(page);
    },
    act: plantSomething,
  },
  'garden-defense, level 20': { game: 'garden-defense', stored: crowdedGarden, start: inPlay, act: nothing, also: coarser },
  'carrot-tower, title': { game: 'carrot-tower', start: nothing, act: nothing },
  'carrot-tower, wave 9': {
    game: 'carrot-tower',
    stored: () => playedUntil(9),
    start: inPlay,
    async act(page, turn) {
      if (turn % 10 === 0) await page.locator('#next-wave').click({ timeout: 300 });
    },
  },
  '2048, title': { game: '2048', start: nothing, act: nothing },
  '2048, ten moves a second': {
    game: '2048',
    async start(page) {
      await page.getByRole('button', { name: 'Play' }).click();
      await inPlay(page);
    },
    async act(page, turn) {
      await page.keyboard.press(['ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowDown'][turn % 4]);
    },
  },
  'mind-reader, title': { game: 'mind-reader', start: nothing, act: nothing },
  'mind-reader, a trick': {
    game: 'mind-reader',
    async start(page) {
      await page.locator('[data-trick="nines"]').click();
      await page.locator('body[data-screen="think"]').waitFor();
    },
    async act(page, turn) {
      if (turn % 8 === 0) await page.evaluate(() => document.querySelector('[data-action="go"], [data-action="accept"], [data-action="again"]')?.click());
    },
  },
};

const screens = { phone: { width: 390, height: 844 }, 1440: { width: 1440, height: 900 } };

/** Runs in the page before it loads. */
const store = (items) => Object.entries(items).forEach(([key, text]) => localStorage.setItem(key, text));

async function measure({ game, file = '', stored, start, act }, { deviceScaleFactor = 1, ...viewport }) {
  const server = await publish(game);
  const { page, context } = await player({ viewport, deviceScaleFactor });
  try {
    if (stored) await page.addInitScript(store, stored());
    await page.goto(`${server.url}${file}?seed=3`);
    await start(page);
    await (await browser()).startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'] });
    const end = Date.now() + seconds * 1000;
    for (let turn = 0; Date.now() < end; turn++) {
      // A card that is not ready yet, a cell that is taken: a player would try the next.
      await act(page, turn).catch(() => {});
      await page.waitForTimeout(100);
    }
    const { traceEvents } = JSON.parse((await (await browser()).stopTracing()).toString());
    return figures(traceEvents);
  } finally {
    await context.close();
    await server.stop();
  }
}

/** The heap after a collection, in MB, each twentieth of the time; ended games begin again. */
async function measureHeap({ game, file = '', stored, start, act }, viewport) {
  const server = await publish(game);
  const { page, context } = await player({ viewport });
  try {
    const session = await context.newCDPSession(page);
    if (stored) await page.addInitScript(store, stored());
    await page.goto(`${server.url}${file}?seed=3&speed=20`);
    await start(page);
    const sizes = [];
    const begun = Date.now();
    let turn = 0;
    for (; sizes.length < 20; turn++) {
      await act(page, turn).catch(() => {});
      await page.evaluate(() => document.querySelector('[data-testid="again"], [data-testid="next"], #menu [data-testid="start"], #again, [data-action="again"], [data-go="restart"], [data-go="next"]')?.click());
      if (Date.now() - begun < (sizes.length + 1) * seconds * 50) continue;
      await session.send('HeapProfiler.collectGarbage');
      sizes.push((await session.send('Runtime.getHeapUsage')).usedSize / 1e6);
    }
    const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length;
    const [early, late] = [mean(sizes.slice(3, 8)), mean(sizes.slice(-5))];
    return { turns: turn, 'early MB': early, 'late MB': late, 'largest MB': Math.max(...sizes), 'growth %': 100 * (late / early - 1) };
  } finally {
    await context.close();
    await server.stop();
  }
}

/** Figures of the main thread that drew the most frames: the page's. */
function figures(events) {
  const thread = ({ pid, tid }) => `${pid}/${tid}`;
  const frames = new Map();
  for (const event of events) if (event.name === 'FireAnimationFrame' || event.name === 'UpdateLayerTree' || event.name === 'Commit') frames.set(thread(event), (frames.get(thread(event)) ?? 0) + 1);
  const [page] = [...frames].sort((a, b) => b[1] - a[1])[0] ?? [];
  const mine = events.filter((event) => thread(event) === page);
  const tasks = mine.filter(({ name, tdur }) => name === 'RunTask' && tdur !== undefined).map(({ tdur }) => (tdur * SLOWER) / 1000).sort((a, b) => a - b);
  const commits = mine.filter(({ name }) => name === 'Commit').length;
  const total = tasks.reduce((sum, one) => sum + one, 0);
  const frameTasks = tasks.slice(-commits);
  return {
    'frames drawn/s': commits / seconds,
    'ms a frame': total / Math.max(commits, 1),
    'p95 task ms': frameTasks[Math.floor(frameTasks.length * 0.95)] ?? 0,
    'longest task ms': tasks.at(-1) ?? 0,
    'busy %': total / seconds / 10,
  };
}

/** Bytes of all bodies that a visit fetched, and when the first picture was there. */
async function visit(url) {
  const { page, context } = await player({ viewport: screens.phone });
  try {
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: 20e6 / 8, uploadThroughput: 20e6 / 8 });
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    let bytes = 0;
    session.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
    await page.goto(url, { waitUntil: 'commit', timeout: 60_000 });
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0, null, { timeout: 60_000 });
    await page.waitForLoadState('load', { timeout: 60_000 });
    const first = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
    return { first, bytes };
  } finally {
    await context.close();
  }
}

async function measureLoad(game, file) {
  const server = await publish(game);
  try {
    const visits = [];
    for (let i = 0; i < VISITS; i++) visits.push(await visit(server.url + file));
    const times = visits.map(({ first }) => first).sort((a, b) => a - b);
    return { 'first picture ms': times[Math.floor(VISITS / 2)], 'best ms': times[0], 'KB sent': visits.at(-1).bytes / 1000 };
  } finally {
    await server.stop();
  }
}

const rounded = (row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toFixed(1))]));
const isWanted = (name) => !given.length || given.some((part) => name.includes(part));

/** The middle value of each figure. */
function medians(rows) {
  const middle = (key) => rows.map((row) => row[key]).sort((a, b) => a - b)[Math.floor(rows.length / 2)];
  return Object.fromEntries(Object.keys(rows[0]).map((key) => [key, middle(key)]));
}

await browser();
const table = {};
if (mode === 'load') {
  for (const [game, file] of [['2048', ''], ['mind-reader', ''], ['carrot-tower', ''], ['garden-defense', ''], ['garden-defense', 'unlimited.html']]) {
    const name = `${game} ${file}`.trim();
    if (isWanted(name)) table[name] = rounded(await measureLoad(game, file));
  }
} else {
  for (const [name, scene] of Object.entries(scenes)) {
    if (!isWanted(name) || (heap && scene.act === nothing)) continue;
    for (const [size, viewport] of Object.entries(heap ? { phone: screens.phone } : { ...screens, ...scene.also })) {
      const rows = [];
      for (let round = 0; round < (heap ? 1 : ROUNDS); round++) rows.push(await (heap ? measureHeap : measure)(scene, viewport));
      table[`${name}, ${size}`] = rounded(medians(rows));
    }
  }
}
console.table(table);
await stopAll();
