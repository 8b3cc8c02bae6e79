// Carrot Tower: the rules, worked out by hand from the catalogue.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as rules from '../../games/carrot-tower/rules/game.js';
import * as combat from '../../games/carrot-tower/rules/combat.js';
import * as critters from '../../games/carrot-tower/rules/critters.js';
import { createPath, pathCells, placeOnPath } from '../../games/carrot-tower/rules/path.js';
import { COLUMNS, MONSTERS, OBSTACLES, ROWS, STEP, TOWERS, WAVES } from '../../games/carrot-tower/rules/catalog.js';
import { MAPS } from '../../games/carrot-tower/rules/maps.js';
import { guestsOf, healthScale, preview, timetable } from '../../games/carrot-tower/rules/waves.js';
import { createRandom } from '../../games/carrot-tower/rules/random.js';

const near = (actual, expected, slack = 1e-6) => assert.ok(Math.abs(actual - expected) <= slack, `${actual} is not ${expected}`);
const run = (game, seconds) => { for (let i = Math.round(seconds / STEP); i > 0; i--) rules.step(game); };

/** A running game on the first map without critters of its own, with coins to spare. */
function quiet(coins = 5000) {
  const game = rules.createGame('garden', { seed: 1 });
  game.coins = coins;
  game.wave = 1;
  game.status = 'running';
  game.spawns = [{ time: 1e9, type: 'mouse', path: 0 }];
  return game;
}

/** A critter that stands still at a distance of the first path. */
function dummy(game, distance, type = 'mouse', health = 1000) {
  const monster = critters.spawn(game, type, 0, distance);
  monster.kind = { ...MONSTERS[type], leap: undefined, calls: undefined };
  monster.speed = 0;
  monster.health = monster.full = health;
  return monster;
}

test('a path is measured and walked from corner to corner', () => {
  const path = createPath([[0, 1], [3, 1], [3, 5], [1, 5]]);
  assert.equal(path.length, 9);
  for (const [distance, x, y] of [[-1, 0, 1], [0, 0, 1], [1.5, 1.5, 1], [3, 3, 1], [4.25, 3, 2.25], [7, 3, 5], [8.5, 1.5, 5], [99, 1, 5]]) {
    assert.deepEqual(placeOnPath(path, distance, {}), { x, y }, `at ${distance}`);
  }
  assert.equal(pathCells(path).length, 10);
});

test('every map is sound: paths on the board, straight between corners, ending at the carrot, obstacles off the road', () => {
  for (const map of MAPS) {
    for (const path of map.paths) {
      for (let i = 1; i < path.corners.length; i++) {
        const [[ax, ay], [bx, by]] = [path.corners[i - 1], path.corners[i]];
        assert.ok((ax === bx) !== (ay === by), `${map.id}: corner ${i}`);
      }
      assert.deepEqual(path.corners.at(-1), map.carrot);
      for (const [x, y] of pathCells(path)) assert.ok(x >= 0 && y >= 0 && x < COLUMNS && y < ROWS);
    }
    const seen = new Set();
    for (const [x, y, kind] of map.obstacles) {
      assert.ok(OBSTACLES[kind] && !map.road.has(`${x},${y}`) && !seen.has(`${x},${y}`), `${map.id}: ${x},${y}`);
      seen.add(`${x},${y}`);
    }
    assert.ok(MONSTERS[map.boss].boss, `${map.id}: boss`);
    assert.ok(guestsOf(map).every((type) => MONSTERS[type]), `${map.id}: critters`);
    assert.ok(map.obstacles.some(([, , kind]) => kind === map.feature), `${map.id}: its own obstacle`);
  }
});

test('critters walk at their own speed and bite when they reach the carrot', () => {
  for (const type of ['mouse', 'snail', 'hopper', 'crow']) {
    const game = quiet();
    const monster = critters.spawn(game, type, 0);
    run(game, 2);
    near(monster.distance, MONSTERS[type].speed * 2);
  }
  const game = quiet();
  critters.spawn(game, 'mouse', 0, game.map.paths[0].length - 0.85 * 0.5);
  run(game, 0.4);
  assert.equal(game.lives, 10);
  run(game, 0.2);
  assert.deepEqual([game.lives, game.monsters.length, game.beaten], [9, 0, 0]);
});

