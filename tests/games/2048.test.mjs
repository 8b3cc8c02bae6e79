// The rules of 2048, worked out by hand, and what happens to saves that are not saves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newDaily } from '../../games/2048/daily.js';
import { commandOf, directionOf } from '../../games/2048/input.js';
import {
  canMove, DIRECTIONS, fromRows, goalOf, keepGoing, largest, linesOf, move, newGame, SIZES, spawn, status, toRows, undo, UNDO_STEPS,
} from '../../games/2048/rules.js';
import { createStore, parse, serialise } from '../../games/2048/save.js';
import { chooseLanguage, TEXTS } from '../../games/2048/text.js';

/** The board after a move without the tile that appeared on it. */
function pushed(rows, direction) {
  const game = fromRows(rows);
  const result = move(game, direction);
  if (!result) return { rows: toRows(game), gained: null };
  game.cells[result.spawned.at] = null;
  return { rows: toRows(game), gained: result.gained, result, game };
}

const column = (values) => values.map((value) => [value, 0, 0, 0]);

// One row of four, pushed to the left: before, after, points (null: the move is not possible).
const LEFT = [
  [[0, 0, 0, 2], [2, 0, 0, 0], 0],
  [[2, 0, 0, 0], [2, 0, 0, 0], null],
  [[2, 4, 8, 16], [2, 4, 8, 16], null],
  [[2, 2, 0, 0], [4, 0, 0, 0], 4],
  [[2, 0, 0, 2], [4, 0, 0, 0], 4],
  [[2, 2, 2, 0], [4, 2, 0, 0], 4],
  [[0, 2, 2, 2], [4, 2, 0, 0], 4],
  [[2, 2, 2, 2], [4, 4, 0, 0], 8],
  [[4, 2, 2, 0], [4, 4, 0, 0], 4],
  [[2, 2, 4, 0], [4, 4, 0, 0], 4],
  [[4, 4, 8, 16], [8, 8, 16, 0], 8],
  [[8, 4, 4, 8], [8, 8, 8, 0], 8],
  [[2, 0, 4, 2], [2, 4, 2, 0], 0],
  [[2, 0, 4, 4], [2, 8, 0, 0], 8],
  [[1024, 1024, 512, 512], [2048, 1024, 0, 0], 3072],
  [[0, 0, 0, 0], [0, 0, 0, 0], null],
];

