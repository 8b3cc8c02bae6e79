// Shared by the rules: the cells, what grows on them, and who comes in.
import { CELLS, DROP, ENTRY, INVADERS, LANES, PLANTS } from './data.js';

/** Tells whoever draws the game what happened. Nobody listening must not fill the memory. */
export function tell(game, type, what) {
  if (game.events.length < 400) game.events.push({ type, ...what });
}

export const inside = (lane, cell) => lane >= 0 && lane < LANES && cell >= 0 && cell < CELLS;

/** The plant of a cell, or null. */
export const plantIn = (game, lane, cell) => (inside(lane, cell) ? game.cells[lane * CELLS + cell] : null);

/** What a cell is made of: 'soil', 'water', 'pad' (water with a lily pad) or 'stone'. */
export const groundOf = (game, lane, cell) => game.ground[lane * CELLS + cell];

export const isWater = (game, lane) => Boolean(game.spec.garden.water?.includes(lane));

/** Notes which plants a fern feeds. */
function feed(game) {
  for (const plant of game.cells) if (plant) plant.fed = 1;
  for (const fern of game.cells) {
    if (!fern || PLANTS[fern.kind].job !== 'feed') continue;
    for (let lane = fern.lane - 1; lane <= fern.lane + 1; lane++) {
      for (let cell = fern.cell - 1; cell <= fern.cell + 1; cell++) {
        const other = plantIn(game, lane, cell);
        if (other && other !== fern) other.fed = PLANTS[fern.kind].haste;
      }
    }
  }
}

/** Puts a plant into its cell, or takes what grows there out of it. */
export function setCell(game, lane, cell, plant) {
  game.cells[lane * CELLS + cell] = plant;
  feed(game);
}

/** Lets a drop of dew lie at a place (lane may lie between two lanes). */
export function letDrop(game, lane, x, falls) {
  game.drops.push({ id: ++game.ids, lane, x, falls, age: 0, value: DROP.value, sky: falls === DROP.falls });
}

/** Puts an invader on the beds. */
export function letIn(game, kind, lane, { x = ENTRY, flag = false, tough = 1 } = {}) {
  const data = INVADERS[kind];
  const invader = {
    id: ++game.ids, kind, lane, x, px: x, health: data.health * tough, armour: (data.armour ?? 0) * tough,
    state: data.digs ? 'dig' : 'walk', hops: data.hops ?? 0, slow: 0, wait: data.every ?? 0, until: 0, from: x, to: x,
    flag, hurt: -9, biting: false, moved: 0, sprung: false, turn: data.swerves ?? 0, was: lane, since: -9,
  };
  invader.most = invader.health;
  invader.shell = invader.armour;
  game.invaders.push(invader);
  return invader;
}

/** Moves an invader to a lane beside its own; it slides over, and where there is none it stays. */
export function changeLane(game, invader, by) {
  const free = (lane) => lane >= 0 && lane < LANES && isWater(game, lane) === isWater(game, invader.lane);
  const lane = [invader.lane + by, invader.lane - by].find(free);
  if (lane === undefined) return false;
  invader.was = invader.lane;
  invader.since = game.time;
  invader.lane = lane;
  return true;
}