test('bites by kind, never below zero lives; at zero the game is lost', () => {
  for (const [type, left] of [['ant', 9], ['hedgehog', 8], ['hare', 6]]) {
    const game = quiet();
    critters.spawn(game, type, 0, 20.99);
    run(game, 0.2);
    assert.equal(game.lives, left, type);
  }
  const game = quiet();
  game.lives = 1;
  critters.spawn(game, 'hare', 0, 20.99);
  run(game, 0.2);
  assert.deepEqual([game.lives, game.status], [0, 'lost']);
  assert.equal(rules.build(game, 2, 2, 'sling'), null);
});

test('armour takes its part of a hit, but never more than four fifths, and nothing of a piercing one', () => {
  for (const [damage, armour, pierces, left] of [[14, 0, false, 14], [14, 8, false, 6], [14, 12, false, 2.8], [24, 12, false, 12], [5, 12, false, 1], [14, 12, true, 14]]) {
    near(critters.afterArmour(damage, armour, pierces), left);
  }
});

test('a beaten critter pays its coins once, and one that splits leaves two behind', () => {
  const game = quiet(0);
  const mouse = critters.spawn(game, 'mouse', 0, 3);
  critters.hurt(game, mouse, 1000);
  critters.hurt(game, mouse, 1000);
  assert.deepEqual([game.coins, game.beaten], [8, 1]);
  critters.hurt(game, critters.spawn(game, 'crawler', 0, 5), 1000);
  assert.equal(game.coins, 16);
  assert.deepEqual(game.monsters.filter((m) => !m.gone).map((m) => [m.type, Math.round(m.distance * 10) / 10]), [['grub', 4.8], ['grub', 5.2]]);
});

test('slugs heal while nobody hits them, and not beyond full health', () => {
  const game = quiet();
  const slug = dummy(game, 3, 'slug', 100);
  slug.health = 50;
  slug.hurtAgo = 0;
  run(game, 0.9);
  assert.equal(slug.health, 50);
  slug.hurtAgo = 2;
  run(game, 1);
  near(slug.health, 55, 0.01);
  run(game, 30);
  assert.equal(slug.health, 100);
});

test('slowing: the strongest counts, never under two fifths, half for bosses, and it wears off', () => {
  const game = quiet();
  const mouse = critters.spawn(game, 'mouse', 0);
  critters.slowDown(mouse, 0.66, 1);
  critters.slowDown(mouse, 0.5, 1);
  critters.slowDown(mouse, 0.66, 9);
  near(critters.pace(mouse), 0.5);
  critters.slowDown(mouse, 0.1, 1);
  near(critters.pace(mouse), 0.4);
  run(game, 1);
  near(mouse.distance, 0.85 * 0.4, 0.02);
  run(game, 1);
  near(mouse.distance, 0.85 * 1.4, 0.03);
  const boar = critters.spawn(game, 'boar', 0);
  critters.slowDown(boar, 0.5, 1);
  near(critters.pace(boar), 0.75);
});

test('any number of misters slow no more than one', () => {
  const speeds = [1, 3].map((count) => {
    const game = quiet();
    for (const [x, y] of [[2, 2], [2, 0], [1, 2]].slice(0, count)) rules.build(game, x, y, 'mister');
    const monster = critters.spawn(game, 'mouse', 0, 1);
    monster.health = monster.full = 1e6;
    run(game, 0.9);
    return monster.slow;
  });
  assert.deepEqual(speeds, [0.66, 0.66]);
});