test('a row moves and merges the same way towards all four walls', () => {
  for (const [before, after, points] of LEFT) {
    const reversed = (row) => row.slice().reverse();
    const cases = [
      ['left', [before, [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], [after, [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]],
      ['right', [[0, 0, 0, 0], reversed(before), [0, 0, 0, 0], [0, 0, 0, 0]], [[0, 0, 0, 0], reversed(after), [0, 0, 0, 0], [0, 0, 0, 0]]],
      ['up', column(before), column(after)],
      ['down', column(reversed(before)), column(reversed(after))],
    ];
    for (const [direction, from, to] of cases) {
      const { rows, gained } = pushed(from, direction);
      assert.deepEqual(rows, to, `${direction}: ${before}`);
      assert.equal(gained, points, `points ${direction}: ${before}`);
    }
  }
});

test('whole boards in every direction and size', () => {
  const board = [[2, 0, 2, 4], [2, 4, 0, 4], [0, 4, 2, 8], [2, 0, 2, 8]];
  const table = [
    [board, 'left', [[4, 4, 0, 0], [2, 8, 0, 0], [4, 2, 8, 0], [4, 8, 0, 0]], 4 + 8 + 4],
    [board, 'right', [[0, 0, 4, 4], [0, 0, 2, 8], [0, 4, 2, 8], [0, 0, 4, 8]], 4 + 8 + 4],
    [board, 'up', [[4, 8, 4, 8], [2, 0, 2, 16], [0, 0, 0, 0], [0, 0, 0, 0]], 4 + 8 + 4 + 8 + 16],
    [board, 'down', [[0, 0, 0, 0], [0, 0, 0, 0], [2, 0, 2, 8], [4, 8, 4, 16]], 4 + 8 + 4 + 8 + 16],
    [[[2, 2, 2], [0, 0, 0], [4, 0, 4]], 'right', [[0, 2, 4], [0, 0, 0], [0, 0, 8]], 12],
    [[[2, 2, 2, 2, 2], ...Array(4).fill([0, 0, 0, 0, 0])], 'right', [[0, 0, 2, 4, 4], ...Array(4).fill([0, 0, 0, 0, 0])], 8],
    [[[2, 2, 4, 4, 8, 8], ...Array(5).fill([0, 0, 0, 0, 0, 0])], 'left', [[4, 8, 16, 0, 0, 0], ...Array(5).fill([0, 0, 0, 0, 0, 0])], 28],
  ];
  for (const [from, direction, to, points] of table) {
    const { rows, gained, game } = pushed(from, direction);
    assert.deepEqual(rows, to, direction);
    assert.equal(gained, points);
    assert.equal(game.score, points);
  }
});

test('lines begin at the wall', () => {
  assert.deepEqual(linesOf(3, 'left')[1], [3, 4, 5]);
  assert.deepEqual(linesOf(3, 'right')[1], [5, 4, 3]);
  assert.deepEqual(linesOf(3, 'up')[2], [2, 5, 8]);
  assert.deepEqual(linesOf(3, 'down')[0], [6, 3, 0]);
});

test('the result tells where every tile goes', () => {
  const game = fromRows([[0, 2, 2, 4], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 2]]); // ids 1, 2, 3, 4
  const result = move(game, 'left');
  assert.deepEqual(result.slides, [{ id: 3, to: 1 }, { id: 4, to: 12 }]);
  assert.deepEqual(result.merges, [{ id: 5, value: 4, at: 0, sources: [1, 2] }]);
  assert.equal(result.spawned.id, 6);
  assert.equal(game.moves, 1);
});

test('an impossible move changes nothing, chance included', () => {
  const game = fromRows([[2, 4, 8], [0, 0, 0], [0, 0, 0]]);
  const before = structuredClone(game);
  assert.equal(move(game, 'up'), null);
  assert.equal(move(game, 'left'), null);
  assert.deepEqual(game, before);
});

test('over when the board is full and no neighbours are equal', () => {
  const table = [
    [[[2, 4, 2], [4, 2, 4], [2, 4, 2]], 'lost'],
    [[[2, 4, 2], [4, 2, 4], [2, 4, 4]], 'play'],
    [[[2, 4, 2], [4, 2, 4], [2, 4, 0]], 'play'],
    [[[2, 4, 8], [2, 16, 32], [64, 128, 4]], 'play'],
    [[[2, 4, 8], [8, 16, 32], [64, 128, 4]], 'lost'], // 8 at a row's end and 8 at the next row's beginning are no neighbours
  ];
  for (const [rows, expected] of table) {
    assert.equal(status(fromRows(rows)), expected, JSON.stringify(rows));
    assert.equal(canMove(fromRows(rows)), expected === 'play');
  }
});

test('won once at the goal, and on request the game goes on', () => {
  for (const size of SIZES) {
    const goal = goalOf(size);
    assert.equal(goal, size === 3 ? 256 : 2048);
    const rows = Array.from({ length: size }, () => Array(size).fill(0));
    rows[0][0] = goal / 2;
    rows[0][1] = goal / 2;
    const game = fromRows(rows);
    assert.equal(status(game), 'play');
    assert.equal(move(game, 'left').reached, true);
    assert.equal(game.score, goal);
    assert.equal(status(game), 'won');
    keepGoing(game);
    assert.equal(status(game), 'play');
    assert.equal(move(game, 'down').reached, false);
    assert.equal(status(game), 'play');
    undo(game);
    undo(game);
    assert.equal(game.won, false);
  }
});

test('undo restores boards, scores and chance, as many steps as promised', () => {
  const game = newGame(4, 7);
  const boards = [];
  while (boards.length < UNDO_STEPS + 5) {
    const before = { rows: toRows(game), score: game.score, random: game.random, moves: game.moves };
    const moved = DIRECTIONS.some((direction) => move(game, direction));
    assert.ok(moved);
    boards.push(before);
  }
  for (let step = 0; step < UNDO_STEPS; step++) {
    assert.ok(undo(game));
    const { rows, score, random, moves } = boards.pop();
    assert.deepEqual(toRows(game), rows);
    assert.deepEqual([game.score, game.random, game.moves], [score, random, moves]);
  }
  assert.equal(undo(game), null);
  const direction = DIRECTIONS.find((name) => move(structuredClone(game), name));
  const spawned = move(game, direction).spawned;
  undo(game);
  assert.deepEqual({ ...move(game, direction).spawned, id: 0 }, { ...spawned, id: 0 });
});

test('undo says which tiles came apart', () => {
  const game = fromRows([[2, 2, 0], [0, 0, 0], [0, 0, 0]]);
  const { merges } = move(game, 'left');
  assert.deepEqual(undo(game), merges);
  assert.deepEqual(game.cells.slice(0, 2).map((tile) => tile.id), [1, 2]);
});

test('new tiles: 2 nine times in ten, everywhere, repeatable by the seed', () => {
  const game = newGame(4, 12345);
  const values = { 2: 0, 4: 0 };
  const places = Array(16).fill(0);
  const rounds = 16000;
  for (let round = 0; round < rounds; round++) {
    game.cells.fill(null);
    const { value, at } = spawn(game);
    values[value] += 1;
    places[at] += 1;
  }
  assert.equal(values[2] + values[4], rounds);
  assert.ok(Math.abs(values[4] / rounds - 0.1) < 0.01, `fours: ${values[4]}`);
  for (const count of places) assert.ok(Math.abs(count - rounds / 16) < 150, `places: ${places}`);
  assert.deepEqual(newGame(5, 99), newGame(5, 99));
  assert.notDeepEqual(toRows(newGame(6, 1)), toRows(newGame(6, 2)));
  game.cells = fromRows([[2, 4, 2, 4], [2, 4, 2, 4], [2, 4, 2, 4], [2, 4, 2, 4]]).cells;
  assert.equal(spawn(game), null);
  for (const size of SIZES) assert.equal(newGame(size, 3).cells.filter(Boolean).length, 2);
});

test('whole seeded games keep the sum of the board and end', () => {
  for (const size of [3, 4]) {
    const game = newGame(size, 42);
    const sum = () => game.cells.reduce((total, tile) => total + (tile ? tile.value : 0), 0);
    let turns = 0;
    while (status(game) !== 'lost' && turns++ < 20000) {
      if (status(game) === 'won') keepGoing(game);
      const before = sum();
      let result = null;
      for (const direction of ['left', 'down', 'right', 'up']) if ((result = move(game, direction))) break;
      assert.equal(sum(), before + result.spawned.value);
    }
    assert.equal(status(game), 'lost');
    assert.ok(largest(game) >= 16);
  }
});

test('a saved game comes back whole, with its undo', () => {
  const game = newGame(4, 5);
  for (let turn = 0; turn < 12; turn++) DIRECTIONS.some((direction) => move(game, direction));
  const loaded = parse(serialise(game), 4);
  assert.deepEqual(toRows(loaded), toRows(game));
  for (const key of ['score', 'moves', 'random', 'won', 'continued']) assert.equal(loaded[key], game[key]);
  const ids = [loaded, ...loaded.history].flatMap(({ cells }) => cells.filter(Boolean).map((tile) => tile.id));
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => id < loaded.nextId));
  for (;;) {
    const [one, other] = [undo(game), undo(loaded)];
    assert.equal(Boolean(one), Boolean(other));
    if (!one) break;
    assert.deepEqual(toRows(loaded), toRows(game));
  }
});

