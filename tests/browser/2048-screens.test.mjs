// Every screen of 2048 at every size and in both languages; coming back to it; the daily challenge; gamepads.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { player, publish, sizes, snap, stopAll, until, violations } from './support.mjs';

let server;
before(async () => { server = await publish('2048'); });
after(async () => {
  await stopAll();
  await server?.stop();
});

const NOW = new Date('2026-11-26T10:00:00'); // a Thursday: 4x4, 120 moves

const game = (size, cells, more = {}) => JSON.stringify({
  version: 2, size, cells, score: 31415, moves: 926, random: 5, won: false, continued: false, daily: null, limit: 0,
  tally: { started: true, won: false, tile: 1024 }, history: [], ...more,
});
const STORED = {
  '2048:settings': JSON.stringify({ playing: false, size: 4, lesson: 1, muted: true }),
  '2048:game-3': game(3, [16, 8, 16, 8, 16, 8, 0, 16, 32], { score: 200 }),
  '2048:game-4': game(4, [1024, 1024, 64, 32, 2, 4, 8, 16, 0, 4, 0, 2, 0, 0, 2, 0]),
  '2048:game-6': game(6, [131072, 65536, 32768, 16384, 8192, 4096, ...Array(24).fill(0), 2, 4, 8, 16, 32, 64], { won: true, continued: true, score: 3932156 }),
  '2048:game-daily': game(4, [128, 64, 32, 16, ...Array(8).fill(0), 4, 2, 0, 0], { daily: '2026-11-26', limit: 120, moves: 119, score: 1384 }),
  '2048:best': '{"3":2048,"4":131072,"6":3932156}',
  '2048:statistics': JSON.stringify({
    version: 1,
    sizes: { 4: { games: 1234, wins: 123, moves: 182300, tile: 131072, fastest: 1012, reached: { 64: 1200, 1024: 700, 131072: 1 } } },
    daily: { played: 30, best: 13840, streak: 28, longest: 28, last: '2026-11-25', results: { '2026-11-25': { score: 13840, tile: 1024, moves: 200, cells: [] } } },
  }),
};

/** A player with a past. `stored` is put in place once, before the game starts. */
async function visitor(options, stored = STORED, address = '') {
  const visit = await player(options);
  await visit.context.addInitScript((entries) => {
    if (location.protocol === 'about:' || localStorage.getItem('filled')) return;
    localStorage.setItem('filled', 'yes');
    for (const [key, value] of Object.entries(entries)) localStorage.setItem(key, value);
  }, stored);
  await visit.page.clock.setFixedTime(NOW);
  // The icon comes after the page; a test that leaves at once would count its end as a failed request.
  const icon = visit.page.waitForEvent('requestfinished', { predicate: (request) => request.url().endsWith('icon.svg'), timeout: 3000 }).catch(() => {});
  await visit.page.goto(server.url + address);
  await icon;
  return visit;
}

const screenOf = (page, name) => page.locator(`body[data-screen="${name}"]`);
const rowsOf = (page) => page.evaluate(() => {
  const size = document.querySelectorAll('.grid i').length ** 0.5;
  const rows = Array.from({ length: size }, () => Array(size).fill(0));
  for (const { dataset } of document.querySelectorAll('.tile[data-row]')) rows[dataset.row][dataset.column] = Number(dataset.value);
  return rows;
});
const click = (page, id) => page.locator(`#${id}`).click();