test('bosses: the hare leaps, the boar rages when hurt, the badger calls ants', () => {
  const game = quiet();
  const hare = critters.spawn(game, 'hare', 0);
  hare.clock = 5.1;
  assert.equal(critters.pace(hare), 1);
  hare.clock = 5.3;
  critters.slowDown(hare, 0.5, 9);
  assert.equal(critters.pace(hare), 3, 'a leap cannot be slowed');
  const boar = critters.spawn(game, 'boar', 0);
  assert.equal(critters.pace(boar), 1);
  boar.health = boar.full * 0.49;
  assert.equal(critters.pace(boar), 1.6);
  game.monsters.length = 0;
  critters.spawn(game, 'badger', 0);
  run(game, 6.8);
  assert.equal(game.monsters.length, 1);
  run(game, 0.5);
  assert.deepEqual(game.monsters.map((m) => m.type), ['badger', 'ant', 'ant', 'ant']);
});

test('the pea sling hits one critter for its damage, each period', () => {
  const game = quiet();
  rules.build(game, 2, 2, 'sling');
  const a = dummy(game, 2);
  const b = dummy(game, 2.1);
  run(game, 0.3);
  assert.deepEqual([a.health, b.health], [1000, 986]);
  run(game, 0.75 * 3);
  assert.equal(b.health, 1000 - 4 * 14);
});

test('the pumpkin bursts: all on the ground within its reach are hurt, flyers and those beyond are not', () => {
  const game = quiet();
  const hit = dummy(game, 2);
  const beside = dummy(game, 1.3);
  const beyond = dummy(game, 1.1);
  const crow = dummy(game, 2, 'crow');
  combat.blast(game, 2, 1, 0.8, 30);
  assert.deepEqual([hit, beside, beyond, crow].map((m) => 1000 - m.health), [30, 30, 0, 0]);
});

test('the mortar does not aim at flyers and lands after 0.7 s where its target will be', () => {
  const game = quiet();
  rules.build(game, 2, 2, 'mortar');
  const crow = dummy(game, 2, 'crow');
  run(game, 1);
  assert.equal(game.shots.length, 0);
  const mouse = critters.spawn(game, 'mouse', 0, 0.5);
  mouse.health = mouse.full = 1000;
  run(game, 0.6);
  assert.equal(mouse.health, 1000);
  run(game, 0.2);
  assert.equal(mouse.health, 970);
  assert.equal(crow.health, 1000);
});

test('bees hop to the nearest not stung yet, four fifths as hard each time, through armour', () => {
  const game = quiet();
  const hive = rules.build(game, 2, 2, 'hive');
  const first = dummy(game, 3, 'snail');
  const second = dummy(game, 2.2, 'hedgehog');
  const third = dummy(game, 1.2);
  const fourth = dummy(game, 0.4);
  assert.equal(combat.chain(game, hive, first), 3);
  [20, 16, 12.8, 0].forEach((lost, i) => near(1000 - [first, second, third, fourth][i].health, lost));
  const alone = quiet();
  const other = rules.build(alone, 2, 2, 'hive');
  const one = dummy(alone, 3);
  dummy(alone, 1.5);
  assert.equal(combat.chain(alone, other, one), 1, 'a gap wider than the reach ends the chain');
});

test('a gust fans out: inside the fan all are hurt and blown back once, flyers twice as hard; bosses stand firm', () => {
  const game = quiet();
  const mill = rules.build(game, 2, 2, 'mill');
  const mouse = dummy(game, 2);
  const crow = dummy(game, 2.5, 'crow');
  const hare = dummy(game, 1.6, 'hare');
  const behind = dummy(game, 4.4);
  combat.gust(game, mill, mouse);
  near(mouse.health, 984);
  near(mouse.distance, 1.7);
  near(crow.health, 968);
  near(hare.health, 1000 - 10);
  near(hare.distance, 1.6);
  assert.equal(behind.health, 1000);
  combat.gust(game, mill, mouse);
  near(mouse.distance, 1.7, 1e-9);
});