test('broken saves are refused', () => {
  const good = JSON.parse(serialise(newGame(3, 1)));
  const broken = [
    '', 'null', '[]', '{}', '{"version":1', 'garbage', '"2048"', '17',
    JSON.stringify({ ...good, version: 0 }),
    JSON.stringify({ ...good, size: 4 }),
    JSON.stringify({ ...good, cells: [2, 2] }),
    JSON.stringify({ ...good, cells: Array(9).fill(0) }),
    JSON.stringify({ ...good, cells: Array(9).fill(3) }),
    JSON.stringify({ ...good, cells: Array(9).fill('2') }),
    JSON.stringify({ ...good, cells: Array(9).fill(-2) }),
    JSON.stringify({ ...good, cells: Array(9).fill(1) }),
    JSON.stringify({ ...good, cells: Array(9).fill(2 ** 60) }),
    JSON.stringify({ ...good, score: -1 }),
    JSON.stringify({ ...good, score: 'many' }),
    JSON.stringify({ ...good, random: 0.5 }),
    JSON.stringify({ ...good, won: 1 }),
    JSON.stringify({ ...good, history: null }),
    JSON.stringify({ ...good, history: [{}] }),
    JSON.stringify({ ...good, version: 3 }),
    JSON.stringify({ ...good, tally: undefined }),
    JSON.stringify({ ...good, tally: { started: 1, won: false, tile: 0 } }),
    JSON.stringify({ ...good, daily: 'today', limit: 100 }),
    JSON.stringify({ ...good, daily: '2026-11-26', limit: 0 }),
    JSON.stringify({ ...good, limit: 100 }),
    JSON.stringify({ ...good, history: Array(UNDO_STEPS + 1).fill(good) }),
  ];
  assert.ok(parse(JSON.stringify(good), 3));
  for (const text of broken) assert.equal(parse(text, 3), null, text);
});

