import { groundOf, inside, letDrop, letIn, plantIn, setCell, tell } from './beds.js';
import { BARREL_DAMAGE_TO_BOSS, BARREL_SPEED, CELLS, DROP, EDITIONS, INVADERS, LANES, LOST, PLANTS, SCARCE, SHED, STEP } from './data.js';
import { specFor } from './daily.js';
import { CART_EVERY } from './levels.js';
import { movePlants, unfit } from './plants.js';
import { createRandom, pick } from './random.js';
import { CAN_DEW, COMPOST, TROWEL_BACK } from './shop.js';
import { moveShots } from './shots.js';
import { strike } from './strike.js';
import { moveInvaders } from './toys.js';
import { answersOf, endlessGap, endlessToughness, endlessWave, timetable } from './waves.js';
import { gusting } from './weather.js';

/** What a tap does to a toy where hands are the only weapon, how near it has to be, and the pause between taps. */
export const HAND = { damage: 70, reach: 0.8, every: 0.12 };

function groundFor(garden) {
  const ground = Array(LANES * CELLS).fill('soil');
  for (const lane of garden.water ?? []) ground.fill('water', lane * CELLS, (lane + 1) * CELLS);
  for (const [lane, cell] of garden.stones ?? []) ground[lane * CELLS + cell] = 'stone';
  return ground;
}

/**
 * A new game of `id` (see `specOf`). `picks`: the seed cards in hand; `seed`: the same one gives the same waves;
 * `perks`: what was bought; `press`: for simulations, another pressure than the level's own.
 * What happens is told in `events`, which whoever draws the game empties.
 */
export function createGame({ id, edition = 'standard', picks, seed = 1, perks = [], press }) {
  const spec = specFor(id, edition);
  const rules = EDITIONS[edition];
  const own = spec.perks ? perks : [];
  const game = {
    id, edition, spec, rules, seed, perks: [...own], picks: [...(spec.picks ?? picks)],
    random: createRandom(seed), chance: createRandom(seed ^ 0x5bd1e995),
    tick: 0, time: 0, clock: 0, ids: 0, status: 'play',
    level: spec.level, dew: rules.free ? 0 : spec.dew + (own.includes('can') ? CAN_DEW : 0),
    recharge: {}, stock: {}, cells: Array(LANES * CELLS).fill(null), ground: groundFor(spec.garden),
    invaders: [], shots: [], drops: [],
    barrels: Array.from({ length: LANES }, (_, lane) => ({ lane, state: 'ready', x: -0.5, px: -0.5 })),
    spare: own.includes('spare') ? 1 : 0,
    queue: [], next: 0, wave: 0, waves: spec.waves, nextWave: 0, answer: [],
    nextDrop: DROP.first, nextSeed: 1, nextTap: 0, chain: 0, lostTo: null,
    defeated: 0, total: 0, planted: 0, collected: 0, eaten: 0, score: 0, bare: 0,
    events: [],
  };
  for (const kind of game.picks) game.recharge[kind] = game.stock[kind] = 0;
  game.queue = spec.waves ? timetable(spec, game.random, press) : endlessWave(game, 1, 18);
  game.nextWave = game.queue[0].at;
  game.total = spec.waves ? game.queue.length : 0;
  return game;
}

/** How many plants may stand at once, where beds are limited. */
export const bedsOf = ({ rules, wave }) => (rules.beds ? Math.min(rules.most, rules.beds + Math.floor(wave / 2)) : Infinity);
export const standing = (game) => game.cells.reduce((sum, plant) => sum + (plant ? 1 : 0), 0);

/** The seconds that a seed card takes to be ready again. */
export function rechargeOf(game, id) {
  const { recharge, fuse } = PLANTS[id];
  return recharge * (game.rules.free && fuse ? 1.3 : game.rules.recharge) * (game.perks.includes('compost') ? COMPOST : 1);
}

/** The price of a seed now: the more of a kind stand, the dearer the next, in steps of five. */
export function priceOf(game, id) {
  const { cost, job } = PLANTS[id];
  if (!SCARCE.jobs.includes(job)) return cost;
  let more = -(cost < SCARCE.dear ? SCARCE.free : SCARCE.rare);
  for (const plant of game.cells) if (plant?.kind === id) more++;
  return more > 0 ? Math.round((cost * (1 + SCARCE.more * more)) / 5) * 5 : cost;
}

/** Why a plant cannot be had now: 'unknown', 'recharging', 'dear', 'none' (of the cart's seeds), 'full' (beds), or null when it can. */
export function whyNot(game, id) {
  if (!game.picks.includes(id)) return 'unknown';
  if (game.spec.special === 'cart') return game.stock[id] > 0 ? null : 'none';
  if (game.recharge[id] > 0) return 'recharging';
  if (game.rules.free) return id !== 'lily' && standing(game) >= bedsOf(game) ? 'full' : null;
  return game.dew < priceOf(game, id) ? 'dear' : null;
}

