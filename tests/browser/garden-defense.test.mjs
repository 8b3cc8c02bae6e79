// Garden Defense as its players meet it: both editions, both languages, phone and desktop.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { closeBrowser, player, project, publish, serveFolder, until } from './support.mjs';

let site;
before(async () => { site = await publish('garden-defense'); });
after(async () => {
  await closeBrowser();
  await site.stop();
});

const pages = { standard: '', unlimited: 'unlimited.html' };
const keys = { standard: 'garden-defense:progress', unlimited: 'garden-defense:unlimited:progress' };

/** A player in front of an edition, with the progress they are to have, on a screen; `press` is a tap or a click. */
async function sitDown({ edition = 'standard', query = '?seed=3', progress, ...options } = {}) {
  const { page, context, leave } = await player(options);
  if (progress !== undefined) await page.addInitScript(([key, text]) => { if (!localStorage.getItem(key)) localStorage.setItem(key, text); }, [keys[edition], progress]);
  await page.goto(site.url + pages[edition] + query);
  const press = (what) => {
    const target = typeof what === 'string' ? page.getByTestId(what) : what;
    return options.screen === 'phone' ? target.tap() : target.click();
  };
  const screenIs = (name, seconds) => until(`screen ${name}`, async () => (await page.getAttribute('body', 'data-screen')) === name, seconds);
  const number = async (id) => Number((await page.getByTestId(id).textContent()).match(/\d+/)[0]);
  const ready = (id) => page.getByTestId(`card-${id}`).getAttribute('aria-disabled').then((disabled) => disabled === 'false');
  const plant = async (id, lane, cell) => {
    if ((await page.getByTestId(`card-${id}`).getAttribute('aria-pressed')) !== 'true') await press(`card-${id}`);
    await press(`cell-${lane}-${cell}`);
  };
  return { page, context, leave, press, screenIs, number, ready, plant, label: (lane, cell) => page.getByTestId(`cell-${lane}-${cell}`).getAttribute('aria-label') };
}

const saved = (open) => JSON.stringify({ version: 1, open, stars: {}, endlessBest: 0, picks: [] });

const tables = [
  { screen: 'phone', locale: 'en-US', edition: 'standard', title: 'Garden Defense', html: 'en', what: /^Lane 3, cell 3: Rosehip Sling/ },
  { screen: 'desktop', locale: 'zh-CN', edition: 'standard', title: '花园保卫战', html: 'zh-CN', what: /^第 3 行，第 3 格：蔷薇果弹弓/ },
  { screen: 'phone', locale: 'zh-CN', edition: 'unlimited', title: '花园保卫战·无限版', html: 'zh-CN', what: /^第 3 行，第 3 格：蔷薇果弹弓/ },
  { screen: 'desktop', locale: 'en-US', edition: 'unlimited', title: 'Garden Defense, unlimited edition', html: 'en', what: /^Lane 3, cell 3: Rosehip Sling/ },
];
for (const { screen, locale, edition, title, html, what } of tables) {
  test(`${edition}, ${screen}, ${locale}: start, follow the hint, plant, wind an ant down`, async () => {
    const { page, leave, press, screenIs, number, plant, label } = await sitDown({ screen, locale, edition, query: '?seed=3&speed=20' });
    assert.equal(await page.title(), title);
    assert.equal(await page.getAttribute('html', 'lang'), html);
    assert.equal(await page.getAttribute('body', 'data-edition'), edition);
    await press('play');
    await screenIs('play');
    assert.equal(await page.getAttribute('body', 'data-level'), '1');
    await page.locator('.hint').waitFor();
    await plant('rosehip', 3, 3);
    assert.match(await label(3, 3), what);
    if (edition === 'unlimited') for (const lane of [2, 4]) for (const cell of [3, 4]) await plant('rosehip', lane, cell);
    await until('an ant wound down', async () => (await number('defeated')) >= 1);
    assert.equal(await number('barrels'), 5);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight);
    assert.equal(overflow, false);
    await leave();
  });
}

test('nobody at the beds: lost, and a second try', async () => {
  const { leave, press, screenIs, number, page } = await sitDown({ edition: 'unlimited', progress: saved(3), query: '?seed=3&speed=20' });
  await press('play');
  await screenIs('lost', 30);
  assert.ok((await number('barrels')) < 5);
  await press('again');
  await screenIs('play');
  assert.equal(await number('barrels'), 5);
  assert.equal(await page.evaluate((key) => localStorage.getItem(key), keys.unlimited), saved(3), 'nothing is won by losing');
  await leave();
});

