// How many frames a second the games draw, and what each costs: a phone-sized Chromium, its processor slowed down four times.
//
//   cargo build --release && (cd tests/browser && npm ci) && node tests/bench/frames.mjs [SECONDS] [GAME...]
import { fileURLToPath } from 'node:url';
import { browser, closeBrowser, player, publish } from '../browser/support.mjs';

process.env.WEBSERVER_BIN ??= fileURLToPath(new URL('../../target/release/webserver', import.meta.url));
const seconds = Number(process.argv[2] ?? 10);
const slower = 4;

/** What a busy player does, until the time is over: brings each game into play and keeps it there. */
const games = {
  'garden-defense': {
    query: '?seed=3',
    async start(page) {
      await page.getByTestId('play').tap();
      await page.locator('body[data-screen="play"]').waitFor();
    },
    async act(page, turn) {
      await page.getByTestId('card-rosehip').tap({ timeout: 500 });
      await page.getByTestId(`cell-${(turn % 5) + 1}-${(turn % 3) + 1}`).tap({ timeout: 500 });
    },
  },
  'carrot-tower': {
    query: '?seed=3',
    async start(page) {
      await page.tap('#start');
      await page.tap('[data-map-choice="garden"]');
      await page.locator('body[data-screen="play"]').waitFor();
      await page.tap('#next-wave');
    },
    async act(page, turn) {
      if (turn % 3 === 0) await page.tap('#next-wave', { timeout: 500 });
      else if (turn % 3 === 1) await page.locator('#cells [data-kind="free"]').nth(turn).tap({ timeout: 500 });
      else await page.tap('[data-tower="sling"]', { timeout: 500 });
    },
  },
  2048: {
    query: '?seed=3',
    async start(page) {
      await page.getByRole('button', { name: 'Play' }).tap();
      await page.locator('body[data-screen="play"]').waitFor();
    },
    async act(page, turn) {
      await page.keyboard.press(['ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowDown'][turn % 4]);
    },
  },
  'mind-reader': {
    query: '?seed=3',
    async start(page) {
      await page.getByRole('button', { name: 'Raise the curtain' }).tap();
    },
    async act() {},
  },
};

/** Runs in the page: notes when each frame begins. */
const noteFrames = () => {
  const times = [];
  const frame = (time) => {
    times.push(time);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.frameTimes = times;
};

async function measure(name, game) {
  const server = await publish(name);
  const { page, context } = await player({ screen: 'phone' });
  const session = await context.newCDPSession(page);
  try {
    await page.goto(server.url + game.query);
    await game.start(page);
    await session.send('Performance.enable');
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
    const before = await spent(session);
    await page.evaluate(noteFrames);
    const end = Date.now() + seconds * 1000;
    for (let turn = 0; Date.now() < end; turn++) {
      // A card that is not ready yet, a cell that is taken: a player would try the next.
      await game.act(page, turn).catch(() => {});
      await page.waitForTimeout(200);
    }
    const times = await page.evaluate(() => globalThis.frameTimes);
    return figures(times, before, await spent(session));
  } finally {
    await context.close();
    await server.stop();
  }
}

async function spent(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

function figures(times, before, after) {
  const gaps = times.slice(1).map((time, index) => time - times[index]).sort((a, b) => a - b);
  const at = (share) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))];
  const each = (metric) => ((after[metric] - before[metric]) * 1000) / times.length;
  return {
    'frames/s': (1000 * gaps.length) / (times.at(-1) - times[0]),
    'median ms': at(0.5),
    'p95 ms': at(0.95),
    'script ms/frame': each('ScriptDuration'),
    'all work ms/frame': each('TaskDuration'),
  };
}

await browser();
const chosen = process.argv.length > 3 ? process.argv.slice(3) : Object.keys(games);
const table = {};
for (const name of chosen) {
  const row = await measure(name, games[name]);
  table[name] = Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toFixed(1))]));
}
console.table(table);
await closeBrowser();
