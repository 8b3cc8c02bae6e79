import { plantIn, tell } from './beds.js';
import { CELLS, PLANTS, SHOTS, SHOT_SPEED, STEP } from './data.js';
import { inSight } from './plants.js';
import { gnaw, strike } from './strike.js';
import { rangeOf, stickinessOf } from './weather.js';

/** How near a shot has to be to hit. */
const HIT_REACH = 0.36;

/** The invader that a shot meets, the one nearest to the shed first; a needle does not meet the same one twice. */
function meets(game, shot) {
  let met = null;
  for (const invader of game.invaders) {
    if (invader.lane !== shot.lane || !inSight(invader) || Math.abs(invader.x - shot.x) > HIT_REACH) continue;
    if (shot.hit.includes(invader.id)) continue;
    if (!met || invader.x < met.x) met = invader;
  }
  return met;
}

function moveSeed(game, shot, range) {
  const data = SHOTS[shot.kind];
  shot.x += SHOT_SPEED * STEP;
  const invader = meets(game, shot);
  if (invader) {
    tell(game, 'hit', { kind: shot.kind, lane: shot.lane, x: shot.x, shell: invader.armour > 0 });
    strike(game, invader, data.damage, data.pierce);
    invader.slow = Math.max(invader.slow, stickinessOf(game, shot.kind));
    if (data.pierce) shot.hit.push(invader.id);
    else shot.gone = true;
  }
  if (shot.x > CELLS + 0.4 || shot.x - shot.start > range) shot.gone = true;
}

function moveOil(game, shot) {
  shot.x -= SHOT_SPEED * 0.7 * STEP;
  const plant = plantIn(game, shot.lane, Math.floor(shot.x));
  if (plant && !PLANTS[plant.kind].fuse && shot.x - plant.x < 0.3) {
    tell(game, 'splash', { lane: shot.lane, x: plant.x });
    gnaw(game, plant, SHOTS.oil.damage);
    shot.gone = true;
  }
  if (shot.x < 0) shot.gone = true;
}

/** Moves the seeds and the oil that are in the air. */
export function moveShots(game) {
  const range = rangeOf(game);
  let kept = 0;
  for (const shot of game.shots) {
    shot.px = shot.x;
    if (shot.kind === 'oil') moveOil(game, shot);
    else moveSeed(game, shot, range);
    if (!shot.gone) game.shots[kept++] = shot;
  }
  game.shots.length = kept;
}
