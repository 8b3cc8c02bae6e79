// The rules of Garden Defense that come later: prices, the plants and toys of the later levels, ponds, night, rain, wind, flagstones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groundOf, letDrop, letIn, plantIn } from '../../games/garden-defense/rules/beds.js';
import { specFor } from '../../games/garden-defense/rules/daily.js';
import { DROP, INVADERS, PLANT_ORDER, PLANTS, STEP, WIND } from '../../games/garden-defense/rules/data.js';
import { GARDENS } from '../../games/garden-defense/rules/gardens.js';
import { collect, createGame, digUp, priceOf, setPlant, step } from '../../games/garden-defense/rules/game.js';
import { createRandom } from '../../games/garden-defense/rules/random.js';
import { gnaw, strike } from '../../games/garden-defense/rules/strike.js';
import { timetable } from '../../games/garden-defense/rules/waves.js';
import { gusting } from '../../games/garden-defense/rules/weather.js';

/** A game in which nothing comes by itself and dew is no trouble. */
function quiet({ id = 'level-1', edition = 'standard', dew = 10000, picks = PLANT_ORDER, perks = [] } = {}) {
  const game = createGame({ id, edition, picks, seed: 1, perks });
  game.queue = [{ at: 1e6, kind: 'ant', lane: 0, wave: 1, flag: false }];
  game.dew = dew;
  game.nextDrop = 1e6;
  return game;
}
const put = (game, kind, lane, cell) => {
  game.recharge[kind] = 0;
  assert.equal(setPlant(game, kind, lane, cell), null);
  return plantIn(game, lane, cell);
};
const run = (game, seconds) => {
  for (let i = 0; i < Math.round(seconds / STEP); i++) step(game);
};
const runUntil = (game, done, seconds = 120) => {
  for (let i = 0; i < seconds / STEP && !done(); i++) step(game);
  assert.ok(done(), `not within ${seconds} s`);
};
const heard = (game, type) => game.events.filter((event) => event.type === type);
const near = (actual, expected, by, what) => assert.ok(Math.abs(actual - expected) <= by, `${what}: ${actual}, expected about ${expected}`);

test('every fifth drop in a row by hand counts twice; one that is left breaks the row', () => {
  const game = quiet({ dew: 0 });
  const gather = (n) => {
    for (let i = 0; i < n; i++) {
      letDrop(game, 2, 4, DROP.rises);
      collect(game, game.drops[0].id);
    }
  };
  gather(5);
  assert.equal(game.dew, 4 * 25 + 50);
  gather(3);
  letDrop(game, 2, 4, DROP.rises);
  collect(game, game.drops[0].id, true);
  const before = game.dew;
  gather(4);
  assert.equal(game.dew, before + 100);
  gather(1);
  assert.equal(game.dew, before + 150);
});

test('the more of a kind stand, the dearer the next: half the price for each beyond the fourth', () => {
  const game = quiet();
  for (let i = 0; i < 7; i++) {
    assert.equal(priceOf(game, 'rosehip'), [100, 100, 100, 100, 100, 150, 200][i]);
    put(game, 'rosehip', i % 5, Math.floor(i / 5));
  }
  assert.equal(priceOf(game, 'rosehip'), 250);
  for (let i = 0; i < 9; i++) put(game, 'hedge', i % 5, 4 + Math.floor(i / 5));
  assert.equal(priceOf(game, 'hedge'), 50, 'only fighters');
  const { dew } = game;
  put(game, 'rosehip', 4, 8);
  assert.equal(game.dew, dew - 250);
});

test('a sundew takes one toy, shell and all, then digests', () => {
  const game = quiet();
  put(game, 'sundew', 2, 4);
  const [first, second] = [5.2, 5.5].map((x) => letIn(game, 'kettle', 2, { x }));
  run(game, 1);
  assert.ok(first.health <= 0 && second.health === 220);
  run(game, 10);
  assert.equal(second.health, 220);
});

test('a dandelion blows toys back, not a boss and not past the end', () => {
  const game = quiet();
  put(game, 'dandelion', 2, 3);
  const [ant, beside, boss] = [['ant', 2], ['ant', 1], ['mainspring', 3]].map(([kind, lane]) => letIn(game, kind, lane, { x: 4.5 }));
  const far = letIn(game, 'ant', 2, { x: 8.9 });
  run(game, 0.62);
  near(ant.x, 4.5 + 2.6 - 0.13, 0.05, 'own lane');
  near(beside.x, 4.5 + 2.6 - 0.13, 0.05, 'next lane');
  assert.ok(boss.x < 4.5 && far.x < 8.9);
});

test('a fern hurries the plants around it, for as long as it stands', () => {
  const game = quiet();
  const plain = put(game, 'rosehip', 0, 0);
  const fed = put(game, 'rosehip', 3, 2);
  const fern = put(game, 'fern', 4, 3);
  assert.deepEqual([plain.fed, fed.fed], [1, PLANTS.fern.haste]);
  gnaw(game, fern, 1000);
  assert.equal(fed.fed, 1);
});

