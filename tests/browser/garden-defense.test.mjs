// Garden Defense as its players meet it: both editions, both languages, phone and desktop.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createGame, setPlant, step } from '../../games/garden-defense/rules/game.js';
import { PLANT_ORDER } from '../../games/garden-defense/rules/data.js';
import { plantsFor } from '../../games/garden-defense/rules/levels.js';
import { freeze } from '../../games/garden-defense/rules/snapshot.js';
import { player, project, publish, serveFolder, snap, stopAll, until, violations } from './support.mjs';

let site;
before(async () => { site = await publish('garden-defense'); });
after(async () => {
  await stopAll();
  await site.stop();
});

const pages = { standard: '', unlimited: 'unlimited.html' };
const prefixes = { standard: 'garden-defense:', unlimited: 'garden-defense:unlimited:' };

const saved = (open, more = {}) => JSON.stringify({
  version: 2, open, stars: {}, picks: [], gifts: [], brass: 0, perks: [], minis: {}, best: {}, daily: {}, stats: { games: 0, won: 0, toys: 0, planted: 0, dew: 0, seconds: 0, days: 0 }, ...more,
});

/** A player in front of an edition, with the progress they are to have, on a screen; `press` is a tap or a click. */
async function sitDown({ edition = 'standard', query = '?seed=3', progress, game, gameOnce, ...options } = {}) {
  const { page, context, leave } = await player(options);
  if (progress !== undefined) await page.addInitScript(([key, text]) => { if (!localStorage.getItem(key)) localStorage.setItem(key, text); }, [`${prefixes[edition]}progress`, progress]);
  if (gameOnce) await page.addInitScript(([key, text]) => { if (!sessionStorage.begun) localStorage.setItem(key, text); sessionStorage.begun = 1; }, [`${prefixes[edition]}game`, gameOnce]);
  if (game) await page.addInitScript(([key, text]) => localStorage.setItem(key, text), [`${prefixes[edition]}game`, game]);
  await page.goto(site.url + pages[edition] + query);
  const press = (what) => {
    const target = typeof what === 'string' ? page.getByTestId(what) : what;
    return options.screen === 'phone' ? target.tap() : target.click();
  };
  const screenIs = (name, seconds) => until(`screen ${name}`, async () => (await page.getAttribute('body', 'data-screen')) === name, seconds);
  const number = async (id) => Number((await page.getByTestId(id).textContent()).match(/\d+/)[0]);
  const plant = async (id, lane, cell) => {
    if ((await page.getByTestId(`card-${id}`).getAttribute('aria-pressed')) !== 'true') await press(`card-${id}`);
    await press(`cell-${lane}-${cell}`);
  };
  /** Into the first level, or into the unlimited edition's first garden. */
  const begin = async () => {
    await press('play');
    if (edition === 'unlimited') {
      await press('garden-day');
      await press('start');
    }
    await screenIs('play');
  };
  const stored = (name) => page.evaluate((key) => JSON.parse(localStorage.getItem(key)), prefixes[edition] + name);
  return { page, context, leave, press, screenIs, number, plant, begin, stored, label: (lane, cell) => page.getByTestId(`cell-${lane}-${cell}`).getAttribute('aria-label') };
}

