import { COLUMNS, MONSTERS, OBSTACLES, POWER_NAMES, ROWS, TARGET_MODES, TOWERS, TOWER_NAMES, WAVES } from './catalog.js';
import { PLAIN, createGame, layGround } from './game.js';
import { findMap } from './maps.js';
import { survey } from './terrain.js';
import { timetable, waveOf } from './waves.js';

const VERSION = 1;
/** No endless game gets this far; a save that says so is broken. */
const MOST_WAVES = 2000;

// The numbers that a save must hold, by what they belong to.
const NUMBERS = {
  game: ['ticks', 'coins', 'lives', 'wave', 'spawned', 'waveTime', 'nextId', 'beaten', 'cleared', 'used', 'score'],
  tower: ['id', 'x', 'y', 'level', 'spent', 'wait', 'firedAgo', 'facing', 'stun'],
  monster: [
    'id', 'path', 'distance', 'health', 'full', 'x', 'y', 'oldX', 'oldY', 'lane', 'facing', 'facingDown', 'armour', 'speed', 'slow', 'slowLeft',
    'frozen', 'steady', 'hurtAgo', 'clock',
  ],
  obstacle: ['id', 'x', 'y', 'health', 'full', 'hurtAgo', 'clock', 'coins'],
  pea: ['x', 'y', 'oldX', 'oldY', 'damage', 'level'],
  pumpkin: ['fromX', 'fromY', 'toX', 'toY', 'x', 'y', 'age', 'splash', 'damage', 'level'],
};

function pick(thing, names) {
  const copy = {};
  for (const name of names) copy[name] = thing[name];
  return copy;
}

/** A game in plain values, to be kept as JSON. */
export function pack(game) {
  return {
    version: VERSION, map: game.map.id, seed: game.seed, endless: game.endless, tools: game.tools, twist: game.twist,
    status: game.status, random: game.random.state, rest: game.rest, waits: game.waits, focus: game.focus?.id ?? null,
    ...pick(game, NUMBERS.game),
    towers: game.towers.map((tower) => ({ ...pick(tower, NUMBERS.tower), tower: tower.tower, mode: tower.mode })),
    monsters: game.monsters.filter((monster) => !monster.gone).map((monster) => ({ ...pick(monster, NUMBERS.monster), type: monster.type })),
    obstacles: game.obstacles.map((thing) => ({ ...pick(thing, NUMBERS.obstacle), obstacle: thing.obstacle })),
    shots: game.shots.filter((shot) => !shot.pea || !shot.target.gone)
      .map((shot) => (shot.pea ? { ...pick(shot, NUMBERS.pea), target: shot.target.id } : pick(shot, NUMBERS.pumpkin))),
  };
}

function must(condition, what) {
  if (!condition) throw new Error(`not a saved game: ${what}`);
}

function numbers(thing, names, what) {
  must(thing && typeof thing === 'object', what);
  for (const name of names) must(Number.isFinite(thing[name]), `${what} ${name}`);
  return pick(thing, names);
}

function list(value, what) {
  must(Array.isArray(value) && value.length < 1000, what);
  return value;
}

function takeCell(game, { x, y }, what) {
  must(Number.isInteger(x) && Number.isInteger(y) && x >= 0 && y >= 0 && x < COLUMNS && y < ROWS, `${what}'s place`);
  const cell = y * COLUMNS + x;
  must(game.cells[cell] === null, `${what} on a taken cell`);
  return cell;
}

function unpackThings(game, data) {
  for (const item of list(data.obstacles, 'obstacles')) {
    must(Object.hasOwn(OBSTACLES, item?.obstacle), 'obstacle');
    const thing = { ...numbers(item, NUMBERS.obstacle, 'obstacle'), obstacle: item.obstacle, gone: false, fixed: !OBSTACLES[item.obstacle].health };
    thing.cell = takeCell(game, thing, 'obstacle');
    game.cells[thing.cell] = thing;
    game.obstacles.push(thing);
  }
  for (const item of list(data.towers, 'towers')) {
    must(TOWER_NAMES.includes(item?.tower) && TARGET_MODES.includes(item.mode) && [1, 2, 3].includes(item.level), 'tower');
    const tower = { ...numbers(item, NUMBERS.tower, 'tower'), tower: item.tower, mode: item.mode, kind: TOWERS[item.tower], boost: 1, haste: 1, sight: 1 };
    tower.cell = takeCell(game, tower, 'tower');
    game.cells[tower.cell] = tower;
    game.towers.push(tower);
  }
}

function unpackCritters(game, data) {
  for (const item of list(data.monsters, 'monsters')) {
    must(Object.hasOwn(MONSTERS, item?.type) && game.map.paths[item.path], 'critter');
    game.monsters.push({ ...numbers(item, NUMBERS.monster, 'critter'), type: item.type, kind: MONSTERS[item.type], gone: false });
  }
  const byId = new Map([...game.monsters, ...game.obstacles].map((thing) => [thing.id, thing]));
  for (const item of list(data.shots, 'shots')) {
    const pea = item?.target !== undefined;
    must(!pea || byId.has(item.target), 'target');
    const shot = { ...numbers(item, pea ? NUMBERS.pea : NUMBERS.pumpkin, 'shot'), pea, gone: false };
    if (pea) shot.target = byId.get(item.target);
    game.shots.push(shot);
  }
  must(data.focus === null || byId.has(data.focus), 'focus');
  game.focus = data.focus === null ? null : byId.get(data.focus);
}

/** The game that `pack` wrote; throws when the data is not one. */
export function unpack(data) {
  must(data && data.version === VERSION, 'version');
  must(findMap(data.map), 'map');
  must(['ready', 'running'].includes(data.status), 'status');
  must(Number.isFinite(data.seed) && Number.isFinite(data.random), 'seed');
  must(Array.isArray(data.tools) && data.tools.length && data.tools.every((name) => TOWER_NAMES.includes(name)), 'tools');
  const twist = numbers(data.twist, Object.keys(PLAIN), 'twist');
  const game = createGame(data.map, { seed: data.seed, tools: data.tools, endless: data.endless === true, twist });
  Object.assign(game, numbers(data, NUMBERS.game, 'game'), { status: data.status, waits: numbers(data.waits, POWER_NAMES, 'waits') });
  must(Number.isInteger(game.wave) && game.wave >= 0 && game.wave <= (game.endless ? MOST_WAVES : WAVES), 'wave');
  must(game.lives > 0 && game.coins >= 0 && (game.wave > 0) === (data.status === 'running'), 'state');
  must(data.rest === null || Number.isFinite(data.rest), 'rest');
  game.rest = data.rest;
  game.spawns = game.wave ? timetable(waveOf(game.waves, game.wave), game.map.paths.length) : [];
  must(Number.isInteger(game.spawned) && game.spawned >= 0 && game.spawned <= game.spawns.length, 'spawned');
  game.cells.fill(null);
  game.obstacles.length = 0;
  layGround(game);
  unpackThings(game, data);
  unpackCritters(game, data);
  survey(game);
  game.random.state = data.random >>> 0;
  game.nextId = data.nextId;
  return game;
}
