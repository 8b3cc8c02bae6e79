// 2048 as played: by keys on a desktop and by swipes on a phone, in both languages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { player, publish, stopAll, until } from './support.mjs';

let server;
before(async () => { server = await publish('2048'); });
after(async () => {
  await stopAll();
  await server?.stop();
});

const KEYS = { left: 'ArrowLeft', right: 'ArrowRight', up: 'ArrowUp', down: 'ArrowDown' };

/** Taps until the tap shows: a busy machine may miss one, and a player would tap again. */
async function tap(button, shown) {
  for (let attempt = 0; attempt < 4; attempt++) {
    await button.tap({ timeout: 5000 }).catch(() => {});
    if (await shown.waitFor({ timeout: 4000 }).then(() => true, () => false)) return;
  }
  assert.fail(`tapped without effect: ${button}`);
}

const screenOf = (page, name) => page.locator(`body[data-screen="${name}"]`);

/** Everything a player sees of the position, read from the tiles. */
const look = (page) => page.evaluate(() => {
  const size = document.querySelectorAll('.grid i').length ** 0.5;
  const rows = Array.from({ length: size }, () => Array(size).fill(0));
  for (const { dataset } of document.querySelectorAll('.tile[data-row]')) rows[dataset.row][dataset.column] = Number(dataset.value);
  return {
    rows,
    size,
    score: Number(document.getElementById('score').textContent),
    best: Number(document.getElementById('best').textContent),
    screen: document.body.dataset.screen,
    largest: Math.max(...rows.flat()),
  };
});

/** Whether a push would change the board, and how many points it would bring. */
function foresee(rows, direction) {
  let moves = false;
  let points = 0;
  for (let index = 0; index < rows.length; index++) {
    let line = direction === 'left' || direction === 'right' ? rows[index].slice() : rows.map((row) => row[index]);
    if (direction === 'right' || direction === 'down') line.reverse();
    const tiles = line.filter(Boolean);
    if (line.some((value, at) => value && at >= tiles.length)) moves = true;
    for (let at = 0; at + 1 < tiles.length; at++) {
      if (tiles[at] === tiles[at + 1]) {
        moves = true;
        points += 2 * tiles[at++];
      }
    }
  }
  return { moves, points };
}

/** The possible direction that brings most, corners preferred. */
function choose(rows) {
  const order = ['left', 'down', 'right', 'up'].filter((direction) => foresee(rows, direction).moves);
  const most = Math.max(...order.map((direction) => foresee(rows, direction).points));
  return order.find((direction) => foresee(rows, direction).points === most);
}

/** Plays until a tile of at least `goal` stands on the board; `push` is how the player moves. */
async function playTo(page, goal, push) {
  for (let turn = 0; turn < 150; turn++) {
    const position = await look(page);
    if (position.largest >= goal) return position;
    const direction = choose(position.rows);
    assert.ok(direction, `no move left before ${goal}`);
    const expected = position.score + foresee(position.rows, direction).points;
    let next = position;
    for (let attempt = 0; attempt < 3 && String(next.rows) === String(position.rows); attempt++) {
      await push(direction);
      next = await look(page);
    }
    assert.notDeepEqual(next.rows, position.rows, direction);
    assert.equal(next.score, expected);
    assert.equal(next.rows.flat().filter(Boolean).length >= 2, true);
  }
  return assert.fail(`no ${goal} after 150 moves`);
}

async function swiper(page) {
  const client = await page.context().newCDPSession(page);
  const middle = await page.locator('#board').evaluate((board) => {
    const { x, y, width, height } = board.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  });
  return async (direction) => {
    const far = 60;
    const dx = { left: -far, right: far }[direction] ?? 0;
    const dy = { up: -far, down: far }[direction] ?? 0;
    const send = (type, ...touchPoints) => client.send('Input.dispatchTouchEvent', { type, touchPoints });
    await send('touchStart', middle);
    await send('touchMove', { x: middle.x + dx / 2, y: middle.y + dy / 2 });
    await send('touchMove', { x: middle.x + dx, y: middle.y + dy });
    await send('touchEnd');
  };
}

