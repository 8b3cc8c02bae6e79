// The daily challenge, the statistics, and the gamepad of 2048.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { challengeOf, dateOf, newDaily, seedOf, squaresOf } from '../../games/2048/daily.js';
import { nearest } from '../../games/2048/focus.js';
import { heldOn } from '../../games/2048/gamepad.js';
import { canMove, DIRECTIONS, fromRows, move, newGame, SIZES, status, toRows, undo } from '../../games/2048/rules.js';
import { parse, serialise } from '../../games/2048/save.js';
import {
  dayBefore, DAYS_KEPT, freshStatistics, readStatistics, recordDaily, recordMove, recoverStatistics, streakOf, tilesUpTo,
} from '../../games/2048/statistics.js';

const daysFrom = (first, count) => Array.from({ length: count }, (_, day) => {
  const date = new Date(`${first}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + day);
  return date.toISOString().slice(0, 10);
});

/** Makes the first possible of the wanted moves. */
function step(game) {
  for (const direction of ['left', 'down', 'right', 'up']) if (move(game, direction)) return true;
  return false;
}

test('a date has one board for everybody, and the next date another', () => {
  const boards = daysFrom('2026-01-01', 366).map((date) => {
    assert.deepEqual(newDaily(date), newDaily(date));
    const { size, limit } = challengeOf(date);
    assert.ok(SIZES.includes(size) && limit >= 50 && limit <= 200);
    const game = newDaily(date);
    const course = [];
    for (let turn = 0; turn < 30; turn++) {
      step(game);
      course.push(toRows(game));
    }
    return JSON.stringify(course);
  });
  assert.equal(new Set(boards).size, boards.length);
  assert.equal(seedOf('2026-11-26'), seedOf('2026-11-26'));
  assert.equal(new Set(daysFrom('2026-11-23', 7).map((date) => challengeOf(date).size)).size, SIZES.length, 'a week has every size');
  assert.equal(dateOf(new Date(2026, 0, 5, 23, 59)), '2026-01-05');
});

test('a daily challenge ends after its moves, has no undo, and does not stop at the goal', () => {
  for (const date of daysFrom('2026-11-23', 7)) {
    const game = newDaily(date);
    const { limit } = challengeOf(date);
    for (let turn = 0; turn < limit && status(game) === 'play'; turn++) {
      assert.ok(step(game));
      assert.equal(undo(game), null);
    }
    assert.equal(status(game), 'done');
    assert.ok(game.moves === limit || !canMove(game));
  }
  const near = { ...fromRows([[128, 128, 0], [0, 0, 0], [0, 0, 0]]), daily: '2026-11-25', limit: 60 };
  assert.equal(move(near, 'left').reached, true);
  assert.equal(status(near), 'play');
});

test('a daily challenge is saved and comes back in the middle', () => {
  const game = newDaily('2026-11-27');
  for (let turn = 0; turn < 30; turn++) step(game);
  const loaded = parse(serialise(game), game.size);
  assert.deepEqual([loaded.daily, loaded.limit, loaded.moves], [game.daily, game.limit, 30]);
  step(game);
  step(loaded);
  assert.deepEqual(toRows(loaded), toRows(game));
});

test('a result is shared as a picture of squares', () => {
  assert.equal(squaresOf([0, 2, 4, 8, 32, 64, 128, 512, 2048], 3), '⬛⬜⬜\n🟩🟦🟦\n🟪🟥🟨');
  assert.equal(squaresOf(Array(16).fill(2 ** 17), 4), Array(4).fill('⭐⭐⭐⭐').join('\n'));
});

test('statistics count games, moves, tiles and wins once, whatever is undone', () => {
  const statistics = freshStatistics();
  const game = fromRows([[64, 64, 128], [0, 0, 0], [0, 0, 0]]);
  const play = (direction) => {
    move(game, direction);
    recordMove(statistics, game);
  };
  play('left');
  assert.deepEqual(statistics.sizes[3], { games: 1, wins: 0, moves: 1, tile: 128, fastest: 0, reached: { 64: 1, 128: 1 } });
  play('left');
  const won = { games: 1, wins: 1, moves: 2, tile: 256, fastest: 2, reached: { 64: 1, 128: 1, 256: 1 } };
  assert.deepEqual(statistics.sizes[3], won);
  undo(game);
  play('left');
  assert.deepEqual(statistics.sizes[3], { ...won, moves: 3 });
  assert.deepEqual(statistics.sizes[4], freshStatistics().sizes[4]);
  // A reload in between changes nothing.
  const loaded = parse(serialise(game), 3);
  step(loaded);
  recordMove(statistics, loaded);
  assert.deepEqual(statistics.sizes[3], { ...won, moves: 4 });
  const another = fromRows([[128, 128, 0], [0, 0, 0], [0, 0, 0]]);
  another.moves = 30;
  move(another, 'left');
  recordMove(statistics, another);
  assert.deepEqual([statistics.sizes[3].games, statistics.sizes[3].wins, statistics.sizes[3].fastest], [2, 2, 2]);
  assert.deepEqual(tilesUpTo(256), [64, 128, 256]);
});

test('statistics of one who comes from an older version begin with the saved games', () => {
  const game = fromRows([[128, 2, 0], [0, 0, 0], [0, 0, 0]]);
  game.moves = 70;
  const { sizes } = recoverStatistics([game, null, newGame(4, 1)]);
  assert.deepEqual(sizes[3], { games: 1, wins: 0, moves: 70, tile: 128, fastest: 0, reached: { 64: 1, 128: 1 } });
  assert.equal(sizes[4].games, 0);
});

test('statistics from anything at all', () => {
  for (const data of [null, 7, 'x', [], {}, { sizes: 4, daily: [] }, { sizes: { 4: { games: -1, reached: { 63: 5, 64: 'x' } } }, daily: { results: { today: {}, '2026-01-01': 5 } } }]) {
    assert.deepEqual(readStatistics(data), freshStatistics());
  }
  const statistics = freshStatistics();
  const game = newGame(4, 1);
  step(game);
  recordMove(statistics, game);
  recordDaily(statistics, newDaily('2026-11-26'));
  assert.deepEqual(readStatistics(JSON.parse(JSON.stringify(statistics))), statistics);
});

test('daily results: the first of a day counts, rows of days, and old days go', () => {
  const statistics = freshStatistics();
  const finish = (date, score) => recordDaily(statistics, { ...newDaily(date), score });
  assert.equal(dayBefore('2026-03-01'), '2026-02-28');
  assert.equal(dayBefore('2027-01-01'), '2026-12-31');
  for (const date of ['2026-02-27', '2026-02-28', '2026-03-01']) finish(date, 500);
  finish('2026-03-01', 9000);
  assert.deepEqual([statistics.daily.played, statistics.daily.best, statistics.daily.longest], [3, 500, 3]);
  const { results } = statistics.daily;
  assert.equal(streakOf(statistics.daily, '2026-03-01'), 3);
  assert.equal(streakOf(statistics.daily, '2026-03-02'), 3, 'today can still be played');
  assert.equal(streakOf(statistics.daily, '2026-03-03'), 0);
  for (const date of daysFrom('2026-04-01', DAYS_KEPT + 5)) finish(date, 1);
  assert.equal(Object.keys(results).length, DAYS_KEPT);
  assert.equal(statistics.daily.played, 3 + DAYS_KEPT + 5);
  assert.equal(statistics.daily.longest, DAYS_KEPT + 5, 'also beyond the days that are kept');
});

test('gamepads: cross, stick with a dead zone, and buttons', () => {
  const pad = (pressed, x = 0, y = 0) => ({ buttons: Array.from({ length: 16 }, (_, at) => ({ pressed: pressed.includes(at) })), axes: [x, y] });
  const table = [
    [pad([12]), ['up']], [pad([13]), ['down']], [pad([14]), ['left']], [pad([15]), ['right']],
    [pad([0, 1, 2, 3, 8, 9]), ['a', 'b', 'x', 'y', 'select', 'start']],
    [pad([], 0.9, 0.2), ['right']], [pad([], -0.8, 0.3), ['left']], [pad([], 0.1, 1), ['down']], [pad([], 0, -0.7), ['up']],
    [pad([], 0.5, 0), []], [{ buttons: [], axes: [] }, []],
  ];
  for (const [state, expected] of table) assert.deepEqual([...heldOn(state)].sort(), expected.slice().sort());
  // Held until it is nearly back, so that a trembling thumb moves once.
  assert.deepEqual([...heldOn(pad([], 0.5, 0), new Set(['right']))], ['right']);
  assert.deepEqual([...heldOn(pad([], 0.3, 0), new Set(['right']))], []);
});

test('the focus moves to the nearest control of a direction', () => {
  const box = (x, y) => ({ left: x, right: x + 20, top: y, bottom: y + 20 });
  const boxes = [box(0, 0), box(100, 0), box(0, 100), box(100, 100)];
  const table = [['right', 1, 0], ['down', 2, 0], ['left', -1, 0], ['up', -1, 0], ['left', 2, 3], ['up', 1, 3]];
  for (const [direction, expected, from] of table) assert.equal(nearest(boxes, boxes[from], direction), expected, `${direction} from ${from}`);
  assert.ok(DIRECTIONS.every((direction) => nearest([], boxes[0], direction) === -1));
});