/** What a careful player plants in the first level, in this order, as dew allows. */
const plans = {
  standard: [
    ['rosehip', 3, 3], ['dewcup', 3, 1], ['dewcup', 2, 1], ['rosehip', 2, 3], ['rosehip', 4, 3], ['dewcup', 4, 1],
    ['rosehip', 3, 4], ['rosehip', 2, 4], ['rosehip', 4, 4], ['rosehip', 3, 5], ['rosehip', 2, 5], ['rosehip', 4, 5],
  ],
  unlimited: [1, 2, 3, 4, 5].flatMap((cell) => [3, 2, 4].map((lane) => ['rosehip', lane, cell])).concat([3, 2, 4].map((lane) => ['hedge', lane, 7])),
};

for (const [edition, screen] of [['standard', 'desktop'], ['unlimited', 'phone']]) {
  test(`${edition}, ${screen}: the first level is won, the second opens and is remembered`, async () => {
    const { page, leave, press, screenIs, ready, plant } = await sitDown({ edition, screen, query: '?seed=3&speed=6' });
    await press('play');
    await screenIs('play');
    // Planting takes a player's time; once the beds are full the clock may run twice as fast.
    let fast = false;
    const todo = [...plans[edition]];
    const isDecided = async () => (await page.getAttribute('body', 'data-screen')) !== 'play';
    await until('the level decided', async () => {
      if (await isDecided()) return true;
      if (!todo.length || (edition === 'standard' && todo.length < 9)) {
        if (!fast) await press('fast');
        fast = true;
      }
      if (!todo.length) return false;
      if (screen === 'desktop') await page.keyboard.press('c');
      // The level may be decided between looking and planting.
      if (await ready(todo[0][0])) await plant(...todo.shift()).catch(async (error) => { if (!(await isDecided())) throw error; });
      return false;
    }, 80);
    await screenIs('won', 1);
    await press('next');
    await screenIs('play');
    assert.equal(await page.getAttribute('body', 'data-level'), '2');
    assert.equal(await page.getByTestId('card-hedge').count(), 1);
    await page.reload();
    await press('levels');
    assert.equal(await page.getByTestId('level-2').isEnabled(), true);
    assert.equal(await page.getByTestId('level-3').isEnabled(), false);
    await leave();
  });
}

test('phone: a dewdrop is gathered by a tap', async () => {
  const { page, leave, press, screenIs, number } = await sitDown({ screen: 'phone', query: '?seed=3&speed=3' });
  await press('play');
  await screenIs('play');
  const before = await number('dew');
  await press(page.locator('.drop').first());
  await until('25 dew more', async () => (await number('dew')) >= before + 25);
  await leave();
});

test('level 4: the player chooses the seeds', async () => {
  const { page, leave, press, screenIs } = await sitDown({ progress: saved(4) });
  await press('play');
  await screenIs('choose');
  for (const id of ['dewcup', 'rosehip', 'hedge', 'touchmenot', 'honeysuckle']) {
    if ((await page.getByTestId(`pick-${id}`).getAttribute('aria-pressed')) === 'true') await press(`pick-${id}`);
  }
  assert.equal(await page.getByTestId('start').isEnabled(), false);
  for (const id of ['honeysuckle', 'dewcup', 'hedge', 'rosehip']) await press(`pick-${id}`);
  await press('pick-touchmenot');
  assert.equal(await page.getByTestId('pick-touchmenot').getAttribute('aria-pressed'), 'false', 'a fifth does not fit');
  await press('start');
  await screenIs('play');
  assert.equal(await page.getAttribute('body', 'data-level'), '4');
  assert.deepEqual(await page.locator('[data-plant]').evaluateAll((cards) => cards.map((card) => card.dataset.plant)), ['dewcup', 'rosehip', 'hedge', 'honeysuckle']);
  await leave();
});

test('endless play opens after level 5, and ends', async () => {
  const { page, leave, press, screenIs } = await sitDown({ progress: saved(6), query: '?seed=3&speed=20' });
  await press('levels');
  await press('endless');
  await screenIs('choose');
  await press('start');
  await screenIs('play');
  await screenIs('endless-over', 40);
  const best = await page.evaluate((key) => JSON.parse(localStorage.getItem(key)).endlessBest, keys.standard);
  assert.match(await page.getByTestId('endless-result').textContent(), new RegExp(`\\b${best} waves`));
  await leave();
});

