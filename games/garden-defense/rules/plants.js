import { isWater, letDrop, plantIn, setCell, tell } from './beds.js';
import { CELLS, DROP, ENTRY, INVADERS, LANES, PLANTS, RAIN, SIGHT, STEP } from './data.js';
import { strike } from './strike.js';
import { paceOfPlant, rangeOf } from './weather.js';

export const inSight = (invader) => invader.state !== 'dig' && invader.health > 0 && invader.x < SIGHT;

function seesTarget(game, lane, x, range) {
  for (const invader of game.invaders) {
    if (invader.lane === lane && invader.x > x - 0.3 && invader.x < x + range && inSight(invader)) return true;
  }
  return false;
}

const OWN_LANE = [0];

function shoot(game, plant, data) {
  const lanes = data.lanes ?? OWN_LANE;
  const range = rangeOf(game);
  if (!lanes.some((by) => seesTarget(game, plant.lane + by, plant.x, range))) return false;
  for (const by of lanes) {
    const lane = plant.lane + by;
    if (lane < 0 || lane >= LANES) continue;
    const x = plant.x + 0.25;
    game.shots.push({ id: ++game.ids, kind: data.shot, lane, from: plant.lane, x, px: x, start: x, gone: false, hit: [] });
  }
  tell(game, 'shot', { kind: data.shot });
  return true;
}

function sting(game, plant, data) {
  let stung = false;
  for (const invader of game.invaders) {
    const ahead = invader.x - plant.x;
    if (invader.lane !== plant.lane || ahead < -0.6 || ahead > data.reach || !inSight(invader) || INVADERS[invader.kind].flies) continue;
    strike(game, invader, data.damage);
    stung = true;
  }
  if (stung) tell(game, 'sting', { lane: plant.lane, x: plant.x });
  return stung;
}

/** Closes over the nearest invader; a shell is no help to it. */
function trap(game, plant, data) {
  let prey = null;
  for (const invader of game.invaders) {
    const ahead = invader.x - plant.x;
    if (invader.lane !== plant.lane || ahead < -0.6 || ahead > data.reach || !inSight(invader)) continue;
    if (!prey || invader.x < prey.x) prey = invader;
  }
  if (!prey) return false;
  strike(game, prey, data.damage, true);
  tell(game, 'snap', { lane: plant.lane, x: prey.x });
  return true;
}

function mend(game, plant, data) {
  for (let lane = plant.lane - 1; lane <= plant.lane + 1; lane++) {
    for (let cell = plant.cell - 1; cell <= plant.cell + 1; cell++) {
      const other = plantIn(game, lane, cell);
      if (!other || other === plant) continue;
      other.vigour = Math.min(1, other.vigour + (game.rules.tires ? 0.03 : 0));
      if (other.health < other.most) {
        other.health = Math.min(other.most, other.health + data.heals);
        plant.acted = game.time;
      }
    }
  }
}

function goOff(game, plant, data) {
  setCell(game, plant.lane, plant.cell, null);
  tell(game, data.job, { lane: plant.lane, x: plant.x });
  for (const invader of game.invaders) {
    const { boss } = INVADERS[invader.kind];
    if (data.job === 'blast') {
      if (invader.lane === plant.lane) strike(game, invader, data.damage);
    } else if (Math.abs(invader.lane - plant.lane) > 1 || Math.abs(invader.x - plant.x) > data.reach) continue;
    else if (data.job === 'burst') strike(game, invader, data.damage);
    else if (!boss && invader.health > 0) {
      invader.x = invader.from = Math.min(ENTRY, invader.x + data.back * (INVADERS[invader.kind].flies ? 1.6 : 1));
      if (invader.state === 'hop') invader.state = 'walk';
    }
  }
}

/** Fatigue in the unlimited edition: an action costs vigour, rest brings it back. */
function tire(game, plant) {
  const { tires, least } = game.rules;
  // At night they tire twice as fast; a plant that acts rarely spends more each time.
  const cost = tires * (PLANTS[plant.kind].every > 5 ? 8 : 1) * (game.spec.garden.night ? 2 : 1);
  if (tires) plant.vigour = Math.max(least, plant.vigour - cost);
}

function act(game, plant, data) {
  switch (data.job) {
    case 'shoot': return shoot(game, plant, data);
    case 'sting': return sting(game, plant, data);
    case 'trap': return trap(game, plant, data);
    case 'grow':
      letDrop(game, Math.max(0, Math.min(LANES - 1, plant.lane + (game.chance() - 0.5) * 0.5)), plant.x + (game.chance() - 0.5) * 0.5, DROP.rises);
      return true;
    default: return null;
  }
}

/** Lets every plant do its job. */
export function movePlants(game) {
  const { rain } = game.spec.garden;
  const { rests } = game.rules;
  for (let i = 0; i < LANES * CELLS; i++) {
    const plant = game.cells[i];
    if (!plant) continue;
    if (rain && plant.health < plant.most) plant.health = Math.min(plant.most, plant.health + RAIN.mends * STEP);
    if (rests && game.time - plant.acted > 3) plant.vigour = Math.min(1, plant.vigour + rests * STEP);
    plant.wait -= STEP * plant.fed * plant.vigour;
    if (plant.wait > 0) continue;
    const data = PLANTS[plant.kind];
    if (data.fuse) {
      goOff(game, plant, data);
      continue;
    }
    if (data.job === 'mend') {
      mend(game, plant, data);
      plant.wait = data.every;
      continue;
    }
    const acted = act(game, plant, data);
    if (acted === null) continue;
    // Nothing in sight: look again soon, but not at every step.
    plant.wait = acted ? paceOfPlant(game, plant.kind) : 0.1;
    if (!acted) continue;
    plant.acted = game.time;
    tire(game, plant);
  }
}

/** Why a plant cannot grow on a cell: 'taken', 'water', 'stone', 'dry' (a pad on soil), or null. */
export function unfit(game, id, lane, cell) {
  const ground = game.ground[lane * CELLS + cell];
  if (id === 'lily') return ground === 'water' ? null : isWater(game, lane) ? 'taken' : 'dry';
  if (ground === 'water' || ground === 'stone') return ground;
  return plantIn(game, lane, cell) ? 'taken' : null;
}
