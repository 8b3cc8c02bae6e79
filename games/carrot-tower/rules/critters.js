import { ARMOUR_GROWTH, LEAST_HIT, MONSTERS, POWERS, SLOWEST, STEADY, STEP } from './catalog.js';
import { placeOnPath } from './path.js';
import { healthScale } from './waves.js';
import { tell } from './events.js';

/** Puts a critter on a path, `distance` cells from the entrance. */
export function spawn(game, type, pathIndex, distance = 0) {
  const kind = MONSTERS[type];
  const wave = Math.max(1, game.wave);
  const health = Math.round(kind.health * healthScale(game.map, wave));
  const monster = {
    id: game.nextId++, type, kind, path: pathIndex, distance, health, full: health,
    x: 0, y: 0, oldX: 0, oldY: 0, lane: game.random() * 0.3 - 0.15, facing: 1, facingDown: 1,
    armour: kind.armour * (1 + ARMOUR_GROWTH * (wave - 1)) + game.twist.armour, speed: kind.speed * game.twist.speed,
    slow: 1, slowLeft: 0, frozen: 0, steady: 0, hurtAgo: 9, clock: 0, gone: false,
  };
  placeOnPath(game.map.paths[pathIndex], distance, monster);
  monster.oldX = monster.x;
  monster.oldY = monster.y;
  game.monsters.push(monster);
  tell(game, 'spawn', monster.x, monster.y, type);
  return monster;
}

/** Cells a critter still has to go to reach the carrot. */
export function toGo(game, monster) {
  return game.map.paths[monster.path].length - monster.distance;
}

/** What a hit of `damage` takes off: armour counts unless the hit pierces, but never takes more than four fifths away. */
export function afterArmour(damage, armour, pierces = false) {
  return pierces ? damage : Math.max(damage * LEAST_HIT, damage - armour);
}

/** Hurts a critter; one without health left is beaten, pays its coins and leaves what it splits into. */
export function hurt(game, monster, damage, pierces = false) {
  if (monster.gone) return;
  monster.health -= afterArmour(damage, monster.armour, pierces);
  monster.hurtAgo = 0;
  if (monster.health > 0) return;
  monster.health = 0;
  monster.gone = true;
  game.coins += monster.kind.coins;
  game.score += monster.kind.coins;
  game.beaten++;
  if (game.focus === monster) game.focus = null;
  tell(game, 'beaten', monster.x, monster.y, monster.type, monster.kind.coins);
  if (!monster.kind.splits) return;
  const [type, count] = monster.kind.splits;
  for (let i = 0; i < count; i++) {
    spawn(game, type, monster.path, Math.max(0, monster.distance + (i - (count - 1) / 2) * 0.4));
  }
}

/** Slows a critter to `part` of its speed; of several only the strongest counts, and bosses feel half of it. */
export function slowDown(monster, part, seconds) {
  const felt = Math.max(SLOWEST, monster.kind.boss ? 1 - (1 - part) / 2 : part);
  if (monster.slowLeft <= 0 || felt < monster.slow) {
    monster.slow = felt;
    monster.slowLeft = seconds;
  } else if (felt === monster.slow) {
    monster.slowLeft = Math.max(monster.slowLeft, seconds);
  }
}

/** Blows a critter back; bosses, and those just blown back, stand firm. */
export function pushBack(game, monster, cells) {
  if (monster.kind.boss || monster.steady > 0 || monster.gone) return false;
  monster.distance = Math.max(0, monster.distance - cells);
  monster.steady = STEADY;
  placeOnPath(game.map.paths[monster.path], monster.distance, monster);
  return true;
}

/** Whether a critter is underground now. */
export function isUnder({ kind, clock }) {
  return kind.digs !== undefined && clock % kind.digs.every >= kind.digs.every - kind.digs.lasts;
}

/** How many times its own speed a critter moves right now. */
export function pace(monster) {
  const { leap, rage, boss } = monster.kind;
  if (monster.frozen > 0) return boss ? POWERS.freeze.boss : 0;
  if (leap && monster.clock % leap.every >= leap.every - leap.lasts) return leap.pace;
  const slowed = monster.slowLeft > 0 ? monster.slow : 1;
  return rage && monster.health < monster.full * rage.below ? rage.pace * slowed : slowed;
}

/** Whether something that happens every so many seconds happens in this step. */
const isDue = (monster, every) => Math.floor(monster.clock / every) > Math.floor((monster.clock - STEP) / every) && monster.clock >= every;

const within = (a, b, reach) => (a.x - b.x) ** 2 + (a.y - b.y) ** 2 <= reach * reach;

function nurse(game, monster) {
  const { reach, part } = monster.kind.nurses;
  let any = false;
  for (const other of game.monsters) {
    if (other === monster || other.gone || other.health >= other.full || !within(monster, other, reach)) continue;
    other.health = Math.min(other.full, other.health + other.full * (other.kind.boss ? part / 4 : part));
    any = true;
  }
  if (any) tell(game, 'heal', monster.x, monster.y, null, reach);
}

function roar(game, monster) {
  const { reach, seconds } = monster.kind.roars;
  tell(game, 'roar', monster.x, monster.y, null, reach);
  for (const tower of game.towers) if (within(monster, tower, reach)) tower.stun = seconds;
}

function special(game, monster) {
  const { regen, calls, nurses, roars } = monster.kind;
  if (regen && monster.hurtAgo > 1) monster.health = Math.min(monster.full, monster.health + monster.full * regen * STEP);
  if (monster.frozen > 0 && !monster.kind.boss) return;
  if (nurses && isDue(monster, nurses.every)) nurse(game, monster);
  if (roars && isDue(monster, roars.every)) roar(game, monster);
  if (!calls || !isDue(monster, calls.every)) return;
  tell(game, 'call', monster.x, monster.y);
  for (let i = 0; i < calls.count; i++) spawn(game, calls.type, monster.path, Math.max(0, monster.distance + 0.3 - i * 0.3));
}

function bite(game, monster) {
  monster.gone = true;
  if (game.focus === monster) game.focus = null;
  game.lives = Math.max(0, game.lives - monster.kind.bite);
  tell(game, 'bite', monster.x, monster.y, monster.type, monster.kind.bite);
}

/** Moves every critter by one step. */
export function stepCritters(game) {
  // Critters called or split off during the loop join in the next step.
  const count = game.monsters.length;
  for (let i = 0; i < count; i++) {
    const monster = game.monsters[i];
    monster.oldX = monster.x;
    monster.oldY = monster.y;
    if (monster.frozen <= 0 || monster.kind.boss) monster.clock += STEP;
    monster.hurtAgo += STEP;
    monster.steady -= STEP;
    monster.distance += monster.speed * pace(monster) * STEP;
    monster.slowLeft -= STEP;
    monster.frozen -= STEP;
    const path = game.map.paths[monster.path];
    placeOnPath(path, monster.distance, monster);
    if (monster.x !== monster.oldX) monster.facing = monster.x > monster.oldX ? 1 : -1;
    if (monster.y !== monster.oldY) monster.facingDown = monster.y > monster.oldY ? 1 : -1;
    special(game, monster);
    if (monster.distance >= path.length) bite(game, monster);
  }
}
