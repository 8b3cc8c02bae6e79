// Carrot Tower: what each map's own obstacle does, the two powers, and the critters that ask for another answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as rules from '../../games/carrot-tower/rules/game.js';
import * as combat from '../../games/carrot-tower/rules/combat.js';
import * as critters from '../../games/carrot-tower/rules/critters.js';
import { canUse, usePower } from '../../games/carrot-tower/rules/powers.js';
import { doorOf, isBlocked, isLit, placeObstacle, spreadWeeds, survey } from '../../games/carrot-tower/rules/terrain.js';
import { APPLE, COLUMNS, HILL, MONSTERS, POWERS, STEP, WEED_LIMIT } from '../../games/carrot-tower/rules/catalog.js';
import { MAPS, findMap } from '../../games/carrot-tower/rules/maps.js';

const near = (actual, expected, slack = 1e-6) => assert.ok(Math.abs(actual - expected) <= slack, `${actual} is not ${expected}`);
const run = (game, seconds) => { for (let i = Math.round(seconds / STEP); i > 0; i--) rules.step(game); };

/** A running game on a map without critters of its own, with coins to spare. */
function quiet(mapId = 'garden', wave = 1) {
  const game = rules.createGame(mapId, { seed: 1 });
  Object.assign(game, { coins: 5000, wave, status: 'running', spawns: [{ time: 1e9, type: 'mouse', path: 0 }] });
  return game;
}

/** A critter that stands still at a distance of the first path. */
function dummy(game, distance, type = 'mouse', health = 1000) {
  const monster = critters.spawn(game, type, 0, distance);
  monster.speed = 0;
  monster.health = monster.full = health;
  return monster;
}

test('every map has an obstacle of its own that changes the rules', () => {
  assert.deepEqual(MAPS.map((map) => map.feature), ['weed', 'appletree', 'glowshroom', 'spring', 'boulder', 'molehill']);
});

test('garden: weeds spread with each wave, up to a limit, and slow the towers beside them', () => {
  const game = quiet('garden', 2);
  const weeds = () => game.obstacles.filter((thing) => thing.obstacle === 'weed').length;
  const before = weeds();
  for (let i = 0; i < 4; i++) spreadWeeds(game);
  assert.ok(weeds() > before);
  for (let i = 0; i < 60; i++) spreadWeeds(game);
  assert.ok(weeds() <= WEED_LIMIT);
  const other = quiet();
  const tower = rules.build(other, 4, 2, 'sling');
  placeObstacle(other, 5, 2, 'weed');
  survey(other);
  near(tower.haste, 0.88);
  for (const [x, y] of [[5, 3], [4, 1 + 2], [5, 1]]) if (rules.cellAt(other, x, y) === null) placeObstacle(other, x, y, 'weed');
  survey(other);
  assert.ok(tower.haste < 0.88 && tower.haste >= 0.64 - 1e-9);
  const slow = dummy(other, 3.5);
  run(other, 4);
  const fast = quiet();
  rules.build(fast, 4, 2, 'sling');
  const hit = dummy(fast, 3.5);
  run(fast, 4);
  assert.ok(hit.health < slow.health, 'a choked tower shoots less often');
  for (const weed of other.obstacles.filter((thing) => thing.obstacle === 'weed')) combat.chip(other, weed, 1e6);
  near(tower.haste, 1);
});

test('orchard: an apple tree drops apples on the ground critter below, not on flyers, and pays when it is felled', () => {
  const game = quiet('orchard');
  const [tree] = game.obstacles.filter((thing) => thing.obstacle === 'appletree');
  const { path, distance } = doorOf(game.map, tree);
  assert.equal(path, 0);
  const crow = dummy(game, distance, 'crow');
  run(game, APPLE.every + 1);
  assert.equal(crow.health, 1000);
  const mouse = dummy(game, distance);
  run(game, 0.1);
  near(mouse.health, 1000 - APPLE.damage * 1.12);
  const coins = game.coins;
  combat.chip(game, tree, 1e6);
  assert.equal(game.coins, coins + 90);
});