/** Goes through all screens and calls `look(name)` on each. */
async function tour(page, look) {
  await screenOf(page, 'title').waitFor();
  await look('title');
  await click(page, 'statistics-open');
  await look('statistics');
  await page.locator('#statistics-tabs button').last().click();
  await look('statistics of the daily challenge');
  await page.locator('#statistics-tabs button').nth(2).click();
  await look('statistics of nothing');
  await click(page, 'statistics-close');
  await click(page, 'play');
  await page.locator('#ask').waitFor();
  await look('question');
  await click(page, 'ask-no');
  await click(page, 'resume');
  await screenOf(page, 'play').waitFor();
  await look('play');
  await page.keyboard.press('ArrowLeft');
  await page.locator('#over').waitFor();
  await look('won');
  await click(page, 'home');
  await page.locator('input[value="3"]').check();
  await click(page, 'resume');
  await page.keyboard.press('ArrowLeft');
  await screenOf(page, 'lost').waitFor();
  await look('lost');
  await click(page, 'home');
  await page.locator('input[value="6"]').check();
  await click(page, 'resume');
  await look('large numbers');
  await click(page, 'home');
  await click(page, 'daily');
  await screenOf(page, 'play').waitFor();
  await look('daily');
  await page.keyboard.press('ArrowDown');
  await screenOf(page, 'done').waitFor();
  await look('done');
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await click(page, 'share');
  await page.locator('#copy').waitFor();
  await look('text to copy');
  await click(page, 'copy-close');
}

/** What is cut, covered, outside of the window, too small to read or on top of another text. Runs in the page. */
function faultsOfLayout() {
  const faults = [];
  const root = document.querySelector('dialog[open]') ?? document.body;
  const over = document.getElementById('over');
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !element.closest('.unseen, .tiles .leaving, noscript, .sheet') && (over.hidden || root !== document.body || !element.closest('.panel, .stage'));
  const scrollerOf = (element) => element.closest('.statistics-body');
  const name = (element) => element.id || element.textContent.trim().slice(0, 30) || element.className;
  const outside = (box, element) => {
    const scroller = scrollerOf(element)?.getBoundingClientRect();
    if (scroller) return box.left < scroller.left - 1 || box.right > scroller.right + 1;
    return box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5;
  };
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page is wider than the window');
  if (innerWidth !== screen.width && screen.width < 1000) faults.push(`laid out ${innerWidth} wide on a screen of ${screen.width}`);
  for (const control of root.querySelectorAll('button, input, textarea')) {
    if (!shown(control) || control.closest('.arrows')) continue;
    const box = control.getBoundingClientRect();
    if (outside(box, control)) faults.push(`outside: ${name(control)}`);
    if (Math.min(box.width, box.height) < 40) faults.push(`small: ${name(control)} ${box.width} x ${box.height}`);
    if (control.tagName === 'BUTTON' && control.scrollWidth > control.clientWidth + 1) faults.push(`cut: ${name(control)}`);
    const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    if (!scrollerOf(control) && top && !control.contains(top) && !top.contains(control)) faults.push(`covered: ${name(control)} by ${name(top)}`);
  }
  const lines = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !shown(element) || element.closest('textarea, script, style, .wordmark:not([style])') && getComputedStyle(element).clipPath !== 'none') continue;
    if (parseFloat(getComputedStyle(element).fontSize) < (element.closest('.tile') ? 9 : 11)) faults.push(`tiny: ${name(element)}`);
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (outside(box, element)) faults.push(`outside: "${node.data.trim()}"`);
      for (let parent = element; parent && parent !== document.body; parent = parent.parentElement) {
        const frame = parent.getBoundingClientRect();
        if (scrollerOf(element) === parent) break;
        if (getComputedStyle(parent).overflowX !== 'visible' && (box.left < frame.left - 1 || box.right > frame.right + 1)) faults.push(`cut: "${node.data.trim()}"`);
      }
      if (!scrollerOf(element)) lines.push({ node, left: box.left, right: box.right, top: box.top + box.height * 0.2, bottom: box.bottom - box.height * 0.2 });
    }
  }
  for (const [index, one] of lines.entries()) {
    for (const other of lines.slice(index + 1)) {
      if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1) {
        faults.push(`"${one.node.data.trim()}" over "${other.node.data.trim()}"`);
      }
    }
  }
  return faults;
}