test('a save of version 1 moves forward, with its undo and without counting anything twice', () => {
  const game = newGame(4, 5);
  for (let turn = 0; turn < 12; turn++) DIRECTIONS.some((direction) => move(game, direction));
  const { daily, limit, tally, ...old } = JSON.parse(serialise(game));
  const loaded = parse(JSON.stringify({ ...old, version: 1 }), 4);
  assert.deepEqual(toRows(loaded), toRows(game));
  assert.equal(loaded.history.length, game.history.length);
  assert.deepEqual([loaded.daily, loaded.limit], [null, 0]);
  assert.deepEqual(loaded.tally, { started: true, won: false, tile: largest(game) });
});

test('the game that was put aside and the daily challenge have places of their own', () => {
  const content = {};
  const storage = { getItem: (key) => content[key] ?? null, setItem: (key, value) => { content[key] = value; }, removeItem: (key) => { delete content[key]; } };
  const store = createStore(() => storage, assert.fail);
  const [game, aside, daily] = [newGame(4, 1), newGame(4, 2), newDaily('2026-11-26')];
  store.saveGame(game);
  store.saveAside(4, aside);
  store.saveGame(daily);
  assert.deepEqual(toRows(store.game(4)), toRows(game));
  assert.deepEqual(toRows(store.aside(4)), toRows(aside));
  assert.deepEqual([store.daily().daily, toRows(store.daily())], ['2026-11-26', toRows(daily)]);
  store.saveAside(4, null);
  assert.equal(store.aside(4), null);
  for (const [saved, key] of [[game, '2048:game-4'], [daily, '2048:game-daily']]) {
    assert.equal(store.keyOf(saved), key);
    assert.ok(content[key]);
  }
});

test('what cannot be written stays for as long as the page is open, and an older game does not come back', () => {
  const [older, newer] = [fromRows([[2, 2, 0], [0, 0, 0], [0, 0, 0]]), fromRows([[64, 32, 2], [0, 0, 0], [0, 0, 0]])];
  const content = {};
  let full = false;
  const storage = { getItem: (key) => content[key] ?? null, setItem(key, value) { if (full) throw new Error('QuotaExceededError'); content[key] = value; }, removeItem: (key) => { delete content[key]; } };
  const faults = [];
  const store = createStore(() => storage, (fault) => faults.push(fault));
  store.saveGame(older);
  full = true;
  store.saveGame(newer);
  assert.deepEqual([toRows(store.game(3)), faults], [toRows(newer), ['blocked']]);
  full = false;
  store.saveGame(older);
  content['2048:game-3'] = serialise(newer);
  assert.deepEqual(toRows(store.game(3)), toRows(newer), 'what was written is read from the storage again');
});

