import { letDrop, letIn, plantIn, tell } from './beds.js';
import { BARREL_DAMAGE_TO_BOSS, BARREL_SPEED, CELLS, DROP, EDITIONS, INVADERS, LANES, LOST, PLANTS, SHED, STEP } from './data.js';
import { moveInvaders, movePlants, moveShots, strike } from './fight.js';
import { endlessGap, endlessToughness, endlessWave, LEVELS, timetable } from './levels.js';

/**
 * A new game. `level` 1 to 10, or 0 for endless play; `picks`: the seed cards in hand; `random`: a source of numbers in [0, 1).
 * What happens is told in `events`, which whoever draws the game empties.
 */
export function createGame({ level, edition = 'standard', picks, random }) {
  const rules = EDITIONS[edition];
  const queue = level ? timetable(level, edition, random) : endlessWave(1, 20, edition, random);
  return {
    level, edition, picks: [...picks], random, rules,
    tick: 0, time: 0, ids: 0, status: 'play',
    dew: rules.free ? 0 : level ? LEVELS[level - 1].dew : 200,
    recharge: Object.fromEntries(picks.map((id) => [id, 0])),
    cells: Array(LANES * CELLS).fill(null),
    invaders: [], shots: [], drops: [],
    barrels: Array.from({ length: LANES }, (_, lane) => ({ lane, state: 'ready', x: -0.5, px: -0.5 })),
    queue, next: 0, wave: 0, waves: level ? LEVELS[level - 1].waves.length : 0, nextWave: queue[0].at,
    nextDrop: DROP.first, defeated: 0, total: level ? queue.length : 0, lostTo: null, planted: 0, collected: 0,
    events: [],
  };
}

/** Why a plant cannot be had now: 'unknown', 'recharging', 'dear', or null when it can. */
export function whyNot(game, id) {
  if (!game.picks.includes(id)) return 'unknown';
  if (game.recharge[id] > 0) return 'recharging';
  return !game.rules.free && game.dew < PLANTS[id].cost ? 'dear' : null;
}

/** Sets a plant; returns null, or the reason why not ('taken' when something grows there). */
export function setPlant(game, id, lane, cell) {
  const reason = game.status !== 'play' ? 'over' : whyNot(game, id) ?? (plantIn(game, lane, cell) ? 'taken' : null);
  if (reason) return reason;
  const kind = PLANTS[id];
  if (!game.rules.free) {
    game.dew -= kind.cost;
    game.recharge[id] = kind.recharge;
  }
  game.cells[lane * CELLS + cell] = {
    id: ++game.ids, kind: id, lane, cell, x: cell + 0.5, health: kind.health, most: kind.health,
    wait: kind.fuse ?? kind.first ?? 0.5, born: game.time, acted: -9, bitten: -9,
  };
  game.planted++;
  tell(game, 'plant', { kind: id, lane, x: cell + 0.5 });
  return null;
}

/** What digging a plant up gives back: half its price, less what was eaten of it, in steps of five. */
export function refundOf(game, plant) {
  return game.rules.free ? 0 : Math.floor((PLANTS[plant.kind].cost * plant.health) / plant.most / 10) * 5;
}

/** Digs a plant up; returns what comes back, or null when the cell is bare or the plant is about to go off. */
export function digUp(game, lane, cell) {
  const plant = plantIn(game, lane, cell);
  if (!plant || PLANTS[plant.kind].fuse || game.status !== 'play') return null;
  const back = refundOf(game, plant);
  game.dew += back;
  game.cells[lane * CELLS + cell] = null;
  tell(game, 'dig', { kind: plant.kind, lane, x: plant.x, back });
  return back;
}

/** Gathers a drop; returns its worth, 0 when it is gone already. */
export function collect(game, id, byItself = false) {
  const index = game.drops.findIndex((drop) => drop.id === id);
  if (index < 0) return 0;
  const [drop] = game.drops.splice(index, 1);
  game.dew += drop.value;
  if (!byItself) game.collected++;
  tell(game, 'collect', { drop, byItself });
  return drop.value;
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
  if (!game.level) return Math.max(0, Math.min(1, 1 - (game.nextWave - game.time) / endlessGap(game.wave)));
  return Math.min(1, game.time / game.queue[game.queue.length - 1].at);
}

function comeIn(game) {
  const { queue } = game;
  while (game.next < queue.length && queue[game.next].at <= game.time) {
    const { kind, lane, wave, flag } = queue[game.next++];
    if (wave > game.wave) {
      game.wave = wave;
      tell(game, 'wave', { wave, flag, last: game.level > 0 && wave === game.waves });
    }
    letIn(game, kind, lane, { flag, tough: game.level ? 1 : endlessToughness(wave, game.edition) });
  }
  if (game.level || game.next < queue.length) return;
  // Endless play draws up the next wave only when the last one is in, so that the list never grows.
  game.nextWave = game.nextWave + endlessGap(game.wave);
  game.queue = endlessWave(game.wave + 1, Math.max(game.nextWave, game.time + 4), game.edition, game.random);
  game.nextWave = game.queue[0].at;
  game.next = 0;
}

function gatherDew(game) {
  if (!game.rules.free && game.time >= game.nextDrop) {
    game.nextDrop += DROP.every;
    letDrop(game, 0.3 + game.random() * (LANES - 1.6), 0.8 + game.random() * (CELLS - 2.6), DROP.falls);
  }
  for (let i = game.drops.length - 1; i >= 0; i--) {
    const drop = game.drops[i];
    drop.age += STEP;
    if (drop.age >= drop.falls + DROP.rests) collect(game, drop.id, true);
  }
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
  game.time = game.tick * STEP;
  for (const id of game.picks) game.recharge[id] = Math.max(0, game.recharge[id] - STEP);
  comeIn(game);
  gatherDew(game);
  movePlants(game);
  moveShots(game);
  moveInvaders(game);
  rollBarrels(game);
  guardShed(game);
  let kept = 0;
  for (const invader of game.invaders) if (invader.health > 0) game.invaders[kept++] = invader;
  game.invaders.length = kept;
  if (game.status === 'play' && game.level && game.next === game.queue.length && !kept) {
    game.status = 'won';
    tell(game, 'won', {});
  }
}