function pay(game, id) {
  if (game.spec.special === 'cart') {
    game.stock[id]--;
    return;
  }
  if (!game.rules.free) game.dew -= priceOf(game, id);
  game.recharge[id] = rechargeOf(game, id);
}

/** Sets a plant; returns null, or the reason why not ('taken' when something grows there; 'water', 'stone', 'dry'). */
export function setPlant(game, id, lane, cell) {
  const reason = game.status !== 'play' ? 'over' : whyNot(game, id) ?? unfit(game, id, lane, cell);
  if (reason) return reason;
  pay(game, id);
  const kind = PLANTS[id];
  if (kind.job === 'float') game.ground[lane * CELLS + cell] = 'pad';
  else {
    setCell(game, lane, cell, {
      id: ++game.ids, kind: id, lane, cell, x: cell + 0.5, health: kind.health, most: kind.health, vigour: 1, fed: 1,
      wait: kind.fuse ?? kind.first ?? 0.5, born: game.time, acted: -9, bitten: -9,
    });
  }
  game.planted++;
  tell(game, 'plant', { kind: id, lane, x: cell + 0.5 });
  return null;
}

/** What digging a plant up gives back: half its price (more with a better trowel), less what was eaten of it, in steps of five. */
export function refundOf(game, plant) {
  if (game.rules.free || game.spec.special === 'cart') return 0;
  const share = game.perks.includes('trowel') ? TROWEL_BACK : 0.5;
  return Math.floor((PLANTS[plant.kind].cost * share * plant.health) / plant.most / 5) * 5;
}

/** Digs a plant up, or an empty lily pad; returns what comes back, or null when there is nothing or it is about to go off. */
export function digUp(game, lane, cell) {
  if (game.status !== 'play' || !inside(lane, cell)) return null;
  const plant = plantIn(game, lane, cell);
  if (!plant && groundOf(game, lane, cell) !== 'pad') return null;
  if (plant && PLANTS[plant.kind].fuse) return null;
  const one = plant ?? { kind: 'lily', health: 1, most: 1 };
  const back = refundOf(game, one);
  game.dew += back;
  if (plant) setCell(game, lane, cell, null);
  else game.ground[lane * CELLS + cell] = 'water';
  tell(game, 'dig', { kind: one.kind, lane, x: cell + 0.5, back });
  return back;
}

/** Gathers a drop; returns its worth, 0 when it is gone already. By hand it is worth more, every fifth in a row twice that. */
export function collect(game, id, byItself = false) {
  const index = game.drops.findIndex((drop) => drop.id === id);
  if (index < 0) return 0;
  const [drop] = game.drops.splice(index, 1);
  game.chain = byItself ? 0 : game.chain + 1;
  const bonus = !byItself && game.chain % DROP.chain === 0;
  const worth = byItself ? (game.perks.includes('basket') ? DROP.value : DROP.alone) : drop.value * (bonus ? 2 : 1);
  game.dew += worth;
  if (!byItself) game.collected++;
  tell(game, 'collect', { drop, byItself, bonus, worth });
  return worth;
}

/** A tap on a cell where hands are the only weapon; returns how many toys it hit. */
export function tap(game, lane, cell) {
  if (game.spec.special !== 'hands' || game.status !== 'play' || game.time < game.nextTap) return 0;
  game.nextTap = game.time + HAND.every;
  let hit = 0;
  for (const invader of game.invaders) {
    if (invader.lane !== lane || Math.abs(invader.x - cell - 0.5) > HAND.reach || invader.health <= 0) continue;
    strike(game, invader, HAND.damage);
    hit++;
  }
  tell(game, 'tap', { lane, x: cell + 0.5, hit });
  return hit;
}

/** The barrels that are still standing. */
export const barrelsLeft = (game) => game.barrels.filter((barrel) => barrel.state === 'ready').length;

/** Stars for a level won: three with every barrel standing, two with three or more, one otherwise. */
export function starsOf(game) {
  const left = barrelsLeft(game);
  return left === LANES ? 3 : left >= 3 ? 2 : 1;
}

/** How much of the level's timetable has passed, 0 to 1; in endless play, of the way to the next wave. */
export function progress(game) {
  if (!game.waves) return Math.max(0, Math.min(1, 1 - (game.nextWave - game.clock) / endlessGap(game.wave)));
  return Math.min(1, game.clock / game.queue[game.queue.length - 1].at);
}

/** The lanes in which something comes within `seconds`, for those who bought the chime. */
export function comingLanes(game, seconds) {
  const lanes = new Set();
  for (let i = game.next; i < game.queue.length && game.queue[i].at <= game.clock + seconds; i++) lanes.add(game.queue[i].lane);
  return lanes;
}