test('the store survives storage that is empty, broken, full or forbidden', () => {
  const defaults = { language: null, muted: false, volume: 0.6, size: 4, playing: false, lesson: 0, haptics: true };
  const none = { 3: 0, 4: 0, 5: 0, 6: 0 };
  const memory = (content) => ({ getItem: (key) => content[key] ?? null, setItem: (key, value) => { content[key] = value; } });
  const all = (text) => ({ getItem: () => text, setItem() { throw new Error('QuotaExceededError'); } });
  const cases = [
    [() => memory({}), undefined],
    [() => all('%%%'), 'broken'],
    [() => all('null'), 'broken'],
    [() => all('[1,2]'), 'broken'],
    [() => all('{"size":"x","volume":9,"lesson":-1,"4":"y","playing":1}'), undefined],
    [() => { throw new Error('SecurityError'); }, 'blocked'],
  ];
  for (const [open, expected] of cases) {
    const faults = [];
    const store = createStore(open, (fault) => faults.push(fault));
    assert.deepEqual(store.settings(), defaults);
    assert.deepEqual(store.best(), none);
    assert.equal(faults[0], expected);
    assert.equal(store.game(4), null);
    assert.equal(store.aside(4), null);
    assert.equal(store.daily(), null);
    store.saveAside(4, null);
    store.saveGame(newGame(4, 1));
    store.saveBest(none);
    store.saveSettings(defaults);
  }
  const content = {};
  const store = createStore(() => memory(content), assert.fail);
  store.saveGame(newGame(5, 1));
  store.saveBest({ ...none, 5: 40 });
  store.saveSettings({ ...defaults, size: 5 });
  assert.deepEqual(toRows(store.game(5)), toRows(newGame(5, 1)));
  assert.equal(store.best()[5], 40);
  assert.equal(store.settings().size, 5);
  assert.ok(Object.keys(content).every((key) => key.startsWith('2048:')));
});

test('keys and strokes', () => {
  const keys = [
    ['ArrowUp', 'up'], ['w', 'up'], ['W', 'up'], ['k', 'up'], ['ArrowRight', 'right'], ['d', 'right'], ['l', 'right'],
    ['ArrowDown', 'down'], ['s', 'down'], ['j', 'down'], ['ArrowLeft', 'left'], ['a', 'left'], ['h', 'left'],
    ['u', 'undo'], ['n', 'new'], ['z', null], ['Tab', null], ['Enter', null],
  ];
  for (const [key, expected] of keys) assert.equal(commandOf({ key }), expected, key);
  assert.equal(commandOf({ key: 'z', ctrlKey: true }), 'undo');
  assert.equal(commandOf({ key: 'z', metaKey: true }), 'undo');
  assert.equal(commandOf({ key: 'n', ctrlKey: true }), null);
  assert.equal(commandOf({ key: 'ArrowLeft', altKey: true }), null);
  const strokes = [[30, 4, 'right'], [-30, 4, 'left'], [3, -40, 'up'], [-9, 25, 'down'], [10, 10, null], [40, 39, null], [0, 0, null]];
  for (const [dx, dy, expected] of strokes) assert.equal(directionOf(dx, dy), expected, `${dx},${dy}`);
});

test('both languages say the same things', () => {
  const shape = (value) => (value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).sort().map(([key, inner]) => [key, shape(inner)])) : typeof value);
  assert.deepEqual(shape(TEXTS.zh), shape(TEXTS.en));
  assert.equal(TEXTS.zh.lesson.length, TEXTS.en.lesson.length);
  const table = [
    [[null, null, ['en-US']], 'en'], [[null, null, ['zh-CN', 'en']], 'zh'], [[null, null, ['fr', 'zh-TW', 'en']], 'zh'],
    [[null, null, ['de']], 'en'], [[null, 'zh', ['en']], 'zh'], [['en', 'zh', ['zh']], 'en'], [['xx', null, []], 'en'],
  ];
  for (const [input, expected] of table) assert.equal(chooseLanguage(...input), expected, JSON.stringify(input));
});
