// Carrot Tower as a player sees it: everything goes through clicks, taps and keys at elements of the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { player, publish, stopAll, until } from './support.mjs';
import {
  DAY, almostLost, almostWon, begin, cell, everything, labelled, midGame, number, openWith, playedUntil, press, raise, screen, stored, wave,
} from './carrot-tower-support.mjs';
import { dailyCourse, endlessCourse, mapCourse } from '../../games/carrot-tower/courses.js';
import { TOWER_NAMES } from '../../games/carrot-tower/rules/catalog.js';

let server;
before(async () => { server = await publish('carrot-tower'); });
after(async () => {
  await stopAll();
  await server?.stop();
});

for (const size of ['phone', 'desktop']) {
  for (const [locale, sling, free] of [['en-US', 'Pea sling', 'free'], ['zh-CN', '豌豆弹弓', '空地']]) {
    test(`${size}, ${locale}: a tower is built, beats a critter, is improved and sold`, async () => {
      const { page, leave } = await player({ screen: size, locale });
      await begin(page, server.url + '?seed=4&speed=5');
      await labelled(page, 2, 2, free);
      const coins = await number(page, 'coins');
      await raise(page, 2, 2, 'sling');
      await labelled(page, 2, 2, sling);
      await until('the price is paid', async () => (await number(page, 'coins')) === coins - 80);
      await press(page, '#next-wave');
      await until('a critter is beaten and pays', async () => (await number(page, 'coins')) >= coins - 72);
      await press(page, cell(page, 2, 2));
      await press(page, '[data-action="upgrade"]:not([aria-disabled])');
      await labelled(page, 2, 2, '2');
      await press(page, '[data-action="target"]');
      await page.locator('[data-action="target"][data-mode="last"]').waitFor();
      await press(page, '[data-action="sell"]');
      await page.locator('#cells [data-x="2"][data-y="2"][data-kind="free"]').waitFor();
      assert.equal(await number(page, 'lives'), 10);
      await leave();
    });
  }
}

test('phone: without towers the carrot is eaten, and a new try begins afresh', async () => {
  const { page, leave } = await player({ screen: 'phone' });
  await begin(page, server.url + '?seed=2&speed=20');
  await press(page, '#speed');
  await page.locator('#speed', { hasText: '2×' }).waitFor();
  await press(page, '#next-wave');
  await until('the first bite', async () => (await number(page, 'lives')) < 10);
  await screen(page, 'lost');
  assert.equal(await number(page, 'lives'), 0);
  await press(page, '[data-go="restart"]');
  await screen(page, 'play');
  assert.deepEqual([await number(page, 'lives'), await wave(page)], [10, 0]);
  await leave();
});

test('desktop: a fair game is won with stars, which open the second map and stay after a reload', async () => {
  const { page, leave } = await player();
  // The rules take the same course however fast the frames come, so only the last waves are watched.
  await openWith(page, `${server.url}?speed=20`, { ...playedUntil(14), 'carrot-tower:progress': '{"version":1,"stars":{}}' });
  await page.click('#speed');
  await screen(page, 'won');
  const stars = Number(await page.locator('#stars').getAttribute('data-stars'));
  const lives = await number(page, 'lives');
  assert.equal(stars, lives === 10 ? 3 : lives >= 6 ? 2 : 1);
  await page.click('[data-go="maps"]');
  await page.locator(`[data-map-choice="garden"][data-stars="${stars}"]`).waitFor();
  await page.reload();
  await page.click('#start');
  await page.locator(`[data-map-choice="garden"][data-stars="${stars}"]`).waitFor();
  assert.equal(await page.locator('[data-map-choice="moonlit"]').getAttribute('aria-disabled'), 'true');
  await page.click('[data-map-choice="orchard"]');
  await screen(page, 'play');
  await page.locator('#cells [data-kind="free"]').first().click();
  await page.locator('[data-tower="mill"]').waitFor();
  await leave();
});