test('desktop, English: keys, a tile of 32, undo, best score and game survive a reload', async () => {
  const { page, leave } = await player({ screen: 'desktop', locale: 'en-US' });
  await page.goto(`${server.url}?seed=11`);
  assert.equal(await page.title(), '2048');
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.getByRole('button', { name: 'Play' }).click();
  await page.locator('body[data-screen="play"]').waitFor();
  const start = await look(page);
  assert.equal(start.size, 4);
  assert.equal(start.rows.flat().filter(Boolean).length, 2);

  const push = (direction) => page.keyboard.press(KEYS[direction]);
  const reached = await playTo(page, 32, push);
  assert.match(await page.locator('#summary').textContent(), /Largest 32/);
  const tile = page.locator('.tile[data-value="32"]').first();
  const [row, column] = [await tile.getAttribute('data-row'), await tile.getAttribute('data-column')];
  assert.equal(await tile.getAttribute('aria-label'), `32, row ${Number(row) + 1}, column ${Number(column) + 1}`);

  await push(choose(reached.rows));
  assert.notDeepEqual((await look(page)).rows, reached.rows);
  await page.keyboard.press('u');
  const back = await look(page);
  assert.deepEqual([back.rows, back.score], [reached.rows, reached.score]);
  await push(choose(reached.rows));
  await page.keyboard.press('Control+z');
  assert.deepEqual((await look(page)).rows, reached.rows);

  await page.reload();
  await page.locator('body[data-screen="play"]').waitFor();
  const restored = await look(page);
  assert.deepEqual([restored.rows, restored.score], [reached.rows, reached.score]);
  assert.ok(restored.best >= reached.score && restored.best > 0);

  await page.keyboard.press('n');
  const question = page.getByRole('dialog', { name: 'Start a new game?' });
  await question.getByRole('button', { name: 'Keep playing' }).click();
  await question.waitFor({ state: 'hidden' });
  assert.deepEqual((await look(page)).rows, reached.rows);
  await page.keyboard.press('n');
  await question.getByRole('button', { name: 'New game' }).click();
  // The question is gone before its answer is acted on.
  const fresh = await until('the new game', async () => {
    const seen = await look(page);
    return seen.score === 0 && seen;
  });
  assert.deepEqual([fresh.best, fresh.rows.flat().filter(Boolean).length], [restored.best, 2]);
  // The game that was put aside survives a refresh, too, and so does Undo within it.
  await page.reload();
  await screenOf(page, 'play').waitFor();
  assert.deepEqual((await look(page)).rows, fresh.rows);
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.deepEqual((await look(page)).rows, reached.rows);
  await page.reload();
  await screenOf(page, 'play').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.notDeepEqual((await look(page)).rows, reached.rows);
  await leave();
});

test('phone, Chinese: swipes, no scrolling, and the language button', async () => {
  const { page, leave } = await player({ screen: 'phone', locale: 'zh-CN' });
  await page.goto(`${server.url}?seed=3`);
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  await tap(page.getByRole('button', { name: '开始' }), screenOf(page, 'play'));
  const swipe = await swiper(page);
  await playTo(page, 32, swipe);
  assert.equal(await page.evaluate(() => window.scrollX + window.scrollY), 0);
  const before = await look(page);
  await swipe(choose(before.rows));
  await tap(page.getByRole('button', { name: '撤销' }), page.locator('#summary', { hasText: '已撤销一步' }));
  assert.deepEqual((await look(page)).rows, before.rows);

  await tap(page.getByRole('button', { name: '切换到英文' }), page.locator('html[lang="en"]'));
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.match(await page.locator('.tile[data-row]').first().getAttribute('aria-label'), /^\d+, row \d, column \d$/);
  await page.reload();
  await page.locator('body[data-screen="play"]').waitFor();
  assert.equal(await page.getByRole('button', { name: 'New game' }).count(), 1);
  const board = await page.locator('#board').boundingBox();
  assert.ok(board.x >= 0 && board.x + board.width <= 390 && board.width > 330, JSON.stringify(board));
  await leave();
});

test('every board size starts, keeps its own game, and best scores are apart', async () => {
  const { page, leave } = await player({ screen: 'phone', locale: 'en-US' });
  await page.goto(`${server.url}?seed=5`);
  const scores = {};
  for (const size of [3, 5, 6, 4]) {
    await page.getByRole('radio', { name: `${size} by ${size}` }).check();
    await tap(page.getByRole('button', { name: 'Play' }), screenOf(page, 'play'));
    const swipe = await swiper(page);
    assert.equal((await look(page)).size, size);
    assert.equal((await look(page)).best, 0);
    await playTo(page, 8, swipe);
    scores[size] = (await look(page)).score;
    await tap(page.getByRole('button', { name: 'Title screen' }), screenOf(page, 'title'));
  }
  await page.reload();
  await page.locator('body[data-screen="title"]').waitFor();
  for (const size of [3, 5, 6, 4]) {
    await page.getByRole('radio', { name: `${size} by ${size}` }).check();
    assert.equal(await page.locator('#title-best').textContent(), `Best ${scores[size]}`);
    await tap(page.getByRole('button', { name: 'Continue' }), screenOf(page, 'play'));
    const position = await look(page);
    assert.deepEqual([position.size, position.score], [size, scores[size]]);
    await tap(page.getByRole('button', { name: 'Title screen' }), screenOf(page, 'title'));
  }
  await leave();
});

