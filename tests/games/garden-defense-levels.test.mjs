// Levels, waves, mini-games, shop, the daily challenge and kept games of Garden Defense.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letDrop, letIn, plantIn } from '../../games/garden-defense/rules/beds.js';
import { dayBefore, dayOf, drawDay, seedOf, specFor } from '../../games/garden-defense/rules/daily.js';
import { DROP, INVADERS, LANES, PLANT_ORDER, PLANTS, STEP } from '../../games/garden-defense/rules/data.js';
import { GARDENS, OPEN_GARDENS } from '../../games/garden-defense/rules/gardens.js';
import { bedsOf, collect, comingLanes, createGame, digUp, HAND, progress, rechargeOf, setPlant, standing, starsOf, step, tap, whyNot } from '../../games/garden-defense/rules/game.js';
import { CART_EVERY, invadersOf, LEVELS, MINIS, plantsFor, rewardOf, slotsFor } from '../../games/garden-defense/rules/levels.js';
import { createRandom } from '../../games/garden-defense/rules/random.js';
import { brassFor, buy, WARES } from '../../games/garden-defense/rules/shop.js';
import { freeze, thaw } from '../../games/garden-defense/rules/snapshot.js';
import { pointsFor, strike } from '../../games/garden-defense/rules/strike.js';
import { answersOf, ANSWERS, endlessGap, endlessToughness, endlessWave, flagsOf, timetable } from '../../games/garden-defense/rules/waves.js';

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
const near = (actual, expected, by, what) => assert.ok(Math.abs(actual - expected) <= by, `${what}: ${actual}, expected about ${expected}`);

test('twenty levels: a garden for every few, each toy met once, a timetable in order', () => {
  assert.equal(LEVELS.length, 20);
  assert.deepEqual(LEVELS.map(({ met }) => met).filter(Boolean).sort(), Object.keys(INVADERS).sort());
  assert.deepEqual([...new Set(LEVELS.map(({ garden }) => garden))], ['day', 'night', 'pond', 'rain', 'wind', 'yard', 'lake', 'storm', 'attic']);
  LEVELS.forEach((level, i) => {
    const spec = specFor(`level-${i + 1}`, 'standard');
    for (const seed of [3, 4]) {
      const list = timetable(spec, createRandom(seed));
      assert.ok(list.every(({ lane, at }, j) => lane >= 0 && lane < LANES && (!j || list[j - 1].at <= at)));
      assert.deepEqual([...new Set(list.map(({ wave }) => wave))].length, level.waves);
      assert.equal(list.filter(({ flag }) => flag).length, flagsOf(level.waves).length);
      if (level.met) assert.ok(list.some(({ kind }) => kind === level.met), `what is met in level ${i + 1} comes`);
    }
    const before = new Set(LEVELS.slice(0, i).map(({ met }) => met));
    assert.deepEqual(invadersOf(spec).filter((kind) => !before.has(kind)), level.met ? [level.met] : []);
  });
  assert.ok(timetable(specFor('level-1', 'standard'), createRandom(3)).every(({ lane }) => lane >= 1 && lane <= 3));
  assert.deepEqual(plantsFor(1), ['dewcup', 'rosehip']);
  assert.deepEqual(LEVELS.map((_, i) => rewardOf(i + 1)).filter(Boolean), PLANT_ORDER.slice(2));
  for (let level = 4; level <= 20; level++) assert.ok(slotsFor(specFor(`level-${level}`, 'standard'), plantsFor(level)) < plantsFor(level).length, `level ${level} leaves a choice`);
});

test('waves come early when the beds are empty', () => {
  const game = createGame({ id: 'level-2', picks: ['rosehip'], seed: 1 });
  for (let i = 0; i < 150 / STEP && game.status === 'play'; i++) {
    for (const invader of game.invaders) strike(game, invader, 1e6);
    step(game);
  }
  assert.equal(game.status, 'won');
  assert.ok(game.time < game.clock * 0.75, `${game.time} of ${game.clock}`);
});

