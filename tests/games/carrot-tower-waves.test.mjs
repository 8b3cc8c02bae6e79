// Carrot Tower: waves made from a seed, the challenge of a day, and games that are saved and go on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as rules from '../../games/carrot-tower/rules/game.js';
import { usePower } from '../../games/carrot-tower/rules/powers.js';
import { TWISTS, challengeOf, dayOf, daysBetween } from '../../games/carrot-tower/rules/daily.js';
import { pack, unpack } from '../../games/carrot-tower/rules/snapshot.js';
import { createWaves, guestsOf, preview, waveOf } from '../../games/carrot-tower/rules/waves.js';
import { MONSTERS, TOWER_NAMES, WAVES } from '../../games/carrot-tower/rules/catalog.js';
import { MAPS, findMap } from '../../games/carrot-tower/rules/maps.js';
import { dailyCourse, endlessCourse, gameOf, mapCourse } from '../../games/carrot-tower/courses.js';
import { beginDaily, noteDaily, noteEndless, openSave } from '../../games/carrot-tower/save.js';

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);
const listOf = (map, seed, count = WAVES) => Array.from({ length: count }, (_, i) => waveOf(createWavesOnce(map, seed), i + 1));
const made = new Map();
function createWavesOnce(map, seed) {
  const key = `${map.id}${seed}`;
  if (!made.has(key)) made.set(key, createWaves(map, seed));
  return made.get(key);
}

test('waves: the same for a seed, others for another seed', () => {
  for (const map of MAPS) {
    const text = (seed) => JSON.stringify(Array.from({ length: 30 }, (_, i) => waveOf(createWaves(map, seed), i + 1).groups));
    assert.equal(text(3), text(3));
    const orders = new Set(seeds.map((seed) => listOf(map, seed).map(({ theme }) => theme).join()));
    assert.ok(orders.size > seeds.length * 0.8, `${map.id}: ${orders.size} orders of ${seeds.length}`);
  }
});

test('waves: every wave asks for another answer than the one before, and every theme of a map comes', () => {
  for (const map of MAPS) {
    for (const seed of seeds) {
      const themes = listOf(map, seed).map(({ theme }) => theme);
      for (let i = 1; i < themes.length; i++) assert.notEqual(themes[i], themes[i - 1], `${map.id}, seed ${seed}, wave ${i + 1}`);
      assert.equal(themes.at(-1), 'boss');
      const missing = map.themes.map(([theme]) => theme).filter((theme) => !themes.includes(theme));
      assert.ok(missing.length <= 1, `${map.id}, seed ${seed}: without ${missing}`);
    }
  }
});

test('waves: armour, speed, swarms, flyers, healers and splitters come on every map but the gentle first', () => {
  for (const map of MAPS.slice(1)) {
    const types = guestsOf(map);
    for (const wanted of [['snail', 'hedgehog'], ['hopper'], ['ant'], ['crow', 'moth'], ['slug', 'ladybird'], ['crawler']]) {
      assert.ok(wanted.some((type) => types.includes(type)), `${map.id}: ${wanted}`);
    }
  }
});

test('waves: they grow, without a sudden one', () => {
  const weight = ({ groups }) => preview({ groups }).reduce((sum, [type, n]) => sum + n * MONSTERS[type].health, 0);
  for (const map of MAPS) {
    const mean = Array.from({ length: WAVES - 1 }, (_, i) => seeds.reduce((sum, seed) => sum + weight(listOf(map, seed)[i]), 0) / seeds.length);
    assert.ok(mean.at(-1) > mean[0] * 2.5, map.id);
    for (let i = 2; i < mean.length; i++) assert.ok(mean[i] < mean[i - 1] * 1.75, `${map.id}: wave ${i + 1} is ${mean[i] / mean[i - 1]} times the one before`);
  }
});

test('an endless game goes on after the last wave, with a boss every fifteenth, and another each time', () => {
  const waves = createWaves(findMap('garden'), 4);
  const bosses = [15, 30, 45, 60].map((number) => waveOf(waves, number).groups.map(([type]) => type).find((type) => MONSTERS[type].boss));
  assert.equal(new Set(bosses).size, 4);
  assert.equal(bosses[0], 'hare');
  const game = gameOf(endlessCourse('garden', 4));
  Object.assign(game, { status: 'running', wave: WAVES, spawns: [], spawned: 0 });
  for (let i = 0; i < 30 * 20 && game.wave === WAVES; i++) rules.step(game);
  assert.deepEqual([game.wave, game.status], [WAVES + 1, 'running']);
});