const tables = [
  { screen: 'phone', locale: 'en-US', edition: 'standard', title: 'Garden Defense', html: 'en', what: /^Lane 3, cell 3: Rosehip Sling/ },
  { screen: 'desktop', locale: 'zh-CN', edition: 'standard', title: '花园保卫战', html: 'zh-CN', what: /^第 3 行，第 3 格：蔷薇果弹弓/ },
  { screen: 'phone', locale: 'zh-CN', edition: 'unlimited', title: '花园保卫战·无限版', html: 'zh-CN', what: /^第 3 列，第 3 格：蔷薇果弹弓/ },
  { screen: 'desktop', locale: 'en-US', edition: 'unlimited', title: 'Garden Defense, unlimited edition', html: 'en', what: /^Lane 3, cell 3: Rosehip Sling/ },
];
for (const { screen, locale, edition, title, html, what } of tables) {
  test(`${edition}, ${screen}, ${locale}: start, follow the hint, plant, stop an ant`, async () => {
    const { page, leave, number, plant, label, begin } = await sitDown({ screen, locale, edition, query: '?seed=3&speed=20' });
    assert.equal(await page.title(), title);
    assert.equal(await page.getAttribute('html', 'lang'), html);
    assert.equal(await page.getAttribute('body', 'data-edition'), edition);
    await begin();
    await page.locator('.hint').waitFor();
    await plant('rosehip', 3, 3);
    assert.match(await label(3, 3), what);
    const stopped = edition === 'standard' ? 'defeated' : 'score';
    await until('a toy stopped', async () => (await number(stopped)) >= 1 || (await page.getAttribute('body', 'data-screen')) !== 'play');
    assert.ok((await number(stopped)) >= 1);
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    await leave();
  });
}

test('nobody at the beds: lost, and a second try', async () => {
  const { leave, press, screenIs, number, stored } = await sitDown({ progress: saved(3), query: '?seed=3&speed=20' });
  await press('play');
  await screenIs('lost', 40);
  assert.ok((await number('barrels')) < 5);
  const { open, stars, stats } = await stored('progress');
  assert.deepEqual([open, stars, stats.games], [3, {}, 1], 'nothing is won by losing');
  await press('again');
  await screenIs('play');
  assert.equal(await number('barrels'), 5);
  await leave();
});

/** The first level with its beds well planted and its last wave about to come: it is won without another deed, however slow the machine. */
function nearlyWon() {
  const game = createGame({ id: 'level-1', picks: ['dewcup', 'rosehip'], seed: 3 });
  for (let i = 0; i < 12; i++) {
    Object.assign(game, { dew: 999, recharge: { dewcup: 0, rosehip: 0 } });
    setPlant(game, 'rosehip', 1 + (i % 3), 1 + Math.floor(i / 3));
  }
  while (game.wave < game.waves) step(game);
  return JSON.stringify({ ...freeze(game), saved: Date.now(), left: false });
}

test('the first level is won, the second opens and is remembered; brass is paid', async () => {
  const { page, leave, press, screenIs, stored } = await sitDown({ query: '?seed=3&speed=6', gameOnce: nearlyWon() });
  await screenIs('play');
  await press('fast');
  assert.equal(await page.getByTestId('fast').getAttribute('aria-pressed'), 'true');
  await screenIs('won', 180);
  assert.ok((await stored('progress')).brass >= 30);
  await press('next');
  await screenIs('play');
  assert.equal(await page.getAttribute('body', 'data-level'), '2');
  assert.equal(await page.getByTestId('card-hedge').count(), 1);
  await press('pause');
  await press('leave');
  await page.reload();
  await press('levels');
  assert.equal(await page.getByTestId('level-2').isEnabled(), true);
  assert.equal(await page.getByTestId('level-3').isEnabled(), false);
  await leave();
});

test('phone: a dewdrop is gathered by a tap', async () => {
  const { page, leave, begin, press, number } = await sitDown({ screen: 'phone', query: '?seed=3&speed=3' });
  await begin();
  const before = await number('dew');
  await press(page.locator('.drop').first());
  await until('25 dew more', async () => (await number('dew')) >= before + 25);
  await leave();
});

test('the choice of seeds: cards open, a fifth does not fit', async () => {
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
  assert.match(await page.getByTestId('about').textContent(), /Touch-me-not.*Bursts.*Cost 125.*Damage 1800/, 'but its card opens');
  await press('start');
  await screenIs('play');
  assert.equal(await page.getAttribute('body', 'data-level'), '4');
  assert.deepEqual(await page.locator('#play [data-plant]').evaluateAll((cards) => cards.map((card) => card.dataset.plant)), ['dewcup', 'rosehip', 'hedge', 'honeysuckle']);
  await press('card-honeysuckle');
  assert.match(await page.getByTestId('tip').textContent(), /Honeysuckle: Its nectar/);
  await leave();
});