test('unlimited: plants are free, beds are few, and plants tire and recover', () => {
  const game = quiet({ id: 'garden-day', edition: 'unlimited', dew: 0 });
  assert.ok(!plantsFor(0, 'unlimited').some((id) => PLANTS[id].job === 'grow'));
  for (let i = 0; i < bedsOf(game); i++) {
    game.recharge.hedge = 0;
    assert.equal(setPlant(game, 'hedge', i % 5, Math.floor(i / 5)), null);
  }
  game.recharge.rosehip = 0;
  assert.equal(whyNot(game, 'rosehip'), 'full');
  assert.equal(standing(game), 12);
  game.wave = 8;
  assert.equal(bedsOf(game), 16);
  const plant = put(game, 'rosehip', 2, 6);
  assert.ok(rechargeOf(game, 'rosehip') < PLANTS.rosehip.recharge);
  const target = letIn(game, 'ant', 2, { x: 8.8 });
  target.health = 1e6;
  target.state = 'hop';
  target.until = 1e6;
  target.to = target.from = 8.8;
  run(game, 30);
  assert.ok(plant.vigour < 0.8 && plant.vigour > 0.35, `${plant.vigour}`);
  const tired = plant.vigour;
  game.invaders.length = 0;
  run(game, 20);
  assert.ok(plant.vigour > tired);
  assert.equal(game.dew, 0);
});

test('unlimited: a wave answers what grows', () => {
  const game = quiet({ id: 'garden-day', edition: 'unlimited' });
  assert.deepEqual(answersOf(game), []);
  for (let i = 0; i < 4; i++) put(game, 'rosehip', i, 0);
  for (let i = 0; i < 3; i++) put(game, 'hedge', i, 5);
  put(game, 'nettle', 4, 4);
  game.answer = answersOf(game);
  assert.deepEqual(game.answer, [{ plant: 'rosehip', toy: 'thimble' }, { plant: 'hedge', toy: 'frog' }]);
  const share = (list) => list.filter(({ kind }) => ['thimble', 'frog'].includes(kind)).length / list.length;
  const answered = share(endlessWave(game, 12, 100));
  game.answer = [];
  assert.ok(answered > 0.4 && share(endlessWave(game, 12, 100)) < answered);
  assert.ok(Object.values(ANSWERS).every((toy) => INVADERS[toy]));
});

test('points: by weight, a tenth more for each further kind of plant', () => {
  const game = quiet();
  put(game, 'rosehip', 0, 0);
  assert.equal(pointsFor(game, 'ant'), 10);
  put(game, 'hedge', 0, 1);
  put(game, 'nettle', 0, 2);
  assert.equal(pointsFor(game, 'kettle'), Math.round(42 * 1.2));
  strike(game, letIn(game, 'ant', 3), 1e6);
  assert.equal(game.score, 12);
});

test('mini-games: hands stop toys, the cart brings seeds, the purse is not filled', () => {
  const hands = createGame({ id: 'mini-hands', seed: 1 });
  const ant = letIn(hands, 'ant', 2, { x: 5.5 });
  assert.equal(tap(hands, 2, 5), 1);
  assert.equal(ant.health, 180 - HAND.damage);
  assert.equal(tap(hands, 2, 5), 0, 'not twice at once');
  run(hands, 0.2);
  assert.equal(tap(hands, 2, 5), 1);
  assert.equal(tap(quiet(), 2, 5), 0, 'only in this game');
  const cart = createGame({ id: 'mini-cart', seed: 1 });
  assert.equal(whyNot(cart, 'rosehip'), 'none');
  run(cart, CART_EVERY * 6);
  assert.equal(Object.values(cart.stock).reduce((a, b) => a + b), 6);
  const kind = cart.picks.find((id) => cart.stock[id]);
  const had = cart.stock[kind];
  assert.equal(setPlant(cart, kind, 0, 0), null);
  assert.equal(cart.stock[kind], had - 1);
  const purse = createGame({ id: 'mini-purse', seed: 1 });
  run(purse, 14);
  assert.deepEqual([purse.dew, purse.drops.length], [MINIS.purse.dew, 0]);
});