test('a lantern lifts the damage of towers in its light; the strongest one counts; selling it takes the light away', () => {
  const game = quiet();
  const sling = rules.build(game, 2, 2, 'sling');
  const far = rules.build(game, 8, 2, 'sling');
  const lamp = rules.build(game, 1, 2, 'lantern');
  near(combat.power(sling), 17.5);
  near(combat.power(far), 14);
  const second = rules.build(game, 2, 3, 'lantern');
  near(combat.power(sling), 17.5);
  rules.upgrade(game, second);
  near(combat.power(sling), 19.6);
  rules.sell(game, second);
  rules.sell(game, lamp);
  near(combat.power(sling), 14);
});

test('targeting modes', () => {
  const game = quiet();
  const tower = rules.build(game, 2, 2, 'sling');
  const back = dummy(game, 1, 'mouse', 50);
  const middle = dummy(game, 2, 'mouse', 60);
  const strong = dummy(game, 2.6, 'mouse', 900);
  const front = dummy(game, 4.2, 'mouse', 40);
  const outside = dummy(game, 7.5, 'mouse', 5000);
  for (const [mode, expected] of [['first', front], ['last', back], ['strong', strong], ['near', middle]]) {
    assert.ok(rules.setMode(tower, mode));
    assert.equal(combat.chooseTarget(game, tower), expected, mode);
  }
  assert.equal(rules.setMode(tower, 'weakest'), false);
  rules.setFocus(game, back);
  assert.equal(combat.chooseTarget(game, tower), back);
  rules.setFocus(game, outside);
  assert.equal(combat.chooseTarget(game, tower), middle, 'a target out of range does not bind the tower');
  rules.setFocus(game, outside);
  assert.equal(game.focus, null, 'the same again lifts the order');
});

test('obstacles: shot at only when the player says so; cleared ones pay and free their cell', () => {
  const game = quiet();
  rules.build(game, 4, 2, 'sling');
  const crate = rules.cellAt(game, 4, 3);
  run(game, 5);
  assert.equal(crate.health, 110);
  assert.equal(rules.build(game, 4, 3, 'sling'), null, 'the cell is taken');
  const coins = game.coins;
  rules.setFocus(game, crate);
  run(game, 0.75 * 7 + 0.3);
  assert.equal(game.coins, coins + crate.coins);
  assert.ok(crate.coins >= 25 && crate.coins <= 45);
  assert.equal(rules.cellAt(game, 4, 3), null);
  assert.deepEqual([game.focus, game.cleared], [null, 1]);
  assert.ok(rules.build(game, 4, 3, 'sling'));
});

test('economy: build, upgrade, sell', () => {
  const game = rules.createGame('garden', { seed: 1, tools: ['sling', 'mortar'] });
  game.coins = 400;
  for (const [x, y, name, why] of [[0, 1, 'sling', 'path'], [9, 5, 'sling', 'carrot'], [0, 3, 'sling', 'stone'], [11, 0, 'sling', 'off the board'], [-1, 2, 'sling', 'off the board'], [2, 2, 'mill', 'not unlocked'], [2, 2, 'rake', 'unknown']]) {
    assert.equal(rules.build(game, x, y, name), null, why);
  }
  assert.equal(game.coins, 400);
  const tower = rules.build(game, 2, 2, 'sling');
  assert.deepEqual([game.coins, rules.sellValue(tower)], [320, 56]);
  assert.ok(rules.upgrade(game, tower));
  assert.deepEqual([game.coins, tower.level, rules.sellValue(tower)], [230, 2, 119]);
  assert.ok(rules.upgrade(game, tower));
  assert.deepEqual([game.coins, tower.level, rules.upgradePrice(tower)], [60, 3, null]);
  assert.equal(rules.upgrade(game, tower), false, 'top level');
  assert.equal(rules.build(game, 4, 2, 'sling'), null, 'too dear');
  assert.ok(rules.sell(game, tower));
  assert.equal(game.coins, 60 + 238);
  assert.equal(rules.sell(game, tower), false, 'sold once');
  assert.equal(rules.cellAt(game, 2, 2), null);
});

