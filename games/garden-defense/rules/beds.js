// What game.js and fight.js share: the cells, and putting things on the beds.
import { CELLS, DROP, ENTRY, INVADERS } from './data.js';

/** Tells whoever draws the game what happened. Nobody listening must not fill the memory. */
export function tell(game, type, what) {
  if (game.events.length < 400) game.events.push({ type, ...what });
}

/** The plant of a cell, or null. */
export const plantIn = (game, lane, cell) => (cell < 0 || cell >= CELLS ? null : game.cells[lane * CELLS + cell]);

/** Lets a drop of dew lie at a place (lane may lie between two lanes). */
export function letDrop(game, lane, x, falls) {
  game.drops.push({ id: ++game.ids, lane, x, falls, age: 0, value: DROP.value, sky: falls === DROP.falls });
}

/** Puts an invader on the beds. */
export function letIn(game, kind, lane, { x = ENTRY, flag = false, tough = 1 } = {}) {
  const data = INVADERS[kind];
  const factor = game.rules.health * tough;
  const invader = {
    id: ++game.ids, kind, lane, x, px: x, health: data.health * factor, armour: (data.armour ?? 0) * factor,
    state: data.digs ? 'dig' : 'walk', hops: data.hops ?? 0, slow: 0, wait: data.every ?? 0, until: 0, from: x,
    flag, hurt: -9, biting: false, moved: 0,
  };
  invader.most = invader.health;
  invader.shell = invader.armour;
  game.invaders.push(invader);
  return invader;
}