test('winning: every invader in and beaten; stars by barrels', () => {
  const game = createGame({ id: 'level-1', picks: ['rosehip'], seed: 1 });
  for (let i = 0; i < 150 / STEP && game.status === 'play'; i++) {
    for (const invader of game.invaders) strike(game, invader, 1e6);
    step(game);
  }
  assert.equal(game.status, 'won');
  assert.deepEqual([game.defeated, progress(game)], [game.total, 1]);
  const { tick } = game;
  step(game);
  assert.equal(game.tick, tick, 'nothing moves after the end');
  for (const [left, stars] of [[5, 3], [4, 2], [3, 2], [2, 1], [0, 1]]) {
    game.barrels.forEach((barrel, i) => { barrel.state = i < left ? 'ready' : 'gone'; });
    assert.equal(starsOf(game), stars);
  }
});

test('endless waves grow, carry flags, bring bosses, and toughen', () => {
  const game = createGame({ id: 'endless', picks: ['rosehip'], seed: 1 });
  const wave = (number) => endlessWave(game, number, 0);
  const weight = (list) => list.reduce((sum, { kind }) => sum + INVADERS[kind].weight, 0);
  assert.ok(weight(wave(1)) < weight(wave(11)) && weight(wave(11)) < weight(wave(31)));
  assert.deepEqual([4, 5, 10, 11].map((n) => wave(n).some(({ flag }) => flag)), [false, true, true, false]);
  assert.deepEqual([14, 15, 30].map((n) => wave(n).filter(({ kind }) => INVADERS[kind].boss).map(({ kind }) => kind).join()), ['', 'mainspring', 'carousel']);
  assert.deepEqual([endlessGap(1), endlessGap(10), endlessGap(100)], [18, 16, 14]);
  for (const [number, tougher] of [[8, 1], [18, 1.6]]) near(endlessToughness(number), tougher, 1e-9, `${number}`);
  for (let i = 0; i < 110 / STEP; i++) {
    for (const invader of game.invaders) strike(game, invader, 1e6);
    step(game);
  }
  assert.equal(game.status, 'play');
  assert.ok(game.wave >= 5, `wave ${game.wave}`);
});

test('the shop: prices, and what each ware does', () => {
  const rich = { brass: 500, perks: [] };
  const after = buy(rich, 'can');
  assert.deepEqual([after.brass, after.perks], [500 - WARES.can.price, ['can']]);
  assert.equal(buy(after, 'can'), null, 'once');
  assert.equal(buy({ brass: WARES.slot.price - 1, perks: [] }, 'slot'), null);
  assert.equal(buy(rich, 'constructor'), null);
  const game = createGame({ id: 'level-1', picks: PLANT_ORDER, seed: 1, perks: Object.keys(WARES) });
  assert.equal(game.dew, 200);
  setPlant(game, 'rosehip', 0, 0);
  near(game.recharge.rosehip, 3 * 0.85, 1e-9, 'compost');
  assert.equal(digUp(game, 0, 0), 80);
  letDrop(game, 2, 4, DROP.rises);
  assert.equal(collect(game, game.drops[0].id, true), 25, 'basket');
  letIn(game, 'ant', 2, { x: -0.36 });
  run(game, 3);
  assert.deepEqual([game.barrels[2].state, game.spare], ['ready', 0], 'the spare barrel');
  game.clock = game.queue[0].at - 2;
  assert.deepEqual([...comingLanes(game, 3)], [game.queue[0].lane]);
  assert.equal(slotsFor(specFor('level-20', 'standard'), PLANT_ORDER, ['slot']), 7);
  assert.equal(createGame({ id: 'mini-purse', seed: 1, perks: ['can'] }).dew, MINIS.purse.dew, 'not in mini-games');
  assert.deepEqual([brassFor({ status: 'won' }, 3, 0), brassFor({ status: 'won' }, 3, 2), brassFor({ status: 'won' }, 1, 3), brassFor({ status: 'lost', wave: 5, waves: 10 }, 0, 0)], [50, 20, 10, 5]);
});

