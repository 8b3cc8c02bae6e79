import {
  COLUMNS, EARLY_COINS, HARVEST, LIVES, MONSTERS, REST, ROWS, SELL_PERCENT, STEP, TARGET_MODES, TOWERS, TOWER_NAMES, WAVES,
} from './catalog.js';
import { findMap } from './maps.js';
import { createRandom } from './random.js';
import { spawn, stepCritters } from './critters.js';
import { blast, stepShots, stepTowers } from './combat.js';
import { hillFor, placeObstacle, spreadWeeds, stepTrees, survey } from './terrain.js';
import { freshWaits, stepPowers } from './powers.js';
import { createWaves, preview, timetable, waveOf } from './waves.js';
import { tell } from './events.js';

/** Points for each bite left at a win. */
const LIFE_POINTS = 100;

/** What a daily challenge may change; these are the usual values. */
export const PLAIN = { speed: 1, armour: 0, coins: 0, harvest: HARVEST, rest: REST, lives: LIVES };

/**
 * A new game on a map.
 * @param {string} mapId
 * @param {{seed?: number, tools?: string[], endless?: boolean, twist?: object}} [options]
 *   `tools` are the towers the player may build, `twist` changes some values of `PLAIN`
 */
export function createGame(mapId, { seed = 1, tools = TOWER_NAMES, endless = false, twist = {} } = {}) {
  const map = findMap(mapId);
  const rules = { ...PLAIN, ...twist };
  const game = {
    map, tools, seed, endless, twist: rules, columns: COLUMNS, random: createRandom(seed), waves: createWaves(map, seed), ticks: 0, status: 'ready',
    coins: map.coins + rules.coins, lives: rules.lives, wave: 0, spawns: [], spawned: 0, waveTime: 0, rest: null, waits: freshWaits(),
    towers: [], monsters: [], shots: [], obstacles: [], cells: new Array(COLUMNS * ROWS).fill(null),
    focus: null, events: [], nextId: 1, beaten: 0, cleared: 0, used: 0, score: 0,
  };
  layGround(game);
  for (const [x, y, kind] of map.obstacles) placeObstacle(game, x, y, kind);
  return game;
}

/** Marks the cells of the path and the carrot. */
export function layGround(game) {
  const { map, cells } = game;
  for (const spot of map.road) {
    const [x, y] = spot.split(',').map(Number);
    cells[y * COLUMNS + x] = 'path';
  }
  cells[map.carrot[1] * COLUMNS + map.carrot[0]] = 'carrot';
}

/** How many waves a game has. */
export const wavesOf = (game) => (game.endless ? Infinity : WAVES);

/** What a wave of this game brings, as `[[type, count], ...]`; empty after the last one. */
export function comingIn(game, number) {
  return number > wavesOf(game) ? [] : preview(waveOf(game.waves, number));
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
    mode: 'first', wait: 0, firedAgo: 9, facing: 1, boost: 1, haste: 1, sight: 1, stun: 0,
  };
  game.towers.push(tower);
  game.cells[tower.cell] = tower;
  survey(game);
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
  survey(game);
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
  survey(game);
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
  game.focus = !target || target.gone || target.fixed || game.focus === target ? null : target;
  return game.focus;
}

/** Whether the player may call the next wave now: before the first, and in the rests between waves. */
export function canCall(game) {
  return !over(game) && game.wave < wavesOf(game) && (game.wave === 0 || game.rest !== null);
}

/** Coins for calling the next wave now. */
export function earlyBonus(game) {
  return game.rest === null ? 0 : Math.ceil(game.rest - 1e-9) * EARLY_COINS;
}

function startWave(game) {
  game.status = 'running';
  game.wave++;
  if (game.wave > 1) game.coins += game.twist.harvest;
  game.spawns = timetable(waveOf(game.waves, game.wave), game.map.paths.length);
  game.spawned = 0;
  game.waveTime = 0;
  game.rest = null;
  spreadWeeds(game);
  tell(game, 'wave', 0, 0, null, game.wave);
}

/** Calls the next wave before its time, for a bonus. */
export function callWave(game) {
  if (!canCall(game)) return false;
  const bonus = earlyBonus(game);
  game.coins += bonus;
  game.score += bonus;
  startWave(game);
  return true;
}

function stepWave(game) {
  game.waveTime += STEP;
  while (game.spawned < game.spawns.length && game.spawns[game.spawned].time <= game.waveTime + 1e-9) {
    const { type, path } = game.spawns[game.spawned];
    const door = hillFor(game, MONSTERS[type].flies || MONSTERS[type].boss);
    game.spawned++;
    spawn(game, type, door?.path ?? path, door?.distance ?? 0);
  }
  if (game.spawned < game.spawns.length || game.wave >= wavesOf(game)) return;
  if (game.rest === null) game.rest = game.twist.rest;
  else game.rest -= STEP;
  if (game.rest <= 1e-9) startWave(game);
}

function sweep(game) {
  let kept = 0;
  for (const monster of game.monsters) if (!monster.gone) game.monsters[kept++] = monster;
  game.monsters.length = kept;
}

/** Stars for lives left: three for an untouched carrot, two from six lives on, one below. */
export function starsFor(lives, full = LIVES) {
  if (lives <= 0) return 0;
  return lives >= full ? 3 : lives >= full * 0.6 ? 2 : 1;
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
  stepPowers(game);
  stepTrees(game, blast);
  stepTowers(game);
  stepShots(game);
  for (const obstacle of game.obstacles) obstacle.hurtAgo += STEP;
  sweep(game);
  if (game.lives <= 0) game.status = 'lost';
  else if (game.wave >= wavesOf(game) && game.spawned >= game.spawns.length && game.monsters.length === 0) {
    game.status = 'won';
    game.score += game.lives * LIFE_POINTS;
  }
  if (game.status === 'running') return;
  tell(game, game.status, 0, 0);
}