test('the challenge of a day is the same for everybody, and differs from day to day', () => {
  assert.deepEqual(challengeOf('2026-11-26'), challengeOf('2026-11-26'));
  const days = Array.from({ length: 60 }, (_, i) => challengeOf(dayOf(new Date(2026, 10, 1 + i))));
  assert.equal(new Set(days.map(({ seed }) => seed)).size, 60);
  assert.deepEqual(new Set(days.map(({ mapId }) => mapId)), new Set(MAPS.map(({ id }) => id)));
  assert.deepEqual(new Set(days.map(({ twist }) => twist)), new Set(Object.keys(TWISTS)));
  for (const { tools, missing } of days) assert.ok(tools.length === 5 && tools.includes('sling') && !tools.includes(missing));
  assert.equal(dayOf(new Date(2026, 0, 5)), '2026-01-05');
  assert.equal(daysBetween('2026-02-28', '2026-03-01'), 1);
});

test('crates hold other coins for another seed', () => {
  const crates = (seed) => rules.createGame('moonlit', { seed }).obstacles.map(({ coins }) => coins).join();
  assert.equal(crates(1), crates(1));
  assert.notEqual(crates(1), crates(2));
});

test('a twist changes what it says', () => {
  for (const [name, values] of Object.entries(TWISTS)) {
    const game = gameOf({ mapId: 'garden', seed: 1, tools: TOWER_NAMES, endless: false, twist: name });
    for (const [key, value] of Object.entries(values)) assert.equal(game.twist[key], value, name);
  }
  assert.equal(gameOf({ mapId: 'garden', seed: 1, tools: TOWER_NAMES, twist: 'frail' }).lives, 5);
  assert.equal(gameOf({ mapId: 'garden', seed: 1, tools: TOWER_NAMES, twist: 'rich' }).coins, 260 + 260);
});

test('days in a row are counted; the best of a day counts', () => {
  const { progress } = openSave(() => null);
  beginDaily(progress, '2026-11-24');
  beginDaily(progress, '2026-11-25');
  assert.deepEqual([progress.daily.streak, progress.daily.played, progress.daily.tries], [2, 2, 1]);
  assert.ok(noteDaily(progress, '2026-11-25', { wave: 9, score: 500, lives: 0, won: false }));
  beginDaily(progress, '2026-11-25');
  assert.equal(progress.daily.tries, 2);
  assert.equal(noteDaily(progress, '2026-11-25', { wave: 8, score: 400, lives: 0, won: false }), false);
  assert.equal(progress.daily.best.score, 500);
  assert.equal(noteDaily(progress, '2026-11-24', { wave: 15, score: 9000, lives: 9, won: true }), false, 'another day');
  beginDaily(progress, '2026-11-28');
  assert.deepEqual([progress.daily.streak, progress.daily.longest, progress.daily.best], [1, 2, null]);
  assert.ok(noteEndless(progress, 'garden', 20, 900));
  assert.equal(noteEndless(progress, 'garden', 30, 800), false);
  assert.deepEqual(progress.endless.garden, { wave: 20, score: 900 });
});

/** A game in the middle of things: towers, critters, shots in the air, powers used. */
function busyGame(course = mapCourse('moonlit', 9, TOWER_NAMES)) {
  const game = gameOf(course);
  Object.assign(game, { coins: 3000, lives: 500 });
  const free = () => game.cells.findIndex((cell) => cell === null);
  for (const name of TOWER_NAMES) {
    const cell = free();
    rules.build(game, cell % 11, Math.floor(cell / 11), name);
  }
  for (const [x, y, name] of [[3, 2, 'sling'], [7, 2, 'mortar'], [5, 4, 'hive'], [5, 2, 'mill'], [4, 4, 'mister']]) rules.build(game, x, y, name);
  rules.callWave(game);
  for (let i = 0; i < 30 * 80; i++) {
    rules.step(game);
    if (i === 900) usePower(game, 'freeze');
    if (rules.canCall(game)) rules.callWave(game);
  }
  rules.setFocus(game, game.monsters.find((monster) => !monster.gone));
  return game;
}

const state = (game) => JSON.stringify(pack(game));

test('a saved game is the same game, and goes on the same way', () => {
  for (const course of [mapCourse('moonlit', 9, TOWER_NAMES), endlessCourse('frost', 3), dailyCourse('2026-11-26')]) {
    const game = busyGame(course);
    assert.ok(game.monsters.length > 3 && game.status === 'running', `${course.mapId}: ${game.status}, ${game.monsters.length}`);
    const again = unpack(JSON.parse(state(game)));
    assert.equal(state(again), state(game));
    for (let i = 0; i < 900; i++) {
      rules.step(game);
      rules.step(again);
    }
    assert.equal(state(again), state(game), 'half a minute later');
  }
});

