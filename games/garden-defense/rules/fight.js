import { letDrop, letIn, plantIn, tell } from './beds.js';
import { CELLS, DROP, INVADERS, LANES, PLANTS, SHOT_SPEED, SIGHT, SLOWED, STEP } from './data.js';
import { pick } from './random.js';

/** How near an invader comes before it bites, and how near a shot has to be to hit. */
const BITE_REACH = 0.65;
const HIT_REACH = 0.36;
const HOP_TIME = 0.7;
const RISE_TIME = 1;

/** Damage to an invader. A shell takes it first, unless the blow is `piercing`. */
export function strike(game, invader, damage, piercing = false) {
  if (invader.health <= 0) return;
  invader.hurt = game.time;
  if (invader.armour > 0 && !piercing) {
    invader.armour -= damage;
    if (invader.armour > 0) return;
    damage = -invader.armour;
    invader.armour = 0;
    tell(game, 'shell', { kind: invader.kind, lane: invader.lane, x: invader.x });
  }
  invader.health -= damage;
  if (invader.health > 0) return;
  game.defeated++;
  tell(game, 'defeat', { kind: invader.kind, lane: invader.lane, x: invader.x });
}

/** Damage to a plant; it leaves its cell when nothing of it is left. */
export function gnaw(game, plant, damage) {
  plant.health -= damage;
  plant.bitten = game.time;
  if (plant.health > 0) return;
  game.cells[plant.lane * CELLS + plant.cell] = null;
  tell(game, 'eaten', { kind: plant.kind, lane: plant.lane, x: plant.x });
}

const inSight = (invader) => invader.state !== 'dig' && invader.health > 0 && invader.x < SIGHT;

function seesTarget(game, lane, x) {
  for (const invader of game.invaders) {
    if (invader.lane === lane && invader.x > x - 0.3 && inSight(invader)) return true;
  }
  return false;
}

const OWN_LANE = [0];