for (const [edition, into, garden] of [['standard', 'endless', 'day'], ['unlimited', 'garden-wind', 'wind']]) {
  test(`${edition}: endless play ends with a score that is kept`, async () => {
    const { page, leave, press, screenIs, stored } = await sitDown({ edition, progress: saved(6), query: '?seed=3&speed=20' });
    await press(edition === 'standard' ? 'levels' : 'play');
    await press(into);
    await press('start');
    await screenIs('play');
    await screenIs('endless-over', 40);
    const { best } = await stored('progress');
    assert.match(await page.getByTestId('endless-result').textContent(), new RegExp(`\\b${best[garden].wave} waves`));
    assert.equal(Number((await page.getByTestId('points').textContent()).replace(/\D/g, '')), best[garden].score);
    await leave();
  });
}

test('seed cards: dragged to a cell, refused when too dear, dug up again', async () => {
  const { page, leave, press, begin, number, label } = await sitDown();
  await begin();
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

test('a refresh loses nothing: the game goes on after a count of three', async () => {
  for (const edition of ['standard', 'unlimited']) {
    const { page, leave, begin, plant, label, screenIs, stored } = await sitDown({ edition, query: '?seed=3&speed=3' });
    // The count may be over before the page says that it is loaded, so every screen and number is noted as it comes.
    await page.addInitScript(() => {
      window.shown = [];
      new MutationObserver(() => {
        const now = `${document.body?.dataset.screen} ${document.querySelector('.three')?.textContent ?? ''}`.trim();
        if (window.shown.at(-1) !== now) window.shown.push(now);
      }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['data-screen'] });
    });
    await begin();
    await plant('rosehip', 3, 2);
    assert.match(await label(3, 2), /Rosehip/);
    await page.evaluate(() => window.dispatchEvent(new Event('pagehide')));
    const before = await stored('game');
    await page.reload();
    await screenIs('play');
    const shown = await page.evaluate(() => window.shown);
    assert.deepEqual(shown.filter((one) => /^count \d/.test(one)), ['count 3', 'count 2', 'count 1']);
    assert.match(await label(3, 2), /Rosehip/);
    const { tick } = await stored('game');
    assert.ok(tick >= before.tick && tick < before.tick + 300);
    await leave();
  }
});

test('leaving keeps the game on the title; an old one waits there, a broken one is told of', async () => {
  const { page, leave, begin, press, screenIs, plant, label, stored } = await sitDown();
  await begin();
  await plant('rosehip', 3, 2);
  await press('pause');
  await press('leave');
  await screenIs('title');
  await page.reload();
  await screenIs('title');
  assert.match(await page.getByTestId('continue').textContent(), /Level 1 · Wave/);
  await press('continue');
  await screenIs('play');
  assert.match(await label(3, 2), /Rosehip/);
  const game = await stored('game');
  // The page keeps its game when it goes away, so the changed one is put in its place before the next page starts.
  await page.addInitScript((texts) => { if (sessionStorage.turn) localStorage.setItem('garden-defense:game', texts[sessionStorage.turn]); }, [JSON.stringify({ ...game, saved: 1 }), '{"version":1,"tick":']);
  await page.evaluate(() => { sessionStorage.turn = 0; });
  await page.reload();
  await page.getByTestId('continue').waitFor();
  await page.evaluate(() => { sessionStorage.turn = 1; });
  await page.reload();
  assert.match(await page.getByTestId('notice').textContent(), /unfinished game could not be read/);
  assert.equal(await page.getByTestId('continue').count(), 0);
  await leave();
});

test('a game that is under way is not lost by one press: neither to a restart nor to another game', async () => {
  const { page, leave, press, screenIs, plant, stored } = await sitDown({ progress: saved(6) });
  await press('levels');
  await press('level-1');
  await screenIs('play');
  await plant('rosehip', 3, 2);
  await press('pause');
  await press('restart');
  assert.equal(await page.getByTestId('restart').textContent(), 'Really restart?');
  assert.equal((await stored('game')).planted, 1);
  await press('leave');
  await press('daily');
  await press('start');
  assert.match(await page.getByTestId('loses').textContent(), /^Level 1, wave 1, will be lost/);
  await page.keyboard.press('Escape');
  await screenIs('title');
  await press('daily');
  await press('start');
  await press('continue');
  await screenIs('play');
  assert.equal((await stored('game')).planted, 1);
  await press('pause');
  await press('leave');
  await press('daily');
  await press('start');
  await press('another');
  await screenIs('play');
  assert.match((await stored('game')).id, /^daily-/);
  await press('pause');
  await press('restart');
  await press('restart');
  await screenIs('play');
  await press('pause');
  await press('leave');
  await press('levels');
  await press('level-1');
  await press('continue');
  await screenIs('play');
  assert.match((await stored('game')).id, /^daily-/);
  await leave();
});

test('the game waits while its tab is hidden, and is kept meanwhile', async () => {
  const { page, leave, begin, press, screenIs, stored } = await sitDown({ query: '?seed=3&speed=20' });
  await begin();
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await screenIs('paused');
  const value = () => page.getByTestId('progress').getAttribute('aria-valuenow');
  const then = await value();
  const { tick } = await stored('game');
  assert.ok(tick >= 0);
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

test('the shop sells and the next level has it', async () => {
  const { page, leave, press, screenIs, number, stored } = await sitDown({ progress: saved(2, { brass: 100 }) });
  await press('shop');
  assert.equal(await page.getByTestId('buy-slot').isEnabled(), false);
  await press('buy-can');
  assert.match(await page.getByTestId('brass').textContent(), /20/);
  assert.deepEqual((await stored('progress')).perks, ['can']);
  await press('back');
  await press('play');
  await screenIs('play');
  assert.equal(await number('dew'), 200);
  await leave();
});

test('what is bought in one tab is kept by another that was open already; a game that one plays on is not set back by closing the other', async () => {
  const { page, context, leave, press, screenIs, stored } = await sitDown({ progress: saved(6, { brass: 1000 }) });
  const second = await context.newPage();
  await second.goto(site.url);
  await second.getByTestId('shop').click();
  await second.getByTestId('buy-can').click();
  await press('shop');
  await until('the first tab to know', () => page.getByTestId('buy-can').isDisabled());
  await press('buy-trowel');
  assert.deepEqual((await stored('progress')).perks, ['can', 'trowel']);
  await press('back');
  await second.close();
  await press('levels');
  await press('level-1');
  await screenIs('play');
  await press('pause');
  const third = await context.newPage();
  await third.goto(site.url + '?speed=20');
  const { tick } = await stored('game');
  const kept = async () => (await stored('game'))?.tick ?? 0;
  await third.locator('body[data-screen="play"]').waitFor();
  await until('the other tab to play on', async () => (await kept()) > tick);
  const now = await kept();
  await page.goto(site.url + pages.unlimited);
  assert.ok(await third.evaluate(() => JSON.parse(localStorage.getItem('garden-defense:game')).tick) >= now);
  await leave();
});

test('the daily challenge: the same for all, its result is kept and can be shared', async () => {
  const { page, leave, press, screenIs, stored } = await sitDown({ query: '?speed=20' });
  await press('daily');
  const seeds = await page.locator('.seeds li').allTextContents();
  await press('start');
  await screenIs('play');
  await screenIs('endless-over', 180);
  const [[day, result]] = Object.entries((await stored('progress')).daily);
  // Without a clipboard the text is shown.
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('refused')) } }));
  await press('share');
  const text = await page.getByTestId('shared').inputValue();
  assert.ok(text.includes(day) && text.includes(`Wave ${result.wave}`), text);
  await press('leave');
  await screenIs('daily');
  assert.match(await page.getByTestId('daily-result').textContent(), /Days in a row: 1/);
  assert.deepEqual(await page.locator('.seeds li').allTextContents(), seeds);
  await leave();
});