/** Opens the game with something already stored, as a returning player would. */
async function returning(stored, options) {
  const visit = await player(options);
  await visit.context.addInitScript((entries) => {
    if (sessionStorage.getItem('filled')) return;
    sessionStorage.setItem('filled', 'yes');
    for (const [key, value] of Object.entries(entries)) localStorage.setItem(key, value);
  }, stored);
  await visit.page.goto(`${server.url}?seed=1`);
  return visit;
}

const saved = (size, cells) => ({
  '2048:settings': JSON.stringify({ playing: true, size, language: 'en', lesson: 3 }),
  [`2048:game-${size}`]: JSON.stringify({
    version: 1, size, cells, score: 100, moves: 50, random: 1, won: false, continued: false, history: [],
  }),
});

test('winning, going on, losing, and undo after the end', async () => {
  const { page, leave } = await returning(saved(3, [128, 128, 0, 0, 0, 0, 0, 0, 0]));
  await page.locator('body[data-screen="play"]').waitFor();
  await page.keyboard.press('a');
  // First the feast, then the sheet.
  await page.locator('body[data-screen="won"]').waitFor();
  await page.locator('.tile.crowned[data-value="256"]').waitFor();
  assert.equal(await page.locator('#over').isVisible(), false);
  await page.locator('#over').waitFor();
  assert.equal(await page.locator('#cheer').isVisible(), false);
  await page.keyboard.press('d'); // waits for the decision: no move behind the sheet
  assert.equal((await look(page)).rows[0][0], 256);
  await page.getByRole('button', { name: 'Keep going' }).click();
  await page.locator('body[data-screen="play"]').waitFor();
  await page.keyboard.press('d');
  assert.equal((await look(page)).rows[0][2], 256);
  await leave();

  // One gap: whatever appears there (2 or 4), the board is stuck.
  const second = await returning(saved(3, [16, 8, 16, 8, 16, 8, 0, 16, 32]), { screen: 'phone', locale: 'zh-CN' });
  await second.page.locator('body[data-screen="play"]').waitFor();
  const swipe = await swiper(second.page);
  await swipe('left');
  await second.page.locator('body[data-screen="lost"]').waitFor();
  assert.equal(await second.page.locator('#over-title').textContent(), 'No moves left');
  const over = second.page.locator('#over');
  await tap(over.getByRole('button', { name: 'Undo' }), screenOf(second.page, 'play'));
  assert.deepEqual((await look(second.page)).rows[2], [0, 16, 32]);
  await swipe('left');
  await tap(over.getByRole('button', { name: 'New game' }), screenOf(second.page, 'play'));
  assert.equal((await look(second.page)).score, 0);
  await second.leave();
});

test('broken saves and forbidden storage still start, with a notice', async () => {
  for (const garbage of ['{{{', 'null', '[]', '{"version":1,"size":4,"cells":"x"}']) {
    const keys = ['settings', 'best', 'game-3', 'game-4', 'game-5', 'game-6'];
    const { page, leave } = await returning(Object.fromEntries(keys.map((key) => [`2048:${key}`, garbage])));
    await page.getByRole('button', { name: 'Play' }).click();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowUp');
    await until('tiles on the board', async () => (await look(page)).rows.flat().filter(Boolean).length >= 2);
    await leave();
  }
  const { page, leave, context } = await player();
  await context.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });
  });
  await page.goto(server.url);
  await page.locator('#notice').waitFor({ state: 'visible' });
  await page.getByRole('button', { name: 'Play' }).click();
  assert.equal((await look(page)).rows.flat().filter(Boolean).length, 2);
  await leave();
});

test('fast keys are not lost, a mouse drag moves, and the keyboard alone is enough', async () => {
  const { page, leave } = await player({ screen: 'desktop' });
  await page.goto(`${server.url}?seed=8`);
  for (let press = 0; press < 12 && await page.locator('body').getAttribute('data-screen') === 'title'; press++) {
    await page.keyboard.press('Tab');
    const onPlay = await page.evaluate(() => document.activeElement.id === 'play');
    if (onPlay) await page.keyboard.press('Enter');
  }
  await page.locator('body[data-screen="play"]').waitFor();
  // All within one task, much faster than the tiles slide.
  const counted = await page.evaluate(() => {
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    const states = new Set();
    for (let turn = 0; turn < 8; turn++) {
      press(['ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowUp'][turn % 4]);
      states.add(JSON.parse(localStorage.getItem('2048:game-4')).moves);
    }
    return Math.max(...states);
  });
  assert.ok(counted >= 6, `moves: ${counted}`);
  const before = await look(page);
  const { x, y, width } = await page.locator('#board').boundingBox();
  const direction = choose(before.rows);
  const [dx, dy] = { left: [-80, 0], right: [80, 0], up: [0, -80], down: [0, 80] }[direction];
  await page.mouse.move(x + width / 2, y + width / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + dx, y + width / 2 + dy, { steps: 4 });
  await page.mouse.up();
  assert.notDeepEqual((await look(page)).rows, before.rows);
  await leave();
});