for (const lang of ['en', 'zh']) {
  for (const screen of ['phone', 'desktop']) {
    const withAxe = (screen === 'phone') === (lang === 'en');
    test(`${screen}, ${lang}: nothing is cut, covered or outside${withAxe ? ', and axe finds nothing' : ''}`, async () => {
      const { page, leave } = await visitor({ screen, deviceScaleFactor: 1, reducedMotion: 'reduce' }, STORED, `?lang=${lang}`);
      const faults = {};
      await tour(page, async (name) => {
        for (const [width, height] of sizes[screen]) {
          await page.setViewportSize({ width, height });
          const place = `${name}, ${width} x ${height}`;
          const fine = async () => (faults[place] = await page.evaluate(faultsOfLayout)).length === 0;
          if (await until(place, fine, 10).catch(() => false)) delete faults[place];
          await snap(page, `2048-${width}-${lang}-${name}`);
        }
        const headings = await page.evaluate(() => [...document.querySelectorAll('h1')].filter((heading) => heading.checkVisibility()).length);
        assert.equal(headings, 1, `level-one headings on ${name}`);
        const found = withAxe ? await violations(page) : [];
        if (found.length) faults[`${name}, axe`] = found;
      });
      assert.deepEqual(faults, {});
      await leave();
    });
  }
}

test('Back leads to the title, Forward into the game, and a refresh stays where one was', async () => {
  const { page, leave } = await visitor({ screen: 'desktop' });
  await click(page, 'resume');
  await screenOf(page, 'play').waitFor();
  await page.keyboard.press('ArrowDown');
  const rows = await rowsOf(page);
  await page.goBack();
  await screenOf(page, 'title').waitFor();
  await page.goForward();
  await screenOf(page, 'play').waitFor();
  assert.deepEqual(await rowsOf(page), rows);
  await page.reload();
  await screenOf(page, 'play').waitFor();
  assert.deepEqual(await rowsOf(page), rows);
  await page.goBack();
  await screenOf(page, 'title').waitFor();
  // To the title and at once into another game: the way back must not end it.
  await click(page, 'resume');
  await page.evaluate(() => {
    document.getElementById('home').click();
    document.getElementById('resume').click();
  });
  await page.waitForFunction(() => history.state?.screen === 'play');
  assert.equal(await page.locator('body').getAttribute('data-screen'), 'play');
  await page.goto('about:blank');
  await page.goBack();
  await screenOf(page, 'play').waitFor();
  assert.deepEqual(await rowsOf(page), rows);
  await leave();
});

test('two tabs of one game do not overwrite each other', async () => {
  const { page, context, leave } = await visitor({ screen: 'desktop' });
  await click(page, 'resume');
  const second = await context.newPage();
  await second.goto(server.url);
  await screenOf(second, 'play').waitFor();
  await second.keyboard.press('ArrowDown');
  const rows = await rowsOf(second);
  await until('the first tab to follow', async () => String(await rowsOf(page)) === String(rows));
  await leave();
});