/** The clock of the waves. It runs faster while the beds are empty, so that nobody waits for long. */
function runClock(game) {
  game.clock += STEP;
  if (game.invaders.length) return;
  game.bare++;
  if (!game.wave || game.next >= game.queue.length) return;
  const wait = game.queue[game.next].at - game.clock;
  if (wait > 1.5) game.clock += Math.min(wait - 1.5, STEP * 12);
}

function drawNextWave(game) {
  game.answer = answersOf(game);
  game.nextWave = Math.max(game.nextWave + endlessGap(game.wave), game.clock + 4);
  game.queue = endlessWave(game, game.wave + 1, game.nextWave);
  game.next = 0;
  if (game.answer.length) tell(game, 'answer', { answer: game.answer });
}

function comeIn(game) {
  const { queue } = game;
  while (game.next < queue.length && queue[game.next].at <= game.clock) {
    const { kind, lane, wave, flag } = queue[game.next++];
    if (wave > game.wave) {
      if (!game.waves && game.wave) game.score += 10 * game.wave;
      game.wave = wave;
      tell(game, 'wave', { wave, flag: flag || queue.some((one) => one.wave === wave && one.flag), last: game.waves > 0 && wave === game.waves });
    }
    if (INVADERS[kind].boss) tell(game, 'boss', { kind });
    letIn(game, kind, lane, { flag, tough: game.waves ? 1 : endlessToughness(wave) });
  }
  // Endless play draws up the next wave only when the last one is in, so that the list never grows.
  if (!game.waves && game.next >= queue.length) drawNextWave(game);
}

function gatherDew(game) {
  const { garden, special } = game.spec;
  if (!game.rules.free && !garden.night && !special && game.time >= game.nextDrop) {
    game.nextDrop += garden.rain ? DROP.rain : DROP.every;
    letDrop(game, 0.3 + game.chance() * (LANES - 1.6), 0.8 + game.chance() * (CELLS - 2.6), DROP.falls);
  }
  for (let i = game.drops.length - 1; i >= 0; i--) {
    const drop = game.drops[i];
    drop.age += STEP;
    if (drop.age >= drop.falls + DROP.rests) collect(game, drop.id, true);
  }
}

function rollCart(game) {
  if (game.spec.special !== 'cart' || game.time < game.nextSeed) return;
  game.nextSeed += CART_EVERY;
  const kind = game.picks[pick(game.chance, game.picks.length + 2)] ?? 'rosehip';
  if (game.stock[kind] < 9) game.stock[kind]++;
  tell(game, 'seed', { kind });
}

function rollBarrels(game) {
  for (const barrel of game.barrels) {
    barrel.px = barrel.x;
    if (barrel.state !== 'rolling') continue;
    barrel.x += BARREL_SPEED * STEP;
    for (const invader of game.invaders) {
      if (invader.lane !== barrel.lane || invader.x > barrel.x + 0.4 || invader.health <= 0 || barrel.state === 'gone') continue;
      if (INVADERS[invader.kind].boss) {
        strike(game, invader, BARREL_DAMAGE_TO_BOSS, true);
        invader.x = Math.max(invader.x, 0.6);
        barrel.state = 'gone';
      } else {
        strike(game, invader, Infinity, true);
      }
    }
    if (barrel.x > CELLS + 1) barrel.state = 'gone';
    if (barrel.state === 'gone' && game.spare) {
      game.spare--;
      Object.assign(barrel, { state: 'ready', x: -0.5, px: -0.5 });
    }
  }
}

function guardShed(game) {
  for (const invader of game.invaders) {
    if (invader.health <= 0 || invader.x > SHED) continue;
    const barrel = game.barrels[invader.lane];
    if (barrel.state === 'ready') {
      barrel.state = 'rolling';
      tell(game, 'barrel', { lane: invader.lane });
    } else if (invader.x < LOST && game.status === 'play') {
      game.status = 'lost';
      game.lostTo = { lane: invader.lane, kind: invader.kind };
      tell(game, 'lost', { lane: invader.lane, kind: invader.kind });
    }
  }
}

/** One step of `STEP` seconds. Does nothing once the game is decided. */
export function step(game) {
  if (game.status !== 'play') return;
  game.tick++;
  const blew = gusting(game);
  game.time = game.tick * STEP;
  if (gusting(game) && !blew) tell(game, 'gust', {});
  for (const id of game.picks) if (game.recharge[id] > 0) game.recharge[id] = Math.max(0, game.recharge[id] - STEP);
  runClock(game);
  comeIn(game);
  gatherDew(game);
  rollCart(game);
  movePlants(game);
  moveShots(game);
  moveInvaders(game);
  rollBarrels(game);
  guardShed(game);
  let kept = 0;
  for (const invader of game.invaders) if (invader.health > 0) game.invaders[kept++] = invader;
  game.invaders.length = kept;
  if (game.status === 'play' && game.waves && game.next === game.queue.length && !kept) {
    game.status = 'won';
    tell(game, 'won', {});
  }
}
