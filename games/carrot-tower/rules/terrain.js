import {
  APPLE, COLUMNS, GLOW_REACH, HILL, NIGHT_SIGHT, OBSTACLES, ROWS, SPRING_HASTE, STEP, WEED_CHOKE, WEED_LIMIT, WEED_MOST,
} from './catalog.js';
import { tell } from './events.js';
import { placeOnPath } from './path.js';

/** Puts an obstacle on a free cell. */
export function placeObstacle(game, x, y, kind) {
  const { health = 0, coins = 0, surprise = 0 } = OBSTACLES[kind];
  const cell = y * COLUMNS + x;
  const obstacle = {
    id: game.nextId++, obstacle: kind, x, y, cell, health, full: health, fixed: health === 0, hurtAgo: 9, gone: false, clock: 0,
    coins: coins + Math.floor(game.random() * (surprise + 1)),
  };
  game.obstacles.push(obstacle);
  game.cells[cell] = obstacle;
  return obstacle;
}

const far = (a, b) => (a.x - b.x) ** 2 + (a.y - b.y) ** 2;
const beside = (a, b) => Math.abs(a.x - b.x) <= 1 && Math.abs(a.y - b.y) <= 1;

/**
 * Works out anew what the surroundings do to each tower: `boost` to its damage by the strongest lantern,
 * `haste` to its speed by springs and weeds, `sight` to its range by the night.
 */
export function survey(game) {
  const lamps = game.towers.filter((tower) => tower.kind.kind === 'aura');
  const lit = (tower, lamp) => far(tower, lamp) <= lamp.kind.levels[lamp.level - 1].range ** 2 + 1e-9;
  for (const tower of game.towers) {
    tower.boost = tower.haste = tower.sight = 1;
    if (tower.kind.kind === 'aura') continue;
    const lights = lamps.filter((lamp) => lit(tower, lamp));
    for (const lamp of lights) tower.boost = Math.max(tower.boost, 1 + lamp.kind.levels[lamp.level - 1].boost);
    const weeds = game.obstacles.filter((thing) => thing.obstacle === 'weed' && beside(thing, tower)).length;
    tower.haste -= Math.min(WEED_MOST, weeds * WEED_CHOKE);
    if (game.obstacles.some((thing) => thing.obstacle === 'spring' && beside(thing, tower))) tower.haste += SPRING_HASTE;
    if (game.map.night && !lights.length && !isLit(game, tower.x, tower.y)) tower.sight = NIGHT_SIGHT;
  }
}

/** Whether a standing glowshroom or a lantern lights a cell. */
export function isLit(game, x, y) {
  const at = { x, y };
  return game.obstacles.some((thing) => thing.obstacle === 'glowshroom' && far(thing, at) <= GLOW_REACH ** 2)
    || game.towers.some((lamp) => lamp.kind.kind === 'aura' && far(lamp, at) <= lamp.kind.levels[lamp.level - 1].range ** 2 + 1e-9);
}

/** Whether a boulder stands between two places, so that neither peas nor gusts pass. */
export function isBlocked(game, from, to) {
  for (const rock of game.obstacles) {
    if (rock.obstacle !== 'boulder' || rock === to) continue;
    const dx = to.x - from.x;
    const dy = to.y - from.y;
    const along = dx * dx + dy * dy;
    const part = along ? Math.max(0, Math.min(1, ((rock.x - from.x) * dx + (rock.y - from.y) * dy) / along)) : 0;
    if ((from.x + dx * part - rock.x) ** 2 + (from.y + dy * part - rock.y) ** 2 < 0.16) return true;
  }
  return false;
}

/** Lets each weed take a free bed beside it, now and then, when a wave starts. */
export function spreadWeeds(game) {
  const weeds = game.obstacles.filter((thing) => thing.obstacle === 'weed');
  let count = weeds.length;
  for (const weed of weeds) {
    const roll = game.random();
    if (game.wave < 2 || count >= WEED_LIMIT || roll < 0.35) continue;
    const beds = [[1, 0], [-1, 0], [0, 1], [0, -1]].map(([dx, dy]) => [weed.x + dx, weed.y + dy])
      .filter(([x, y]) => x >= 0 && y >= 0 && x < COLUMNS && y < ROWS && game.cells[y * COLUMNS + x] === null);
    if (!beds.length) continue;
    const [x, y] = beds[Math.floor(((roll - 0.35) / 0.65) * beds.length)];
    placeObstacle(game, x, y, 'weed');
    count++;
    tell(game, 'weed', x, y);
  }
  survey(game);
}

/** Where the next critter comes out, when a molehill stands open for it: `{path, distance}` or null. */
export function hillFor(game, flies) {
  if (flies || game.wave < HILL.from || game.spawned % HILL.every !== 0) return null;
  const hills = game.obstacles.filter((thing) => thing.obstacle === 'molehill');
  if (!hills.length) return null;
  const hill = hills[Math.floor(game.spawned / HILL.every) % hills.length];
  tell(game, 'dug', hill.x, hill.y);
  return doorOf(game.map, hill);
}

const spot = { x: 0, y: 0 };

/** The place of the path nearest to an obstacle. */
export function doorOf(map, thing) {
  let best = null;
  let nearest = Infinity;
  map.paths.forEach((path, index) => {
    for (let distance = 0; distance <= path.length; distance += 0.5) {
      const away = far(thing, placeOnPath(path, distance, spot));
      if (away < nearest - 1e-9) {
        nearest = away;
        best = { path: index, distance };
      }
    }
  });
  return best;
}

/** Lets apple trees drop an apple on the first critter below them. `burst` is what an apple does where it lands. */
export function stepTrees(game, burst) {
  for (const tree of game.obstacles) {
    if (tree.obstacle !== 'appletree') continue;
    tree.clock += STEP;
    if (tree.clock < APPLE.every) continue;
    const below = game.monsters.find((monster) => !monster.gone && !monster.kind.flies && far(tree, monster) <= APPLE.reach ** 2);
    if (!below) continue;
    tree.clock = 0;
    tell(game, 'apple', below.x, below.y, [tree.x, tree.y]);
    burst(game, below.x, below.y, APPLE.splash, APPLE.damage * (1 + 0.12 * game.wave));
  }
}