test('the daily challenge: the same for two players, once a day, with a result to share', async () => {
  const boards = [];
  for (let visit = 0; visit < 2; visit++) {
    const { page, leave } = await visitor({ screen: 'desktop' }, {});
    await click(page, 'daily');
    await screenOf(page, 'play').waitFor();
    assert.equal(await page.locator('#best').textContent(), '120');
    assert.equal(await page.locator('#undo').isVisible(), false);
    for (let turn = 0; turn < 12; turn++) await page.keyboard.press(['ArrowLeft', 'ArrowDown', 'ArrowRight'][turn % 3]);
    await page.keyboard.press('u');
    await page.keyboard.press('n');
    boards.push(await rowsOf(page));
    await page.reload();
    await screenOf(page, 'play').waitFor();
    assert.deepEqual(await rowsOf(page), boards.at(-1));
    await leave();
  }
  assert.deepEqual(boards[0], boards[1]);

  const { page, leave } = await visitor({ screen: 'desktop', permissions: ['clipboard-read', 'clipboard-write'] });
  await click(page, 'daily');
  await page.keyboard.press('ArrowDown');
  await screenOf(page, 'done').waitFor();
  await click(page, 'share');
  await page.locator('#notice').waitFor();
  const shared = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(shared, /^2048 daily challenge, November 26\n4×4, 120 moves: 1384 points, largest tile 128\n(.{4}\n){3}.{4}$/u);
  await click(page, 'over-home');
  assert.equal(await page.locator('#daily-state').textContent(), 'Done: 1384 points');
  await page.reload();
  await click(page, 'daily'); // shows the result again; it cannot be played twice
  await screenOf(page, 'done').waitFor();
  await page.clock.setFixedTime(new Date('2026-11-27T00:01:00'));
  await click(page, 'over-home');
  assert.equal(await page.locator('#daily-state').textContent(), '6×6, 180 moves');
  await page.evaluate(() => document.getElementById('statistics-open').click());
  await page.locator('#statistics-tabs button').last().click();
  assert.match(await page.locator('#statistics-body').innerText(), /Played\s*31[\s\S]*Streak\s*29 days[\s\S]*November 26\s*1384/);
  await leave();
});

test('statistics follow the play', async () => {
  const { page, leave } = await visitor({ screen: 'desktop' }, { '2048:settings': STORED['2048:settings'], '2048:game-4': STORED['2048:game-4'] });
  await click(page, 'resume');
  await page.keyboard.press('ArrowLeft');
  await page.locator('#over').waitFor();
  await click(page, 'go-on');
  await click(page, 'statistics-open');
  const said = await page.locator('#statistics-body').innerText();
  assert.match(said, /Games\s*1\s*Wins\s*1\s*Best score\s*33463\s*Best tile\s*2048\s*Fastest win\s*927 moves\s*Moves\s*927\s*Games that reached\s*2048\s*1\s*1024\s*1\s/);
  await page.keyboard.press('ArrowUp'); // no move behind the window
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#score').textContent(), '33463');
  await leave();
});

test('ten moves a second: a move ends in time, and the next one starts from a clean board', async () => {
  const { page, leave } = await visitor({ screen: 'desktop', reducedMotion: 'no-preference' }, {}, '?seed=4');
  await click(page, 'play');
  const { longest, slides, left, unsettled } = await page.evaluate(() => {
    const board = document.getElementById('board');
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    const ends = [];
    const slides = [];
    let left = 0;
    let unsettled = 0;
    for (let turn = 0; turn < 40; turn++) {
      const old = new Set(board.querySelectorAll('.tile[data-row]'));
      press(['ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowUp'][turn % 4]);
      for (const animation of board.getAnimations({ subtree: true })) {
        if (animation.effect.target.closest('.hand, .tiles') === null) continue;
        if (animation.effect.target.closest('.hand')) continue;
        const { endTime } = animation.effect.getComputedTiming();
        ends.push(endTime);
        if (animation.transitionProperty === 'transform') slides.push(endTime);
      }
      for (const tile of board.querySelectorAll('.leaving')) if (!old.has(tile)) left += 1;
      for (const tile of board.querySelectorAll('.tile[data-row]')) if (old.has(tile) && tile.firstChild.className !== 'face') unsettled += 1;
    }
    return { longest: Math.max(...ends), slides, left, unsettled };
  });
  assert.ok(longest <= 300, `longest ${longest} ms`);
  assert.ok(slides.length > 10 && slides.every((time) => time <= 100), `slides: ${slides}`);
  assert.deepEqual([left, unsettled], [0, 0]);
  await leave();
});