function shoot(game, plant, data) {
  const lanes = data.lanes ?? OWN_LANE;
  if (!lanes.some((by) => seesTarget(game, plant.lane + by, plant.x))) return false;
  for (const by of lanes) {
    const lane = plant.lane + by;
    if (lane < 0 || lane >= LANES) continue;
    game.shots.push({
      id: ++game.ids, kind: data.shot.kind, data: data.shot, lane, from: plant.lane, x: plant.x + 0.25, px: plant.x + 0.25,
      start: plant.x + 0.25, last: 0, gone: false,
    });
  }
  tell(game, 'shot', { kind: data.shot.kind });
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

function mend(game, plant, data) {
  for (let lane = Math.max(0, plant.lane - 1); lane <= Math.min(LANES - 1, plant.lane + 1); lane++) {
    for (let cell = plant.cell - 1; cell <= plant.cell + 1; cell++) {
      const other = plantIn(game, lane, cell);
      if (other && other !== plant && other.health < other.most) {
        other.health = Math.min(other.most, other.health + data.heals);
        plant.acted = game.time;
      }
    }
  }
}

function goOff(game, plant, data) {
  game.cells[plant.lane * CELLS + plant.cell] = null;
  tell(game, data.job, { lane: plant.lane, x: plant.x });
  for (const invader of game.invaders) {
    const hit = data.job === 'blast'
      ? invader.lane === plant.lane
      : Math.abs(invader.lane - plant.lane) <= 1 && Math.abs(invader.x - plant.x) <= data.reach;
    if (hit) strike(game, invader, data.damage);
  }
}

/** Lets every plant do its job. */
export function movePlants(game) {
  for (const plant of game.cells) {
    if (!plant) continue;
    plant.wait -= STEP;
    if (plant.wait > 0) continue;
    const data = PLANTS[plant.kind];
    let acted = true;
    if (data.job === 'shoot') acted = shoot(game, plant, data);
    else if (data.job === 'sting') acted = sting(game, plant, data);
    else if (data.job === 'mend') { mend(game, plant, data); plant.wait = data.every; continue; }
    else if (data.job === 'grow') letDrop(game, plant.lane + (game.random() - 0.5) * 0.5, plant.x + (game.random() - 0.5) * 0.5, DROP.rises);
    else if (data.fuse) goOff(game, plant, data);
    else continue;
    // Nothing in sight: look again soon, but not at every step.
    plant.wait = acted ? data.every ?? 0 : 0.1;
    if (acted) plant.acted = game.time;
  }
}

/** The invader that a shot meets, the one nearest to the shed first; a needle does not meet the same one twice. */
function meets(game, shot) {
  let met = null;
  for (const invader of game.invaders) {
    if (invader.lane !== shot.lane || !inSight(invader) || Math.abs(invader.x - shot.x) > HIT_REACH) continue;
    if (shot.data.pierce && shot.hit?.includes(invader.id)) continue;
    if (!met || invader.x < met.x) met = invader;
  }
  return met;
}

function moveSeed(game, shot) {
  shot.x += SHOT_SPEED * STEP;
  const invader = meets(game, shot);
  if (invader) {
    tell(game, 'hit', { kind: shot.kind, lane: shot.lane, x: shot.x, shell: invader.armour > 0 });
    strike(game, invader, shot.data.damage, shot.data.pierce);
    if (shot.data.slow) invader.slow = shot.data.slow;
    if (shot.data.pierce) (shot.hit ??= []).push(invader.id);
    else shot.gone = true;
  }
  if (shot.x > CELLS + 0.4) shot.gone = true;
}

function moveOil(game, shot) {
  shot.x -= SHOT_SPEED * 0.7 * STEP;
  const plant = plantIn(game, shot.lane, Math.floor(shot.x));
  if (plant && !PLANTS[plant.kind].fuse && shot.x - plant.x < 0.3) {
    tell(game, 'splash', { lane: shot.lane, x: plant.x });
    gnaw(game, plant, shot.data.damage);
    shot.gone = true;
  }
  if (shot.x < 0) shot.gone = true;
}

/** Moves the seeds and the oil that are in the air. */
export function moveShots(game) {
  let kept = 0;
  for (const shot of game.shots) {
    shot.px = shot.x;
    if (shot.kind === 'oil') moveOil(game, shot);
    else moveSeed(game, shot);
    if (!shot.gone) game.shots[kept++] = shot;
  }
  game.shots.length = kept;
}

/** The plant that stands in an invader's way, within `reach`. */
function inTheWay(game, invader, reach) {
  for (let cell = Math.min(CELLS - 1, Math.floor(invader.x)); cell >= 0 && invader.x - cell - 0.5 <= reach; cell--) {
    const plant = plantIn(game, invader.lane, cell);
    if (plant && invader.x - plant.x > -0.2 && !PLANTS[plant.kind].fuse) return plant;
  }
  return null;
}

/** Slowed by nectar, hurried by a drummer nearby. */
function paceOf(game, invader) {
  let pace = invader.slow > 0 ? SLOWED : 1;
  for (const other of game.invaders) {
    const { haste, near } = INVADERS[other.kind];
    if (haste && other !== invader && other.health > 0 && Math.abs(other.lane - invader.lane) <= 1 && Math.abs(other.x - invader.x) <= near) {
      return pace * haste;
    }
  }
  return pace;
}

function spit(game, invader, data, pace) {
  if (invader.x > CELLS || !inTheWay(game, invader, data.range)) return false;
  invader.wait -= STEP * pace;
  if (invader.wait <= 0) {
    invader.wait = data.every;
    game.shots.push({
      id: ++game.ids, kind: 'oil', data: { damage: data.oil }, lane: invader.lane, from: invader.lane,
      x: invader.x - 0.4, px: invader.x - 0.4, start: invader.x - 0.4, last: 0, gone: false,
    });
    tell(game, 'spit', { lane: invader.lane, x: invader.x });
  }
  return true;
}

/** The boss lets small fry out of its flanks, into its own lane and the two beside it. */
function unload(game, invader, data) {
  invader.wait -= STEP;
  if (invader.wait > 0 || invader.x > CELLS) return;
  invader.wait = data.every;
  for (const by of [-1, 1]) {
    const lane = Math.max(0, Math.min(LANES - 1, invader.lane + by));
    letIn(game, pick(game.random, 3) ? 'ant' : 'mouse', lane, { x: invader.x + 0.2 });
    if (game.level) game.total++;
  }
  tell(game, 'unload', { lane: invader.lane, x: invader.x });
}

/** A hop or a rise out of the ground in progress; true while it lasts. */
function inMotion(game, invader, data) {
  if (invader.state === 'hop') {
    const done = Math.min(1, 1 - (invader.until - game.time) / HOP_TIME);
    invader.x = invader.from + (invader.to - invader.from) * done;
    if (done >= 1) invader.state = 'walk';
    return true;
  }
  if (invader.state === 'rise') {
    if (game.time >= invader.until) invader.state = 'walk';
    return true;
  }
  if (invader.state === 'dig' && invader.x <= data.digs) {
    invader.state = 'rise';
    invader.until = game.time + RISE_TIME;
    tell(game, 'rise', { lane: invader.lane, x: invader.x });
    return true;
  }
  return false;
}

function hopOver(game, invader, plant) {
  invader.hops--;
  invader.state = 'hop';
  invader.from = invader.x;
  invader.to = Math.min(invader.x, plant.x - 0.75);
  invader.until = game.time + HOP_TIME;
  tell(game, 'hop', { lane: invader.lane, x: invader.x });
}

function moveOne(game, invader) {
  const data = INVADERS[invader.kind];
  const pace = paceOf(game, invader);
  invader.px = invader.x;
  invader.biting = false;
  invader.slow = Math.max(0, invader.slow - STEP);
  if (inMotion(game, invader, data)) return;
  if (data.boss) unload(game, invader, data);
  if (invader.state !== 'dig' && !data.flies) {
    const plant = inTheWay(game, invader, BITE_REACH);
    if (plant && invader.hops > 0) return hopOver(game, invader, plant);
    if (plant) {
      invader.biting = true;
      gnaw(game, plant, data.bite * STEP * pace);
      return;
    }
    if (data.range && spit(game, invader, data, pace)) return;
  }
  const changed = invader.state !== 'dig' && (data.hops ? invader.hops === 0 : data.digs);
  const moved = (changed ? data.after : data.speed) * pace * STEP;
  invader.x -= moved;
  invader.moved += moved;
}

/** Moves every invader: on, at a plant, over it or under it. */
export function moveInvaders(game) {
  const count = game.invaders.length;
  for (let i = 0; i < count; i++) if (game.invaders[i].health > 0) moveOne(game, game.invaders[i]);
}
