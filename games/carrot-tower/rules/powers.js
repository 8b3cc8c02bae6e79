import { POWERS, POWER_NAMES, STEP } from './catalog.js';
import { hurt } from './critters.js';
import { tell } from './events.js';

/** The seconds until each power is ready, for a new game: half a wait. */
export const freshWaits = () => Object.fromEntries(POWER_NAMES.map((name) => [name, POWERS[name].wait / 2]));

/** Whether a power may be used now: it is ready, and critters are about. */
export function canUse(game, name) {
  return game.status === 'running' && game.waits[name] <= 1e-9;
}

/** Uses a power; hail needs a place. False when it is not ready. */
export function usePower(game, name, x = 0, y = 0) {
  if (!POWERS[name] || !canUse(game, name)) return false;
  game.waits[name] = POWERS[name].wait;
  game.used++;
  if (name === 'hail') hail(game, x, y);
  else freeze(game);
  return true;
}

function hail(game, x, y) {
  const { radius, part, boss } = POWERS.hail;
  tell(game, 'hail', x, y, null, radius);
  const count = game.monsters.length;
  for (let i = 0; i < count; i++) {
    const monster = game.monsters[i];
    if ((monster.x - x) ** 2 + (monster.y - y) ** 2 <= radius * radius) hurt(game, monster, monster.full * (monster.kind.boss ? boss : part), true);
  }
}

function freeze(game) {
  tell(game, 'freeze', (game.columns - 1) / 2, 3);
  for (const monster of game.monsters) monster.frozen = POWERS.freeze.seconds;
}

/** Moves the powers' waits on by one step. */
export function stepPowers(game) {
  for (const name of POWER_NAMES) game.waits[name] = Math.max(0, game.waits[name] - STEP);
}