test('moonlit: the night shortens ranges, except beside glowshrooms and in the light of lanterns', () => {
  const game = quiet('moonlit');
  const [x, y] = [0, 2];
  assert.equal(isLit(game, x, y), false);
  const tower = rules.build(game, x, y, 'sling');
  near(combat.rangeOf(tower), 2.1 * 0.78);
  const bright = rules.build(game, 2, 1 + 1 + 2, 'sling') ?? rules.build(game, 3, 2, 'sling');
  assert.equal(bright.sight, isLit(game, bright.x, bright.y) ? 1 : 0.78);
  const beside = rules.build(game, 3, 2, 'sling') ?? bright;
  near(combat.rangeOf(beside), 2.1);
  combat.chip(game, game.obstacles.find((thing) => thing.obstacle === 'glowshroom' && thing.x === 2), 1e6);
  near(combat.rangeOf(beside), 2.1 * 0.78);
  rules.build(game, 0, 0 + 3, 'lantern');
  near(combat.rangeOf(tower), 2.1);
});

test('pond: a tower beside a spring works a quarter faster; reeds stand there first; springs stay', () => {
  const game = quiet('pond');
  assert.equal(rules.build(game, 4, 2, 'sling'), null);
  combat.chip(game, rules.cellAt(game, 4, 2), 1e6);
  const tower = rules.build(game, 4, 2, 'sling');
  near(tower.haste, 1.25);
  const spring = game.obstacles.find((thing) => thing.obstacle === 'spring');
  combat.chip(game, spring, 1e6);
  assert.ok(game.obstacles.includes(spring));
  assert.equal(rules.setFocus(game, spring), null);
});

test('ridge: boulders stop peas and gusts, not bees and pumpkins; a broken one lets them pass', () => {
  const game = quiet('ridge');
  const tower = rules.build(game, 3, 2, 'sling');
  const hive = rules.build(game, 3, 4, 'hive');
  const target = { x: 5, y: 2 };
  assert.ok(isBlocked(game, tower, target), 'the boulder at 4,2');
  const monster = dummy(game, 2 + 4 + 3 + 1);
  assert.deepEqual([monster.x, monster.y], [5, 2]);
  assert.equal(combat.chooseTarget(game, tower), null);
  combat.chip(game, rules.cellAt(game, 4, 2), 1e6);
  assert.equal(combat.chooseTarget(game, tower), monster);
  const behind = dummy(game, 2 + 4 + 3 + 3);
  assert.ok(isBlocked(game, hive, behind) && combat.chooseTarget(game, hive) !== null);
});

test('frost: from the third wave on some critters come up at the molehills, until they are cleared', () => {
  const doors = (wave, clear) => {
    const game = quiet('frost', wave);
    if (clear) for (const hill of game.obstacles.filter((thing) => thing.obstacle === 'molehill')) combat.chip(game, hill, 1e6);
    game.spawns = Array.from({ length: 9 }, () => ({ time: 0, type: 'mouse', path: 0 }));
    run(game, STEP);
    return game.monsters.filter((monster) => monster.distance > 1).length;
  };
  assert.equal(doors(HILL.from - 1), 0);
  assert.equal(doors(HILL.from), 3);
  assert.equal(doors(HILL.from, true), 0);
});

test('hail takes a part of full health at a place, from flyers and diggers too, and a tenth from bosses', () => {
  const game = quiet();
  game.waits.hail = 0;
  const mouse = dummy(game, 2);
  const crow = dummy(game, 2.4, 'crow');
  const boss = dummy(game, 1.6, 'hare');
  const far = dummy(game, 9);
  assert.ok(usePower(game, 'hail', 2, 1));
  [mouse, crow, boss, far].forEach((monster, i) => near(1000 - monster.health, [350, 350, 100, 0][i]));
  assert.equal(usePower(game, 'hail', 2, 1), false, 'it must recharge');
  run(game, POWERS.hail.wait + 0.1);
  assert.ok(canUse(game, 'hail'));
  assert.equal(usePower(game, 'rain', 2, 1), false);
});

