import {
  COLUMNS, EARLY_COINS, HARVEST, LIVES, OBSTACLES, REST, ROWS, SELL_PERCENT, STEP, TARGET_MODES, TOWERS, TOWER_NAMES, WAVES,
} from './catalog.js';
import { findMap } from './maps.js';
import { createRandom } from './random.js';
import { spawn, stepCritters } from './critters.js';
import { lightUp, stepShots, stepTowers } from './combat.js';
import { timetable } from './waves.js';
import { tell } from './events.js';

/**
 * A new game on a map.
 * @param {string} mapId
 * @param {{seed?: number, tools?: string[]}} [options] `tools` are the towers the player may build
 */
export function createGame(mapId, { seed = 1, tools = TOWER_NAMES } = {}) {
  const map = findMap(mapId);
  const game = {
    map, tools, columns: COLUMNS, random: createRandom(seed), ticks: 0, status: 'ready',
    coins: map.coins, lives: LIVES, wave: 0, spawns: [], spawned: 0, waveTime: 0, rest: null,
    towers: [], monsters: [], shots: [], obstacles: [], cells: new Array(COLUMNS * ROWS).fill(null),
    focus: null, events: [], nextId: 1, beaten: 0, cleared: 0,
  };
  for (const spot of map.road) {
    const [x, y] = spot.split(',').map(Number);
    game.cells[y * COLUMNS + x] = 'path';
  }
  game.cells[map.carrot[1] * COLUMNS + map.carrot[0]] = 'carrot';
  for (const [x, y, kind] of map.obstacles) {
    const { health, coins, surprise = 0 } = OBSTACLES[kind];
    const cell = y * COLUMNS + x;
    const obstacle = {
      id: game.nextId++, obstacle: kind, x, y, cell, health, full: health, hurtAgo: 9, gone: false,
      coins: coins + Math.floor(game.random() * (surprise + 1)),
    };
    game.obstacles.push(obstacle);
    game.cells[cell] = obstacle;
  }
  return game;
}

/** What stands on a cell: null (free), 'path', 'carrot', a tower or an obstacle; undefined off the board. */
export function cellAt(game, x, y) {
  return x < 0 || y < 0 || x >= COLUMNS || y >= ROWS ? undefined : game.cells[y * COLUMNS + x];
}

const over = (game) => game.status === 'won' || game.status === 'lost';

/** Builds a tower; null when the cell is taken, the tower unknown or the coins too few. */
export function build(game, x, y, name) {
  if (over(game) || cellAt(game, x, y) !== null || !game.tools.includes(name)) return null;
  const kind = TOWERS[name];
  if (game.coins < kind.price[0]) return null;
  game.coins -= kind.price[0];
  const tower = {
    id: game.nextId++, tower: name, kind, x, y, cell: y * COLUMNS + x, level: 1, spent: kind.price[0],
    mode: 'first', wait: 0, firedAgo: 9, facing: 1, boost: 1,
  };
  game.towers.push(tower);
  game.cells[tower.cell] = tower;
  lightUp(game);
  tell(game, 'built', x, y, name);
  return tower;
}

/** What the next level costs; null at the top level. */
export function upgradePrice(tower) {
  return tower.kind.price[tower.level] ?? null;
}

/** Raises a tower by a level; false when it is at the top or the coins are too few. */
export function upgrade(game, tower) {
  const price = upgradePrice(tower);
  if (over(game) || price === null || game.coins < price) return false;
  game.coins -= price;
  tower.spent += price;
  tower.level++;
  lightUp(game);
  tell(game, 'upgraded', tower.x, tower.y, tower.tower, tower.level);
  return true;
}

/** Coins that selling a tower gives back. */
export function sellValue(tower) {
  return Math.floor((tower.spent * SELL_PERCENT) / 100);
}

/** Sells a tower and frees its cell. */
export function sell(game, tower) {
  const at = game.towers.indexOf(tower);
  if (over(game) || at < 0) return false;
  game.towers.splice(at, 1);
  game.cells[tower.cell] = null;
  game.coins += sellValue(tower);
  lightUp(game);
  tell(game, 'sold', tower.x, tower.y, tower.tower, sellValue(tower));
  return true;
}

/** Sets whom a tower prefers; unknown modes are refused. */
export function setMode(tower, mode) {
  if (!TARGET_MODES.includes(mode)) return false;
  tower.mode = mode;
  return true;
}

/** All towers in range go for this critter or obstacle; the same again, or null, lifts the order. */
export function setFocus(game, target) {
  game.focus = !target || target.gone || game.focus === target ? null : target;
  return game.focus;
}

/** Whether the player may call the next wave now: before the first, and in the rests between waves. */
export function canCall(game) {
  return !over(game) && game.wave < WAVES && (game.wave === 0 || game.rest !== null);
}

/** Coins for calling the next wave now. */
export function earlyBonus(game) {
  return game.rest === null ? 0 : Math.ceil(game.rest - 1e-9) * EARLY_COINS;
}

function startWave(game) {
  game.status = 'running';
  game.wave++;
  if (game.wave > 1) game.coins += HARVEST;
  game.spawns = timetable(game.map, game.wave);
  game.spawned = 0;
  game.waveTime = 0;
  game.rest = null;
  tell(game, 'wave', 0, 0, null, game.wave);
}

/** Calls the next wave before its time, for a bonus. */
export function callWave(game) {
  if (!canCall(game)) return false;
  game.coins += earlyBonus(game);
  startWave(game);
  return true;
}

function stepWave(game) {
  game.waveTime += STEP;
  while (game.spawned < game.spawns.length && game.spawns[game.spawned].time <= game.waveTime + 1e-9) {
    const { type, path } = game.spawns[game.spawned++];
    spawn(game, type, path);
  }
  if (game.spawned < game.spawns.length || game.wave >= WAVES) return;
  if (game.rest === null) game.rest = REST;
  else game.rest -= STEP;
  if (game.rest <= 1e-9) startWave(game);
}

function sweep(game) {
  let kept = 0;
  for (const monster of game.monsters) if (!monster.gone) game.monsters[kept++] = monster;
  game.monsters.length = kept;
}

/** Stars for lives left: three for an untouched carrot, two from six lives on, one below. */
export function starsFor(lives) {
  if (lives <= 0) return 0;
  return lives >= LIVES ? 3 : lives >= 6 ? 2 : 1;
}

/**
 * Moves the game on by one step of 1/30 s. Before the first wave is called nothing moves, not even towers,
 * or obstacles could be cleared for coins without end while nobody comes.
 */
export function step(game) {
  if (game.status !== 'running') return;
  game.ticks++;
  stepWave(game);
  stepCritters(game);
  stepTowers(game);
  stepShots(game);
  for (const obstacle of game.obstacles) obstacle.hurtAgo += STEP;
  sweep(game);
  if (game.lives <= 0) game.status = 'lost';
  else if (game.wave >= WAVES && game.spawned >= game.spawns.length && game.monsters.length === 0) game.status = 'won';
  else return;
  tell(game, game.status, 0, 0);
}
