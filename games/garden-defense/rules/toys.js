import { changeLane, isWater, letIn, plantIn, tell } from './beds.js';
import { CELLS, INVADERS, LANES, PLANTS, SLOWED, STEP, WIND } from './data.js';
import { pick } from './random.js';
import { gnaw } from './strike.js';
import { gusting } from './weather.js';

/** How near an invader comes before it bites. */
const BITE_REACH = 0.65;
const HOP_TIME = 0.7;
const RISE_TIME = 1;

/** The plant that stands in an invader's way, within `reach`. */
function inTheWay(game, invader, reach) {
  for (let cell = Math.min(CELLS - 1, Math.floor(invader.x)); cell >= 0 && invader.x - cell - 0.5 <= reach; cell--) {
    const plant = plantIn(game, invader.lane, cell);
    if (plant && invader.x - plant.x > -0.2 && !PLANTS[plant.kind].fuse) return plant;
  }
  return null;
}

const beside = (one, other, near) => one !== other && other.health > 0 && Math.abs(other.lane - one.lane) <= 1 && Math.abs(other.x - one.x) <= near;

/** Slowed by nectar, hurried by a drummer nearby, and by the wind when it flies. */
function paceOf(game, invader) {
  let pace = invader.slow > 0 ? SLOWED : 1;
  if (INVADERS[invader.kind].flies && gusting(game)) pace *= WIND.moths;
  for (const other of game.invaders) {
    const { haste, near } = INVADERS[other.kind];
    if (haste && beside(invader, other, near)) return pace * haste;
  }
  return pace;
}

function spit(game, invader, data, pace) {
  if (invader.x > CELLS || !inTheWay(game, invader, data.range)) return false;
  invader.wait -= STEP * pace;
  if (invader.wait <= 0) {
    invader.wait = data.every;
    const x = invader.x - 0.4;
    game.shots.push({ id: ++game.ids, kind: 'oil', lane: invader.lane, from: invader.lane, x, px: x, start: x, gone: false, hit: [] });
    tell(game, 'spit', { lane: invader.lane, x: invader.x });
  }
  return true;
}

/** A boss lets small toys out of its flanks, into the lanes beside its own. */
function unload(game, invader, data) {
  invader.wait -= STEP;
  if (invader.wait > 0 || invader.x > CELLS) return;
  invader.wait = data.every;
  for (const by of [-1, 1]) {
    const lane = Math.max(0, Math.min(LANES - 1, invader.lane + by));
    const kind = data.lets[pick(game.chance, data.lets.length)];
    letIn(game, isWater(game, lane) && !INVADERS[kind].flies ? 'duck' : kind, lane, { x: invader.x + 0.2 });
    if (game.waves) game.total++;
  }
  tell(game, 'unload', { lane: invader.lane, x: invader.x });
}

function swerve(game, invader, data) {
  if (invader.x > CELLS) return;
  invader.turn -= STEP;
  if (invader.turn > 0) return;
  invader.turn = data.swerves;
  if (changeLane(game, invader, game.chance() < 0.5 ? -1 : 1)) tell(game, 'whirl', { lane: invader.lane, x: invader.x });
}

/** A music box winds its neighbours up again. */
function windUp(game, invader, data) {
  for (const other of game.invaders) {
    if (beside(invader, other, data.near) && !INVADERS[other.kind].boss) other.health = Math.min(other.most, other.health + data.winds * STEP);
  }
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

function meetPlant(game, invader, data, plant, pace) {
  if (invader.hops > 0) return hopOver(game, invader, plant);
  if (data.springs && !invader.sprung) {
    invader.sprung = true;
    tell(game, 'spring', { lane: invader.lane, x: invader.x });
    return gnaw(game, plant, data.springs);
  }
  invader.biting = true;
  return gnaw(game, plant, data.bite * STEP * pace);
}

function moveOne(game, invader) {
  const data = INVADERS[invader.kind];
  const pace = paceOf(game, invader);
  invader.px = invader.x;
  invader.biting = false;
  invader.slow = Math.max(0, invader.slow - STEP);
  if (inMotion(game, invader, data)) return;
  if (data.boss) unload(game, invader, data);
  if (data.swerves) swerve(game, invader, data);
  if (data.winds) windUp(game, invader, data);
  if (invader.state !== 'dig' && !data.flies) {
    const plant = inTheWay(game, invader, BITE_REACH);
    if (plant) return meetPlant(game, invader, data, plant, pace);
    if (data.range && spit(game, invader, data, pace)) return;
  }
  const changed = invader.sprung || (invader.state !== 'dig' && (data.hops ? invader.hops === 0 : data.digs));
  const moved = (changed ? data.after : data.speed) * pace * STEP * game.spec.hurry;
  invader.x -= moved;
  invader.moved += moved;
}

/** Moves every invader: on, at a plant, over it or under it. */
export function moveInvaders(game) {
  const count = game.invaders.length;
  for (let i = 0; i < count; i++) if (game.invaders[i].health > 0) moveOne(game, game.invaders[i]);
}