test('phones vibrate at a merge and at the wall, until the player turns it off, and it stays off', async () => {
  const stored = { '2048:settings': JSON.stringify({ playing: true, size: 3, lesson: 3, muted: true }), '2048:game-3': game(3, [2, 2, 0, 0, 0, 0, 0, 0, 0]) };
  const { page, context, leave } = await player({ screen: 'phone' });
  await context.addInitScript((entries) => {
    window.felt = [];
    navigator.vibrate = (pattern) => window.felt.push(pattern);
    if (location.protocol === 'about:' || localStorage.getItem('filled')) return;
    localStorage.setItem('filled', 'yes');
    for (const [key, value] of Object.entries(entries)) localStorage.setItem(key, value);
  }, stored);
  await page.goto(`${server.url}?seed=4`);
  await screenOf(page, 'play').waitFor();
  const felt = () => page.evaluate(() => window.felt.splice(0).map((pattern) => pattern.join()));
  await page.keyboard.press('ArrowLeft');
  assert.deepEqual(await felt(), ['9'], 'a merge');
  // Pushed to the left again and again, the tiles reach the wall.
  await until('the wall', async () => {
    await page.keyboard.press('ArrowLeft');
    return (await felt()).at(-1) === '4';
  });
  await click(page, 'haptics');
  await felt();
  for (let turn = 0; turn < 8; turn++) await page.keyboard.press(turn % 2 ? 'ArrowUp' : 'ArrowLeft');
  assert.deepEqual(await felt(), []);
  await page.reload();
  await screenOf(page, 'play').waitFor();
  for (let turn = 0; turn < 8; turn++) await page.keyboard.press(turn % 2 ? 'ArrowUp' : 'ArrowLeft');
  assert.deepEqual(await felt(), [], 'remembered');
  await leave();
});

test('a gamepad plays from the title to the question and back', async () => {
  const { page, leave, context } = await player({ screen: 'desktop' });
  await context.addInitScript(() => {
    const pad = { index: 0, connected: true, axes: [0, 0], buttons: Array.from({ length: 16 }, () => ({ pressed: false })) };
    window.pad = pad;
    navigator.getGamepads = () => [pad];
  });
  await page.goto(`${server.url}?seed=11`);
  await page.evaluate(() => window.dispatchEvent(new Event('gamepadconnected')));
  const NAMES = { a: 0, b: 1, x: 2, y: 3, select: 8, start: 9, up: 12, down: 13, left: 14, right: 15 };
  /** Holds a button for two frames and lets it go. */
  const press = (name) => page.evaluate(async (index) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    window.pad.buttons[index].pressed = true;
    for (let wait = 0; wait < 3; wait++) await frame();
    window.pad.buttons[index].pressed = false;
    for (let wait = 0; wait < 3; wait++) await frame();
  }, NAMES[name]);
  const focused = () => page.evaluate(() => document.activeElement.id);
  await press('down');
  for (let step = 0; step < 8 && await focused() !== 'play'; step++) await press('down');
  assert.equal(await focused(), 'play');
  await press('a');
  await screenOf(page, 'play').waitFor();
  const start = await rowsOf(page);
  for (const name of ['left', 'down', 'right']) await press(name);
  const moved = await rowsOf(page);
  assert.notDeepEqual(moved, start);
  for (let step = 0; step < 3; step++) await press('x');
  assert.deepEqual(await rowsOf(page), start);
  // The stick moves once for each push.
  await page.evaluate(() => { window.pad.axes = [0, 1]; });
  await until('the stick to move', async () => String(await rowsOf(page)) !== String(start));
  assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem('2048:game-4')).moves), 1);
  await page.evaluate(() => { window.pad.axes = [0, 0]; });
  await press('y');
  await page.locator('#ask').waitFor();
  assert.equal(await focused(), 'ask-no');
  await press('right');
  assert.equal(await focused(), 'ask-yes');
  await press('a');
  await until('the new game', async () => (await page.locator('#score').textContent()) === '0');
  assert.equal(await page.locator('#ask').isVisible(), false);
  await press('select');
  await page.locator('#statistics').waitFor();
  await press('b');
  await page.locator('#statistics').waitFor({ state: 'hidden' });
  await press('start');
  await screenOf(page, 'title').waitFor();
  await leave();
});