test('every tower has two upgrades, each better than the level before', () => {
  for (const [name, { price, levels }] of Object.entries(TOWERS)) {
    assert.equal(price.length, 3, name);
    assert.equal(levels.length, 3, name);
    for (let i = 1; i < 3; i++) assert.ok((levels[i].damage ?? levels[i].boost) > (levels[i - 1].damage ?? levels[i - 1].boost), name);
  }
});

test('waves: timetable, turns between entrances, preview, health that grows', () => {
  const wave = { groups: [['mouse', 2, 1.5], ['ant', 3, 0.5, 1], ['mouse', 1, 1, 9]] };
  assert.deepEqual(timetable(wave, 2).map(({ time, type, path }) => [time, type, path]),
    [[0, 'mouse', 0], [1, 'ant', 0], [1.5, 'mouse', 1], [1.5, 'ant', 1], [2, 'ant', 0], [9, 'mouse', 1]]);
  assert.deepEqual(preview(wave), [['mouse', 3], ['ant', 3]]);
  const map = { toughness: 2, growth: 0.1, curve: 0.01 };
  near(healthScale(map, 1), 2);
  near(healthScale(map, 4), 2 * (1 + 0.3 + 0.09));
  const game = rules.createGame('garden');
  assert.ok(rules.comingIn(game, WAVES).some(([type]) => type === 'hare'));
  assert.deepEqual(rules.comingIn(game, WAVES + 1), []);
});

test('the first wave waits for the player; later ones come by themselves after the rest', () => {
  const game = rules.createGame('garden');
  run(game, 60);
  assert.deepEqual([game.wave, game.status, rules.earlyBonus(game)], [0, 'ready', 0]);
  rules.build(game, 4, 2, 'sling');
  rules.setFocus(game, rules.cellAt(game, 4, 3));
  run(game, 60);
  assert.equal(rules.cellAt(game, 4, 3).health, 110, 'no clearing before the first wave');
  rules.setFocus(game, null);
  rules.sell(game, rules.cellAt(game, 4, 2));
  game.coins = 260;
  assert.ok(rules.callWave(game));
  assert.equal(game.coins, 260, 'no bonus for the first wave');
  assert.equal(rules.callWave(game), false, 'critters are still coming out');
  // When the last critter is out, 15 s of rest begin.
  run(game, game.spawns.at(-1).time + 0.2);
  assert.ok(game.rest > 14.5 && game.rest <= 15);
  game.monsters.length = 0;
  run(game, 14.5);
  assert.equal(game.wave, 1);
  run(game, 0.6);
  assert.deepEqual([game.wave, game.coins], [2, 280], 'the garden brings 20 coins');
});

test('calling a wave early pays two coins a second', () => {
  const game = rules.createGame('garden');
  rules.callWave(game);
  run(game, game.spawns.at(-1).time + 0.1);
  game.rest = 9.5;
  assert.equal(rules.earlyBonus(game), 20);
  const before = game.coins;
  assert.ok(rules.callWave(game));
  assert.deepEqual([game.coins, game.wave, game.rest], [before + 20 + 20, 2, null]);
});

test('stars by lives left', () => {
  for (const [lives, stars] of [[10, 3], [9, 2], [6, 2], [5, 1], [1, 1], [0, 0]]) assert.equal(rules.starsFor(lives), stars, `${lives}`);
});

test('the game is won when the last wave is out and the field is empty', () => {
  const game = rules.createGame('garden');
  Object.assign(game, { status: 'running', wave: WAVES, spawns: [{ time: 0, type: 'mouse', path: 0 }], spawned: 0 });
  rules.step(game);
  assert.equal(game.status, 'running');
  critters.hurt(game, game.monsters[0], 1e6);
  rules.step(game);
  assert.equal(game.status, 'won');
  const { ticks } = game;
  rules.step(game);
  assert.equal(game.ticks, ticks, 'time stands still after the end');
});

test('the random source repeats itself for a seed and differs between seeds', () => {
  const draw = (seed) => { const random = createRandom(seed); return Array.from({ length: 5 }, random); };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  assert.ok(draw(9).every((n) => n >= 0 && n < 1));
});