test('a fresh game is saved, too, with its shots and focus empty', () => {
  const game = gameOf(mapCourse('garden', 5, ['sling']));
  assert.equal(state(unpack(JSON.parse(state(game)))), state(game));
});

test('a broken saved game is refused, whatever is wrong with it', () => {
  const data = () => JSON.parse(state(busyGame()));
  const wrongs = {
    version: (d) => { d.version = 2; }, map: (d) => { d.map = 'desert'; }, status: (d) => { d.status = 'won'; }, coins: (d) => { d.coins = null; },
    'negative coins': (d) => { d.coins = -5; }, lives: (d) => { d.lives = 0; }, wave: (d) => { d.wave = 99; }, 'half a wave': (d) => { d.wave = 1.5; },
    spawned: (d) => { d.spawned = 1e6; }, tools: (d) => { d.tools = ['laser']; }, twist: (d) => { d.twist = {}; }, rest: (d) => { d.rest = 'soon'; },
    waits: (d) => { delete d.waits.hail; }, 'tower off the board': (d) => { d.towers[0].x = 11; }, 'tower on the path': (d) => { d.towers[0].x = 1; d.towers[0].y = 1; },
    'two towers in a cell': (d) => { d.towers[1].x = d.towers[0].x; d.towers[1].y = d.towers[0].y; }, 'tower level': (d) => { d.towers[0].level = 4; },
    'tower kind': (d) => { d.towers[0].tower = 'toString'; }, mode: (d) => { d.towers[0].mode = 'x'; }, critter: (d) => { d.monsters[0].type = 'dragon'; },
    'critter path': (d) => { d.monsters[0].path = 7; }, health: (d) => { d.monsters[0].health = 'much'; }, obstacle: (d) => { d.obstacles[0].obstacle = 'house'; },
    focus: (d) => { d.focus = 1e9; }, shots: (d) => { d.shots = null; }, target: (d) => { d.shots = [{ target: -1 }]; }, seed: (d) => { d.seed = null; },
  };
  unpack(data());
  for (const [what, spoil] of Object.entries(wrongs)) {
    const spoilt = data();
    spoil(spoilt);
    assert.throws(() => unpack(spoilt), what);
  }
  for (const nothing of [null, undefined, 5, 'x', [], {}]) assert.throws(() => unpack(nothing));
});

test('the store keeps a game for each course, and drops a broken one', () => {
  const map = new Map();
  const store = { getItem: (key) => map.get(key) ?? null, setItem: (key, value) => map.set(key, value), removeItem: (key) => map.delete(key) };
  const save = openSave(() => store);
  const course = mapCourse('moonlit', 9, TOWER_NAMES);
  const game = busyGame(course);
  save.keepGame(course, game);
  save.keepGame(endlessCourse('garden', 2), gameOf(endlessCourse('garden', 2)));
  assert.ok([...map.keys()].every((key) => key.startsWith('carrot-tower:')));
  const again = openSave(() => store);
  assert.equal(again.current(), 'endless-garden');
  assert.equal(again.peekGame('moonlit').wave, game.wave);
  assert.equal(again.peekGame('endless-garden'), null, 'nothing was done in it yet');
  assert.equal(state(again.loadGame('moonlit').game), state(game));
  again.leave();
  assert.equal(again.current(), null);
  assert.ok(again.loadGame('moonlit'), 'it is still there');
  for (const broken of ['x', '{}', '{"course":{"key":"moonlit"},"game":{}}', JSON.stringify({ course, game: { ...pack(game), map: 'x' } })]) {
    const fresh = openSave(() => store);
    map.set('carrot-tower:game:moonlit', broken);
    assert.equal(fresh.loadGame('moonlit'), null);
    assert.equal(fresh.trouble, 'broken');
    assert.equal(map.has('carrot-tower:game:moonlit'), false);
  }
});

test('a save of version 1 moves forward and loses nothing', () => {
  const map = new Map([['carrot-tower:progress', '{"version":1,"stars":{"garden":3,"orchard":2},"tidy":{"garden":true},"hints":true}']]);
  const store = { getItem: (key) => map.get(key) ?? null, setItem: (key, value) => map.set(key, value), removeItem: (key) => map.delete(key) };
  const save = openSave(() => store);
  assert.equal(save.trouble, null);
  assert.deepEqual([save.progress.stars, save.progress.tidy, save.progress.hints], [{ garden: 3, orchard: 2 }, { garden: true }, true]);
  save.keep();
  assert.equal(JSON.parse(map.get('carrot-tower:progress')).version, 2);
  assert.deepEqual(openSave(() => store).progress, save.progress);
});