test('ponds: a pad first, then a plant on it; ducks come by water and others do not', () => {
  const game = quiet({ id: 'level-8' });
  assert.equal(groundOf(game, 2, 4), 'water');
  assert.equal(setPlant(game, 'rosehip', 2, 4), 'water');
  assert.equal(setPlant(game, 'lily', 1, 4), 'dry');
  assert.equal(setPlant(game, 'lily', 2, 4), null);
  assert.equal(groundOf(game, 2, 4), 'pad');
  put(game, 'rosehip', 2, 4);
  assert.equal(digUp(game, 2, 4), 50);
  assert.equal(digUp(game, 2, 4), 10, 'then the pad');
  assert.equal(groundOf(game, 2, 4), 'water');
  for (let seed = 1; seed <= 20; seed++) {
    for (const { kind, lane } of timetable(specFor('level-18', 'standard'), createRandom(seed))) {
      const wet = GARDENS.lake.water.includes(lane);
      const { swims, flies, afloat } = INVADERS[kind];
      assert.ok(wet ? swims || flies : !afloat, `${kind} in lane ${lane}`);
    }
  }
});

test('night: no dew falls, dewcups are slow and moonflowers quick', () => {
  const made = (id, kind) => {
    const game = quiet({ id });
    game.nextDrop = 0;
    put(game, kind, 2, 2);
    for (let i = 0; i < 60 / STEP; i++) {
      step(game);
      game.drops.filter(({ sky }) => !sky).forEach((drop) => collect(game, drop.id));
    }
    return { grown: game.collected, fell: game.events.filter(({ type, drop }) => type === 'collect' && drop.sky).length };
  };
  assert.deepEqual([made('level-5', 'dewcup').grown, made('level-5', 'moonflower').grown], [4, 6]);
  assert.equal(made('level-5', 'dewcup').fell, 0);
  const day = made('level-4', 'moonflower');
  assert.ok(day.grown === 3 && day.fell > 5);
});

test('rain: nectar washes off and plants mend', () => {
  const game = quiet({ id: 'level-11' });
  put(game, 'honeysuckle', 2, 0);
  const hedge = put(game, 'hedge', 0, 0);
  gnaw(game, hedge, 100);
  const ant = letIn(game, 'ant', 2, { x: 6 });
  runUntil(game, () => ant.slow > 0);
  assert.ok(ant.slow < 1);
  const { health } = hedge;
  run(game, 5);
  near(hedge.health, health + 20, 0.5, 'mended');
});

test('wind: in a gust shots fall short', () => {
  const game = quiet({ id: 'level-14' });
  game.tick = Math.round((WIND.every - WIND.blows + 0.5) / STEP);
  put(game, 'rosehip', 2, 0);
  const ant = letIn(game, 'ant', 2, { x: 8.5 });
  run(game, 2);
  assert.ok(gusting(game));
  assert.equal(heard(game, 'shot').length, 0, 'out of range: it holds its fire');
  ant.x = 3.5;
  run(game, 2);
  assert.ok(ant.health < 180);
  run(game, WIND.blows);
  assert.equal(gusting(game), false);
});

test('flagstones carry nothing', () => {
  const game = quiet({ id: 'level-17' });
  const [[lane, cell]] = GARDENS.yard.stones;
  assert.equal(setPlant(game, 'rosehip', lane, cell), 'stone');
  assert.equal(setPlant(game, 'rosehip', lane, cell + 1), null);
});

test('a jack-in-the-box flattens the first plant and bites the next', () => {
  const game = quiet();
  put(game, 'hedge', 2, 5);
  const second = put(game, 'hedge', 2, 3);
  const jack = letIn(game, 'jack', 2, { x: 6.4 });
  runUntil(game, () => plantIn(game, 2, 5) === null, 5);
  assert.ok(jack.sprung);
  runUntil(game, () => second.health < 2600, 30);
  assert.ok(second.health > 2000);
});

test('a top whirls into the next lane when hit, not into water', () => {
  const game = quiet();
  const toy = letIn(game, 'top', 2, { x: 6 });
  game.time = 10;
  strike(game, toy, 20);
  assert.ok([1, 3].includes(toy.lane));
  const { lane } = toy;
  strike(game, toy, 20);
  assert.equal(toy.lane, lane, 'not twice at once');
  const lake = quiet({ id: 'level-18' });
  const wet = letIn(lake, 'top', 0, { x: 6 });
  lake.time = 10;
  strike(lake, wet, 20);
  assert.equal(wet.lane, 0);
});

test('a music box winds its neighbours up', () => {
  const game = quiet();
  letIn(game, 'musicbox', 2, { x: 6 });
  const [close, off] = [2, 0].map((lane) => letIn(game, 'ant', lane, { x: 6 }));
  close.health = off.health = 100;
  run(game, 2);
  assert.ok(close.health > 125 && off.health === 100);
});

test('the Carousel changes its lane and lets out others', () => {
  const game = quiet();
  const boss = letIn(game, 'carousel', 2, { x: 8 });
  run(game, 14);
  assert.notEqual(boss.lane, 2);
  assert.ok(game.invaders.length >= 3);
});