test('seed cards: dragged to a cell, refused when too dear, dug up again', async () => {
  const { page, leave, press, screenIs, number, label } = await sitDown();
  await press('play');
  await screenIs('play');
  await page.getByTestId('card-rosehip').dragTo(page.getByTestId('cell-3-2'));
  await until('planted', async () => /Rosehip/.test(await label(3, 2)));
  assert.ok((await number('dew')) < 100);
  assert.equal(await page.getByTestId('card-rosehip').getAttribute('aria-disabled'), 'true');
  const dew = await number('dew');
  await press('trowel');
  await press('cell-3-2');
  assert.match(await label(3, 2), /bare soil/);
  assert.ok((await number('dew')) >= dew + 50);
  await leave();
});

test('the game waits while its tab is hidden', async () => {
  const { page, leave, press, screenIs } = await sitDown({ query: '?seed=3&speed=20' });
  await press('play');
  await screenIs('play');
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await screenIs('paused');
  const value = () => page.getByTestId('progress').getAttribute('aria-valuenow');
  const then = await value();
  // Twenty frames at twenty times the speed would move the bar by several percent.
  await page.evaluate(() => new Promise((resolve) => { let n = 20; const next = () => (n-- ? requestAnimationFrame(next) : resolve()); next(); }));
  assert.equal(await value(), then);
  await page.evaluate(() => {
    delete document.hidden;
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await screenIs('paused');
  await press('resume');
  await screenIs('play');
  await until('time goes on', async () => (await value()) !== then);
  await leave();
});

test('the language is switched by a button and remembered', async () => {
  const { page, leave, press } = await sitDown();
  await press('language');
  assert.equal(await page.title(), '花园保卫战');
  assert.equal(await page.getAttribute('html', 'lang'), 'zh-CN');
  assert.equal(await page.getByTestId('play').textContent(), '开始');
  await page.reload();
  assert.equal(await page.title(), '花园保卫战');
  await press('play');
  await page.keyboard.press('p');
  await press('language');
  assert.match(await page.getByTestId('cell-1-1').getAttribute('aria-label'), /^Lane 1, cell 1: bare soil/);
  assert.match(await page.getByTestId('wave').textContent(), /^Wave/);
  await leave();
});

test('keys alone: begin, plant, pause, mute', async () => {
  const { page, leave, screenIs, label } = await sitDown();
  await page.keyboard.press('Enter');
  await screenIs('play');
  await page.keyboard.press('2');
  assert.equal(await page.getByTestId('card-rosehip').getAttribute('aria-pressed'), 'true');
  for (const key of ['ArrowUp', 'ArrowRight']) await page.keyboard.press(key);
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', 'the focus can be seen');
  await page.keyboard.press('Enter');
  assert.match(await label(2, 3), /Rosehip Sling/);
  await page.keyboard.press('m');
  assert.equal(await page.getByTestId('mute').getAttribute('aria-label'), 'Sound on');
  await page.keyboard.press('Escape');
  await screenIs('paused');
  await page.keyboard.press('Enter');
  await screenIs('play');
  await leave();
});

test('broken progress: a new garden and a notice', async () => {
  for (const [edition, text] of [['standard', '{"version":1,"open":'], ['unlimited', '{"version":0}']]) {
    const { page, leave, press, screenIs } = await sitDown({ edition, progress: text });
    assert.match(await page.getByTestId('notice').textContent(), /could not be read/);
    await press('play');
    await screenIs('play');
    await leave();
  }
});

test('blocked storage: the game is played all the same', async () => {
  const { page, leave } = await player();
  await page.addInitScript(() => Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } }));
  await page.goto(site.url);
  await page.getByTestId('notice').waitFor();
  await page.getByTestId('play').click();
  await page.getByTestId('cell-1-1').waitFor();
  await leave();
});

test('any static server and a sub-path will do', async () => {
  const portal = await serveFolder(join(project, 'games', 'garden-defense'), '/portal/games/garden/');
  const { page, leave } = await player();
  for (const file of ['', 'unlimited.html']) {
    await page.goto(portal.url + file);
    await page.getByTestId('play').click();
    await page.getByTestId('cell-5-9').waitFor();
  }
  await leave();
  await portal.stop();
});