test('the daily challenge: the same garden, seeds and waves for everyone on a day', () => {
  assert.equal(dayOf(new Date(2026, 0, 5, 23, 59)), '2026-01-05');
  assert.deepEqual([dayBefore('2026-03-01'), dayBefore('2026-01-01')], ['2026-02-28', '2025-12-31']);
  const gardens = new Set();
  for (let i = 1; i <= 28; i++) {
    const day = `2026-02-${String(i).padStart(2, '0')}`;
    for (const edition of ['standard', 'unlimited']) {
      const { garden, picks } = drawDay(day, edition);
      assert.ok(OPEN_GARDENS.includes(garden) && picks.length === 6 && new Set(picks).size === 6);
      assert.equal(picks.some((id) => PLANTS[id].job === 'grow'), edition === 'standard');
      assert.equal(picks.includes('lily'), Boolean(GARDENS[garden].water));
      gardens.add(garden);
    }
  }
  assert.ok(gardens.size >= 5);
  const id = 'daily-2026-02-07';
  const waves = (deeds) => {
    const game = createGame({ id, seed: seedOf(id) });
    for (let i = 0; i < 30 / STEP; i++) {
      if (deeds && i === 60) game.picks.forEach((kind, lane) => setPlant(game, kind, lane % 5, 1));
      step(game);
    }
    return game.queue.map(({ kind, lane, wave }) => `${kind}${lane}${wave}`).join();
  };
  assert.equal(waves(false), waves(true));
});

test('the same seed and the same deeds give the same game; another seed another', () => {
  const play = (seed) => {
    const game = createGame({ id: 'level-5', picks: plantsFor(5).slice(0, 5), seed });
    for (let i = 0; i < 3000; i++) {
      if (i === 30) setPlant(game, 'rosehip', 2, 1);
      if (i === 900) setPlant(game, 'hedge', 1, 5);
      step(game);
      game.events.length = 0;
    }
    return JSON.stringify(freeze(game));
  };
  assert.equal(play(4), play(4));
  assert.notEqual(play(4), play(5));
});

for (const [id, edition] of [['level-14', 'standard'], ['level-10', 'standard'], ['mini-cart', 'standard'], ['garden-pond', 'unlimited'], ['daily-2026-05-05', 'standard']]) {
  test(`${edition} ${id}: a kept game goes on exactly as it would have`, () => {
    const spec = specFor(id, edition);
    const fresh = () => createGame({ id, edition, picks: spec.picks ?? plantsFor(12, edition).slice(0, 6), seed: 11, perks: ['spare'] });
    const go = (game, from, to, keep) => {
      let now = game;
      for (let i = from; i < to && now.status === 'play'; i++) {
        if (i % 150 === 0) setPlant(now, now.picks[(i / 150) % now.picks.length], (i / 150) % 5, 1 + ((i / 750) | 0));
        step(now);
        now.events.length = 0;
        if (keep && i % 400 === 0) now = thaw(JSON.stringify(freeze(now)), edition);
        assert.ok(now, `step ${i}`);
      }
      return JSON.stringify(freeze(now));
    };
    assert.equal(go(fresh(), 0, 4000, true), go(fresh(), 0, 4000, false));
  });
}

test('a broken kept game is refused', () => {
  const good = freeze(createGame({ id: 'level-3', picks: plantsFor(3), seed: 1 }));
  const text = (change) => JSON.stringify({ ...good, ...change });
  assert.ok(thaw(text({}), 'standard'));
  for (const change of [
    { version: 2 }, { id: 'level-99' }, { id: 'level-4' }, { edition: 'unlimited' }, { status: 'won' }, { dew: null }, { cells: [] }, { cells: Array(45).fill({ kind: 'rose' }) }, { queue: [] },
    { next: 99999 }, { picks: ['x'] }, { invaders: [{ kind: 'ant' }] }, { barrels: [] }, { ground: Array(45).fill('lava') }, { random: 'x' }, { shots: [{ kind: 'hip', lane: 9 }] },
  ]) assert.equal(thaw(text(change), 'standard'), null, JSON.stringify(change).slice(0, 60));
  for (const broken of ['', '{', 'null', '[]', '5']) assert.equal(thaw(broken, 'standard'), null);
  assert.equal(thaw(text({}), 'unlimited'), null);
});
