// Carrot Tower as a player sees it: everything goes through clicks, taps and keys at elements of the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeBrowser, player, publish, until } from './support.mjs';

let server;
before(async () => { server = await publish('carrot-tower'); });
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const number = async (page, id) => Number(await page.locator(`#${id}`).textContent());
const wave = async (page) => Number((await page.locator('#wave').textContent()).split('/')[0]);
const screen = (page, name) => page.locator(`body[data-screen="${name}"]`).waitFor({ timeout: 30_000 });
const cell = (page, x, y) => page.locator(`#cells [data-x="${x}"][data-y="${y}"]`);
const labelled = (page, x, y, words) => page.locator(`#cells [data-x="${x}"][data-y="${y}"][aria-label*="${words}"]`).waitFor();

async function press(page, target) {
  const spot = typeof target === 'string' ? page.locator(target) : target;
  await (page.viewportSize().width < 500 ? spot.tap() : spot.click());
}

/** Opens the game and goes through title and map list to a map. */
async function begin(page, query = '', map = 'garden') {
  await page.goto(server.url + query);
  await screen(page, 'title');
  await press(page, '#start');
  await screen(page, 'maps');
  await press(page, `[data-map-choice="${map}"]`);
  await screen(page, 'play');
  assert.equal(await page.locator('body').getAttribute('data-map'), map);
}

async function raise(page, x, y, name) {
  await press(page, cell(page, x, y));
  await press(page, `[data-tower="${name}"]`);
  await page.locator(`#cells [data-x="${x}"][data-y="${y}"][data-kind="tower"]`).waitFor();
}

for (const size of ['phone', 'desktop']) {
  for (const [locale, sling, free] of [['en-US', 'Pea sling', 'free'], ['zh-CN', '豌豆弹弓', '空地']]) {
    test(`${size}, ${locale}: a tower is built, beats a critter, is improved and sold`, async () => {
      const { page, leave } = await player({ screen: size, locale });
      await begin(page, '?seed=4&speed=10');
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
  await begin(page, '?seed=2&speed=20');
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

// Where to build and what to improve, in order; the same place again means its next level.
const plan = 'sling 2,2; sling 4,2; mortar 5,4; sling 4,2; mister 4,4; hive 7,2; sling 2,2; mortar 5,4; sling 8,4; sling 4,2; hive 7,2; mister 4,4; sling 8,4; mortar 5,4; sling 8,4; hive 7,2; hive 8,2; hive 8,2'
  .split('; ').map((line) => line.split(' ')).map(([name, at]) => [name, ...at.split(',').map(Number)]);

async function playOut(page) {
  let next = 0;
  await until('the end of the game', async () => {
    if ((await page.locator('body').getAttribute('data-screen')) !== 'play') return true;
    if (next < plan.length) {
      const [name, x, y] = plan[next];
      const built = (await cell(page, x, y).getAttribute('data-kind')) === 'tower';
      if ((await page.locator('body').getAttribute('data-panel')) === 'idle') await cell(page, x, y).click();
      const button = page.locator(built ? '[data-action="upgrade"]:not([aria-disabled])' : `[data-tower="${name}"]:not([aria-disabled])`);
      if (await button.count()) {
        await button.click({ timeout: 3000 });
        if (built) await page.keyboard.press('Escape');
        next++;
        return false;
      }
    }
    if ((await wave(page)) === 0) await page.locator('#next-wave').click();
    return false;
  }, 50);
}

test('desktop: a fair plan wins the first map with stars, which open the second and stay after a reload', async () => {
  const { page, leave } = await player();
  await begin(page, '?seed=1&speed=20');
  await page.click('#speed');
  await playOut(page);
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
  await begin(page, '?seed=5&speed=10');
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
  await begin(page, '?seed=6&speed=1');
  await page.click('#next-wave');
  await page.locator('#cells [data-kind="path"][aria-label*="Field mouse"]').first().click();
  await page.locator('#live', { hasText: 'All aim at: Field mouse' }).waitFor();
  await leave();
});

test('desktop: a hidden page pauses the game until the player goes on', async () => {
  const { page, leave } = await player();
  await begin(page, '?seed=1&speed=3');
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

for (const [what, value] of [['no JSON', '{"version":1,'], ['another shape', '{"version":1,"stars":{"garden":99}}'], ['an old version', '{"version":0}']]) {
  test(`desktop: a broken save (${what}) starts afresh with a notice`, async () => {
    const { page, leave } = await player();
    await page.addInitScript((text) => { if (!sessionStorage.getItem('once')) localStorage.setItem('carrot-tower:progress', text); sessionStorage.setItem('once', '1'); }, value);
    await page.goto(server.url + '?lang=en');
    await page.locator('#notice', { hasText: 'afresh' }).waitFor();
    await page.click('#start');
    await page.locator('[data-map-choice="garden"][data-stars="0"]').waitFor();
    assert.equal(JSON.parse(await page.evaluate(() => localStorage.getItem('carrot-tower:progress'))).version, 1);
    await leave();
  });
}