test('bare hands: a tap on a toy stops it in the end', async () => {
  const { page, leave, press, screenIs, number } = await sitDown({ progress: saved(4), query: '?seed=3&speed=2' });
  await press('levels');
  await press('mini-hands');
  await screenIs('play');
  await until('a toy stopped', async () => {
    const toys = await page.locator('.cell').evaluateAll((cells) => cells.filter((cell) => /here/.test(cell.ariaLabel)).map((cell) => cell.dataset.testid));
    for (const id of toys) await press(id);
    return (await number('defeated')) > 0;
  }, 40);
  await leave();
});

test('the language is switched by a button and remembered', async () => {
  const { page, leave, begin, press } = await sitDown();
  await press('language');
  assert.equal(await page.title(), '花园保卫战');
  assert.equal(await page.getAttribute('html', 'lang'), 'zh-CN');
  assert.equal(await page.getByTestId('play').textContent(), '开始');
  await page.reload();
  assert.equal(await page.title(), '花园保卫战');
  await begin();
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
  assert.equal(await page.getByTestId('mute').getAttribute('aria-label'), 'Unmute sound');
  await page.keyboard.press('Escape');
  await screenIs('paused');
  await page.keyboard.press('Enter');
  await screenIs('play');
  await leave();
});

test('a gamepad alone: begin, plant, pause, resume, leave', async () => {
  const { page, leave, screenIs, label } = await sitDown();
  await page.evaluate(() => {
    const pad = { buttons: Array.from({ length: 17 }, () => ({ pressed: false })), axes: [0, 0] };
    navigator.getGamepads = () => [pad, null];
    window.pad = pad;
    window.dispatchEvent(new Event('gamepadconnected'));
  });
  /** Holds a button down until the game has had two frames to see it. */
  const push = (button) => page.evaluate((i) => new Promise((resolve) => {
    const twice = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
    window.pad.buttons[i].pressed = true;
    twice(() => {
      window.pad.buttons[i].pressed = false;
      twice(resolve);
    });
  }), button);
  await push(13);
  await push(12);
  await push(0);
  await screenIs('play');
  for (const button of [5, 5]) await push(button);
  assert.equal(await page.getByTestId('card-rosehip').getAttribute('aria-pressed'), 'true');
  await push(15);
  await push(12);
  await push(0);
  assert.match(await label(2, 3), /Rosehip Sling/);
  await push(9);
  await screenIs('paused');
  await push(9);
  await screenIs('play');
  await push(9);
  await screenIs('paused');
  await push(13);
  assert.match(await page.evaluate(() => document.activeElement.dataset.testid), /restart|leave/);
  await leave();
});