test('desktop: the keyboard alone starts a map, builds, and calls a wave', async () => {
  const { page, leave } = await player();
  await page.goto(server.url + '?seed=3&speed=5');
  await page.keyboard.press('Tab');
  await page.locator('#start:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('[data-map-choice="garden"]:focus').waitFor();
  await page.keyboard.press('Enter');
  await screen(page, 'play');
  // The focus is on the first cell of the middle row: up one row, then to the third column.
  for (const key of ['ArrowUp', 'ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
  await page.locator('[data-tower="sling"]:focus').waitFor();
  await page.keyboard.press('Enter');
  await labelled(page, 2, 2, 'Pea sling, level 1');
  await page.locator('#cells [data-x="2"][data-y="2"]:focus').waitFor();
  await page.keyboard.press('n');
  await page.locator('#wave', { hasText: '1/15' }).waitFor();
  await page.keyboard.press('p');
  await screen(page, 'paused');
  await page.keyboard.press('Escape');
  await screen(page, 'play');
  await leave();
});

test('phone: an obstacle that the player points at is cleared for coins and a free cell', async () => {
  const { page, leave } = await player({ screen: 'phone' });
  await begin(page, server.url + '?seed=5&speed=10');
  await raise(page, 4, 2, 'sling');
  const coins = await number(page, 'coins');
  await press(page, cell(page, 4, 3));
  await labelled(page, 4, 3, 'being cleared');
  await press(page, '#next-wave');
  await page.locator('#cells [data-x="4"][data-y="3"][data-kind="free"]').waitFor();
  await until('the coins of the crate', async () => (await number(page, 'coins')) >= coins + 25);
  await leave();
});

test('desktop: pointing at a critter makes every tower aim at it', async () => {
  const { page, leave } = await player();
  await begin(page, server.url + '?seed=6&speed=1');
  await page.click('#next-wave');
  await page.locator('#cells [data-kind="path"][aria-label*="Field mouse"]').first().click();
  await page.locator('#live', { hasText: 'All aim at: Field mouse' }).waitFor();
  await leave();
});

test('desktop: a hidden page pauses the game until the player goes on', async () => {
  const { page, leave } = await player();
  await begin(page, server.url + '?seed=1&speed=3');
  await page.click('#next-wave');
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await screen(page, 'paused');
  await page.click('[data-go="resume"]');
  await screen(page, 'play');
  await leave();
});

test('desktop: the language button changes every screen at once and is remembered', async () => {
  const { page, leave } = await player();
  await page.goto(server.url);
  assert.equal(await page.title(), 'Carrot Tower');
  await page.click('#screen-title [data-do="language"]');
  await page.locator('h1', { hasText: '萝卜塔防' }).waitFor();
  assert.equal(await page.title(), '萝卜塔防');
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  await page.reload();
  await page.click('#start');
  await page.click('[data-map-choice="garden"]');
  await labelled(page, 2, 2, '第 3 行第 3 列：空地');
  await page.click('#pause');
  await page.click('#overlay [data-do="language"]');
  await labelled(page, 2, 2, 'Row 3, column 3: free');
  assert.equal(await page.locator('#overlay-title').textContent(), 'Paused');
  await leave();
});


// Powers, the day's challenge, endless games.

test('phone: hail falls where the player taps; frost stops everything; both must recharge', async () => {
  const { page, leave } = await player({ screen: 'phone' });
  const items = midGame(mapCourse('garden', 3, TOWER_NAMES), (game) => Object.assign(game.waits, { hail: 0, freeze: 0 }));
  await openWith(page, server.url + '?speed=5', items);
  await page.locator('#count').waitFor({ state: 'hidden' });
  await press(page, '[data-power="hail"]');
  await page.locator('[data-power="hail"][aria-pressed="true"]').waitFor();
  await page.locator('#banner', { hasText: 'Tap where the hail should fall' }).waitFor();
  await press(page, cell(page, 2, 1));
  await page.locator('[data-power="hail"][aria-disabled="true"]').waitFor();
  await page.locator('#banner').waitFor({ state: 'hidden' });
  assert.equal(await page.locator('body').getAttribute('data-panel'), 'idle', 'the tap chose no cell');
  await press(page, '[data-power="freeze"]');
  await page.locator('[data-power="freeze"][aria-disabled="true"]').waitFor();
  assert.equal(JSON.parse(await stored(page, 'game:garden')).game.used, 2);
  await leave();
});

test('desktop: the daily challenge is the same for two players, its result can be copied, and the best is kept', async () => {
  const boards = [];
  for (const locale of ['en-US', 'zh-CN']) {
    const { page, leave } = await player({ locale });
    await page.goto(`${server.url}?day=${DAY}`);
    await page.click('#screen-title [data-do="daily"]');
    await screen(page, 'daily');
    await page.click('[data-go="daily"]');
    await screen(page, 'play');
    await page.click('#pause');
    const { course, game } = JSON.parse(await stored(page, 'game:daily'));
    boards.push([course.mapId, course.seed, course.twist, course.missing, game.coins, JSON.stringify(game.obstacles)]);
    await leave();
  }
  assert.deepEqual(boards[0], boards[1]);
  const { page, context, leave } = await player();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const progress = { ...everything, daily: { ...everything.daily, best: null } };
  await openWith(page, server.url + `?day=${DAY}&speed=20`, { ...almostWon(dailyCourse(DAY)), 'carrot-tower:progress': JSON.stringify(progress) });
  await screen(page, 'won');
  await page.click('[data-go="share"]');
  await page.locator('#notice', { hasText: 'Copied' }).waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /^Carrot Tower, 2026-11-26\n.+: wave 15 of 15, \d+ bites left\n[\d]+ points\n🥕+/u);
  const { daily } = JSON.parse(await stored(page, 'progress'));
  assert.deepEqual([daily.best.wave, daily.best.won, await stored(page, 'game:daily')], [15, true, null]);
  await leave();
});

test('desktop: after midnight a result is shared as that of its day, and a card that slept shows the new day', async () => {
  // On the 7th only five bites are to be had, and ten are left on the 6th.
  const day = '2026-11-06';
  const { page, context, leave } = await player();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.clock.setFixedTime(new Date(2026, 10, 6, 23, 50));
  const progress = { ...everything, daily: { ...everything.daily, day, best: null } };
  await openWith(page, server.url + '?speed=20', { ...almostWon(dailyCourse(day)), 'carrot-tower:progress': JSON.stringify(progress) });
  await screen(page, 'won');
  await page.clock.setFixedTime(new Date(2026, 10, 7, 0, 10));
  await page.click('[data-go="share"]');
  await page.locator('#notice', { hasText: 'Copied' }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^Carrot Tower, 2026-11-06\n.+: wave 15 of 15/u);
  await page.click('[data-go="maps"]');
  await page.click('#maps-daily');
  await page.locator('#overlay-title', { hasText: 'November 7' }).waitFor();
  await page.clock.setFixedTime(new Date(2026, 10, 8, 8, 0));
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.locator('#overlay-title', { hasText: 'November 8' }).waitFor();
  await leave();
});

test('phone: without a clipboard, as over plain http, the result is shown to be copied by hand', async () => {
  const { page, leave } = await player({ screen: 'phone' });
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await openWith(page, server.url + `?day=${DAY}`);
  await press(page, '#screen-title [data-do="daily"]');
  await press(page, '[data-go="share"]');
  await page.locator('#share-text').waitFor();
  assert.match(await page.locator('#share-text').inputValue(), /13120 points/);
  await leave();
});

test('desktop: a map that is won opens its endless game, whose record is kept', async () => {
  const { page, leave } = await player();
  await openWith(page, server.url + '?speed=20', almostLost(endlessCourse('orchard', 5)));
  await screen(page, 'lost');
  await page.locator('#overlay-text', { hasText: 'A new record!' }).waitFor();
  assert.equal(JSON.parse(await stored(page, 'progress')).endless.orchard.wave, 3);
  await page.click('[data-go="maps"]');
  await page.click('[data-endless="orchard"]');
  await screen(page, 'play');
  await page.locator('#wave', { hasText: '0/∞' }).waitFor();
  await leave();
});

test('desktop: a tap shows numbers and ranges: of a tower with its next level, of a critter, of what stands in the way', async () => {
  const { page, leave } = await player();
  await openWith(page, server.url + '?lang=en&speed=0.01', midGame(mapCourse('moonlit', 3, TOWER_NAMES)));
  await page.click('#pause');
  await page.click('[data-go="resume"]');
  await page.locator('#cells [data-kind="tower"]').first().click();
  await page.locator('.figures', { hasText: /Damage\s*14\s*→ 23/ }).waitFor();
  await page.locator('.head-note', { hasText: 'in the dark' }).waitFor();
  await page.locator('#cells [data-kind="path"][aria-label*="Field mouse"]').first().click();
  await page.locator('#panel', { hasText: /just hungry · speed 0.85[^]*Health \d+ of \d+/ }).waitFor();
  await page.click('[data-action="unaim"]');
  await page.locator('#cells [aria-label$="Glowing mushroom"]').first().click();
  await page.locator('#panel', { hasText: 'At night, towers reach 22% less far' }).waitFor();
  await leave();
});

test('desktop: a gamepad starts a map, builds, calls a wave, uses a power, pauses and goes on', async () => {
  const { page, leave } = await player();
  await page.addInitScript(() => {
    const pad = { buttons: Array.from({ length: 16 }, () => ({ pressed: false })), axes: [0, 0] };
    globalThis.pad = pad;
    navigator.getGamepads = () => [pad];
  });
  /** Holds a button, or pushes the stick, until two frames have seen it, and lets it go for two. */
  const pad = async (button, axes = [0, 0]) => {
    await page.evaluate(async ([index, stick]) => {
      const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))));
      if (index !== null) globalThis.pad.buttons[index].pressed = true;
      globalThis.pad.axes = stick;
      await frames();
      if (index !== null) globalThis.pad.buttons[index].pressed = false;
      globalThis.pad.axes = [0, 0];
      await frames();
    }, [button, axes]);
  };
  // A game that waits for its first wave, with hail at hand and a tower in a corner.
  const items = midGame(mapCourse('garden', 3, TOWER_NAMES), (game) => {
    Object.assign(game, { wave: 0, status: 'ready', spawned: 0, monsters: [], shots: [] });
    game.waits.hail = 0;
  });
  delete items['carrot-tower:current'];
  await openWith(page, server.url, { ...items, 'carrot-tower:progress': '{"version":1,"stars":{}}' });
  await pad(0);
  await page.locator('#start:focus').waitFor();
  await pad(0);
  await page.locator('[data-map-choice="garden"]:focus').waitFor();
  await pad(0);
  await screen(page, 'play');
  for (const step of [12, 15, 15]) await pad(step);
  await page.locator('#cells [data-x="2"][data-y="2"]:focus').waitFor();
  await pad(null, [-1, 0]);
  await page.locator('#cells [data-x="1"][data-y="2"]:focus').waitFor();
  await pad(0);
  await page.locator('[data-tower="sling"]:focus').waitFor();
  await pad(0);
  await labelled(page, 1, 2, 'Pea sling');
  await pad(5);
  await page.locator('#wave', { hasText: '1/15' }).waitFor();
  await page.locator('[data-power="hail"]:not([aria-disabled])').waitFor();
  await pad(2);
  await page.locator('[data-power="hail"][aria-pressed="true"]').waitFor();
  await pad(1);
  await page.locator('[data-power="hail"][aria-pressed="false"]').waitFor();
  await pad(9);
  await screen(page, 'paused');
  await page.locator('[data-go="resume"]:focus').waitFor();
  await pad(15);
  await page.locator('[data-go="restart"]:focus').waitFor();
  await pad(1);
  await screen(page, 'play');
  await leave();
});