test('frost stops all critters for three seconds; bosses go on at half speed', () => {
  const game = quiet();
  game.waits.freeze = 0;
  const mouse = critters.spawn(game, 'mouse', 0, 1);
  const boar = critters.spawn(game, 'boar', 0, 1);
  assert.ok(usePower(game, 'freeze'));
  run(game, 2.9);
  near(mouse.distance, 1);
  near(boar.distance, 1 + 0.5 * 0.5 * 2.9, 0.02);
  run(game, 1);
  assert.ok(mouse.distance > 1.5);
});

test('powers begin half charged and wait while the game waits', () => {
  const game = rules.createGame('garden');
  assert.equal(game.waits.hail, POWERS.hail.wait / 2);
  assert.equal(canUse(game, 'hail'), false);
  run(game, 60);
  assert.equal(game.waits.hail, POWERS.hail.wait / 2, 'nothing recharges before the first wave');
});

test('moths: no bees, no pumpkins; peas and wind reach them', () => {
  const game = quiet();
  const towers = ['sling', 'mortar', 'hive', 'mill'].map((name, i) => rules.build(game, [1, 2, 1, 2][i], [2, 2, 0, 0][i], name));
  const moth = dummy(game, 1.5, 'moth');
  assert.deepEqual(towers.map((tower) => combat.chooseTarget(game, tower) === moth), [true, false, false, true]);
  const mouse = dummy(game, 1.2);
  combat.chain(game, towers[2], mouse);
  assert.equal(moth.health, 1000, 'bees do not hop to a moth');
});

test('moles: underground only pumpkins and hail reach them', () => {
  const game = quiet();
  const [sling, mortar, hive] = ['sling', 'mortar', 'hive'].map((name, i) => rules.build(game, [1, 2, 4][i], 2, name));
  const mole = dummy(game, 2, 'mole');
  assert.equal(combat.chooseTarget(game, sling), mole);
  mole.clock = MONSTERS.mole.digs.every - 0.5;
  assert.ok(critters.isUnder(mole));
  assert.deepEqual([sling, mortar, hive].map((tower) => combat.chooseTarget(game, tower)), [null, mole, null]);
  combat.blast(game, mole.x, mole.y, 0.8, 30);
  assert.ok(mole.health < 1000);
});

test('a nurse ladybird heals the others around it, not itself', () => {
  const game = quiet();
  const nurse = dummy(game, 3, 'ladybird');
  const close = dummy(game, 2.5);
  const away = dummy(game, 0.5);
  for (const monster of [nurse, close, away]) monster.health = 500;
  run(game, MONSTERS.ladybird.nurses.every + 0.1);
  [nurse, close, away].forEach((monster, i) => near(monster.health, [500, 620, 500][i]));
});

test('the bear roars: towers around it fall silent for a while; the goose flies; the ram charges', () => {
  const game = quiet();
  const close = rules.build(game, 2, 2, 'sling');
  const away = rules.build(game, 8, 2, 'sling');
  dummy(game, 2, 'bear', 1e6);
  run(game, MONSTERS.bear.roars.every + 0.1);
  assert.ok(close.stun > 2 && away.stun === 0);
  const { firedAgo } = close;
  run(game, 1);
  assert.ok(close.firedAgo > firedAgo, 'no shot while it is silent');
  run(game, 3);
  assert.ok(close.firedAgo < 1);
  assert.ok(MONSTERS.goose.flies && MONSTERS.goose.boss);
  const ram = critters.spawn(game, 'ram', 0);
  ram.clock = MONSTERS.ram.leap.every - 0.5;
  assert.equal(critters.pace(ram), 3);
});

test('armour grows with the waves', () => {
  const early = critters.spawn(quiet('garden', 1), 'snail', 0);
  const late = critters.spawn(quiet('garden', 11), 'snail', 0);
  near(early.armour, 12);
  near(late.armour, 12 * 1.6);
  assert.ok(findMap('garden').road.size > 0 && COLUMNS === 11);
});