test('broken progress: a new garden and a notice; blocked storage: the game is played all the same', async () => {
  for (const [edition, text] of [['standard', '{"version":1,"open":'], ['unlimited', '{"version":0}']]) {
    const { page, leave, begin } = await sitDown({ edition, progress: text });
    assert.match(await page.getByTestId('notice').textContent(), /could not be read/);
    await begin();
    await leave();
  }
  const { page, leave } = await player();
  await page.addInitScript(() => Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } }));
  await page.goto(site.url);
  await page.getByTestId('notice').waitFor();
  await page.getByTestId('play').click();
  await page.getByTestId('cell-1-1').waitFor();
  await leave();
});

test('any static server and a sub-path will do; pages name their picture, manifest and icons', async () => {
  const portal = await serveFolder(join(project, 'games', 'garden-defense'), '/portal/games/garden/');
  const { page, leave } = await player();
  for (const file of ['', 'unlimited.html']) {
    await page.goto(portal.url + file);
    await page.getByTestId('play').click();
    const links = await page.evaluate(() => [...document.querySelectorAll('link[href]')].map((link) => link.href)
      .concat(document.querySelector('meta[property="og:image"]').content).map((href) => new URL(href, document.baseURI).href));
    for (const link of links) assert.equal((await page.request.get(link)).status(), 200, link);
    const manifestUrl = links.find((link) => link.endsWith('.webmanifest'));
    const manifest = await (await page.request.get(manifestUrl)).json();
    for (const icon of manifest.icons) assert.equal((await page.request.get(new URL(icon.src, manifestUrl).href)).status(), 200, icon.src);
    assert.equal(await page.locator('meta[name="theme-color"], meta[name="description"]').count(), 2);
  }
  await leave();
  await portal.stop();
});

