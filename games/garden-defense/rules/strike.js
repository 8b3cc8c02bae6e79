import { changeLane, setCell, tell } from './beds.js';
import { INVADERS } from './data.js';

/** How many kinds of plants grow now. */
export const variety = (game) => new Set(game.cells.filter(Boolean).map(({ kind }) => kind)).size;

/** Points for one invader: more for the heavy ones, and a tenth more for each further kind of plant that grows. */
export const pointsFor = (game, kind) => Math.round(INVADERS[kind].weight * 10 * (1 + 0.1 * Math.max(0, variety(game) - 1)));

/** Damage to an invader. A shell takes it first, less its plate, unless the blow is `piercing`. */
export function strike(game, invader, damage, piercing = false) {
  if (invader.health <= 0) return;
  const data = INVADERS[invader.kind];
  invader.hurt = game.time;
  if (invader.armour > 0 && !piercing) {
    invader.armour -= Math.max(4, damage - (data.plate ?? 0));
    if (invader.armour > 0) return;
    damage = -invader.armour;
    invader.armour = 0;
    tell(game, 'shell', { kind: invader.kind, lane: invader.lane, x: invader.x });
  }
  invader.health -= damage;
  if (invader.health > 0) {
    // A spinning top that is hit whirls off into the next lane.
    if (data.whirls && game.time - invader.since > data.whirls && changeLane(game, invader, invader.id % 2 ? 1 : -1)) {
      tell(game, 'whirl', { lane: invader.lane, x: invader.x });
    }
    return;
  }
  game.defeated++;
  game.score += pointsFor(game, invader.kind);
  tell(game, 'defeat', { kind: invader.kind, lane: invader.lane, x: invader.x });
}

/** Damage to a plant; it leaves its cell when nothing of it is left. */
export function gnaw(game, plant, damage) {
  plant.health -= damage;
  plant.bitten = game.time;
  if (plant.health > 0) return;
  setCell(game, plant.lane, plant.cell, null);
  game.eaten++;
  tell(game, 'eaten', { kind: plant.kind, lane: plant.lane, x: plant.x });
}