/** Runs in the page: every visible text and control that is cut, off the screen, or covered. */
function misplaced() {
  const faults = [];
  const { innerWidth: width, innerHeight: height } = window;
  const name = (node) => `${node.dataset?.testid ?? node.className ?? node.tagName}: ${(node.textContent || node.ariaLabel || '').trim().slice(0, 30)}`;
  const seen = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !node.closest('.quiet, .hint, .banner, .toast, .tip, .three, [inert] .drops, noscript');
  const scroller = (node) => {
    for (let one = node.parentElement; one; one = one.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight + 1) return one;
    }
    return null;
  };
  const within = (box, frame, slack = 1.5) => box.left >= frame.left - slack && box.right <= frame.right + slack && box.top >= frame.top - slack && box.bottom <= frame.bottom + slack;
  /** The box of a holder inside its border, which is where what overflows is cut. */
  const inner = (node) => {
    const box = node.getBoundingClientRect();
    return { left: box.left + node.clientLeft, right: box.right - node.clientLeft, top: box.top, bottom: box.bottom };
  };
  const page = { left: 0, top: 0, right: width, bottom: height };
  const check = (node, box, what) => {
    const scrolls = scroller(node);
    const frame = scrolls ? { ...scrolls.getBoundingClientRect().toJSON(), top: -1e6, bottom: 1e6 } : page;
    if (!within(box, frame)) faults.push(`${what} off the screen: ${name(node)} ${[box.left, box.top, box.right, box.bottom].map(Math.round)}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (!text.data.trim() || /SCRIPT|STYLE/.test(node.tagName) || !seen(node)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    check(node, box, 'text');
    const holder = node.closest('button, .price, .count, .sheet, .panel');
    const frame = holder && inner(holder);
    if (holder?.matches('.sheet, .panel')) Object.assign(frame, { top: -1e6, bottom: 1e6 });
    if (holder && !within(box, frame) && !node.closest('.sign')) faults.push(`text out of its box: ${name(node)}`);
    if (/^\d+ ?\/ ?\d+$/.test(text.data.trim()) && box.height > parseFloat(getComputedStyle(node).fontSize) * 2) faults.push(`a number is broken: ${text.data}`);
  }
  for (const node of document.querySelectorAll('.sign, .panel, .card canvas')) if (seen(node) && !node.closest('[inert]')) check(node, node.getBoundingClientRect(), 'picture');
  for (const node of document.querySelectorAll('button:not(.cell):not(.drop), input, textarea')) {
    if (!seen(node) || node.closest('[inert]')) continue;
    const box = node.getBoundingClientRect();
    check(node, box, 'control');
    if (box.width < 28 || box.height < 28) faults.push(`too small: ${name(node)} ${Math.round(box.width)}x${Math.round(box.height)}`);
    if (scroller(node)) continue;
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (!node.contains(top)) faults.push(`covered: ${name(node)} by ${top && name(top)}`);
  }
  return faults;
}

const sizes = [[320, 568], [390, 844], [740, 360], [1440, 900]];
/** Every screen of an edition: how to get there from the one before. The last game is played to its end, too, by nobody. */
const tours = {
  standard: [
    ['title'], ['play', 'continue'], ['paused', 'pause'], ['title', 'leave'], ['levels', 'levels'], ['choose', 'level-18'], ['levels', 'back'], ['title', 'back'], ['book', 'book'], ['title', 'back'], ['shop', 'shop'], ['title', 'back'], ['stats', 'stats'], ['title', 'back'],
    ['daily', 'daily'], ['title', 'back'], ['choose', 'play'], ['another', 'start'], ['play', 'another', 'start'], ['paused', 'pause'], ['title', 'leave'], ['levels', 'levels'], ['another', 'mini-hands'], ['play', 'another', 'mini-hands'], ['paused', 'pause'], ['title', 'leave'],
    ['levels', 'levels'], ['another', 'mini-cart'], ['play', 'another', 'mini-cart'],
  ],
  unlimited: [['title'], ['play', 'continue'], ['paused', 'pause'], ['title', 'leave'], ['levels', 'play'], ['choose', 'garden-pond'], ['another', 'start'], ['play', 'another', 'start']],
};
const rich = saved(21, { brass: 130, perks: ['slot'], stars: Object.fromEntries(Array.from({ length: 12 }, (_, i) => [i + 1, 1 + (i % 3)])), best: { day: { wave: 17, score: 12345 } }, daily: { '2026-11-25': { wave: 9, score: 5432 } } });

/** A game far on, with long numbers and many plants. */
function farOn(edition) {
  const unlimited = edition === 'unlimited';
  const game = createGame({ id: unlimited ? 'garden-night' : 'level-18', edition, picks: unlimited ? plantsFor(0, edition).slice(0, 6) : PLANT_ORDER.slice(1, 8), seed: 3 });
  game.rules = { ...game.rules, beds: 99 };
  for (let i = 0; i < 14; i++) {
    Object.assign(game, { dew: 9999, recharge: Object.fromEntries(game.picks.map((id) => [id, 0])) });
    setPlant(game, game.picks[i % game.picks.length], [0, 2, 4][i % 3], Math.floor(i / 3));
  }
  for (let i = 0; i < 900; i++) step(game);
  return JSON.stringify({ ...freeze(game), left: true, wave: unlimited ? 23 : 12, dew: unlimited ? 0 : 1475, score: 98765, defeated: 58 });
}

/** Measures the screen at every size, and asks axe if `withAxe`. */
async function look(page, screen, name, withAxe) {
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    // The resize is heard before the next frame.
    await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
    const faults = await page.evaluate(misplaced);
    await snap(page, `garden-defense-${name}-${width}`);
    assert.equal(await page.getAttribute('body', 'data-screen'), screen);
    assert.deepEqual(faults, [], `${name} at ${width}x${height}`);
  }
  if (!withAxe) return;
  assert.deepEqual(await violations(page), [], `axe, ${name}`);
}

for (const edition of ['standard', 'unlimited']) {
  for (const lang of ['en', 'zh']) {
    test(`${edition}, ${lang}: on every screen and at every size nothing is cut, covered or off the screen, and axe finds nothing`, async () => {
      const { page, leave, press, screenIs } = await sitDown({ edition, progress: rich, gameOnce: farOn(edition), query: `?seed=3&speed=3&lang=${lang}`, reducedMotion: 'reduce' });
      const checked = new Set();
      const withAxe = lang === 'en' || edition === 'unlimited';
      for (const [screen, control, way = control ?? ''] of tours[edition]) {
        if (control) await press(control);
        await screenIs(screen, 180);
        if (checked.has(screen + way) || (checked.has(screen) && (way === 'back' || screen === 'another'))) continue;
        checked.add(screen).add(screen + way);
        await look(page, screen, `${edition}-${lang}-${screen}-${way}`, withAxe);
      }
      await page.goto(page.url().replace('speed=3', 'speed=20'));
      const end = edition === 'standard' ? 'lost' : 'endless-over';
      await screenIs(end, 180);
      await look(page, end, `${edition}-${lang}-${end}`, withAxe);
      await leave();
    });
  }
}

for (const lang of ['en', 'zh']) {
  test(`${lang}: the panel of a level that is won and the text to copy are whole at every size, and axe finds nothing`, async () => {
    const { page, leave, press, screenIs } = await sitDown({ progress: rich, gameOnce: nearlyWon(), query: `?seed=3&speed=20&lang=${lang}`, reducedMotion: 'reduce' });
    await screenIs('won', 180);
    await look(page, 'won', `${lang}-won`, lang === 'en');
    await press('leave');
    await press('back');
    await press('daily');
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('refused')) } }));
    await press('start');
    await screenIs('endless-over', 180);
    await press('share');
    await page.getByTestId('shared').waitFor();
    await look(page, 'endless-over', `${lang}-share`, lang === 'en');
    await leave();
  });
}
