import { HOP_FADE, LOB_TIME, PEA_SPEED, STEP } from './catalog.js';
import { hurt, isUnder, pace, pushBack, slowDown, toGo } from './critters.js';
import { placeOnPath } from './path.js';
import { tell } from './events.js';
import { isBlocked, survey } from './terrain.js';

const squared = (ax, ay, bx, by) => (ax - bx) * (ax - bx) + (ay - by) * (ay - by);

/** The figures of a tower's present level. */
export const figures = (tower) => tower.kind.levels[tower.level - 1];

/** A tower's damage with the lantern light that falls on it. */
export const power = (tower) => figures(tower).damage * tower.boost;

/** A tower's range where it stands: the night shortens it. */
export const rangeOf = (tower) => figures(tower).range * tower.sight;

/** Whether something at a place is in a tower's range (a hair is allowed, so that whole distances count as in). */
export function inRange(tower, target) {
  const range = rangeOf(tower);
  return squared(tower.x, tower.y, target.x, target.y) <= range * range + 1e-9;
}

/** Kinds of towers whose shots a boulder stops. */
const STRAIGHT = ['shot', 'gust'];

/** Whether a tower's kind can do anything to a critter at all. */
function reaches({ kind }, monster) {
  if (kind === 'lob') return !monster.kind.flies;
  return !isUnder(monster) && !(kind === 'chain' && monster.kind.dusty);
}

const sees = (game, tower, target) => !game.map.rocky || !STRAIGHT.includes(tower.kind.kind) || !isBlocked(game, tower, target);

const canHit = (game, tower, monster) => !monster.gone && reaches(tower.kind, monster) && inRange(tower, monster) && sees(game, tower, monster);

/** Ranks for the targeting modes: the critter with the highest wins. */
const ranks = {
  first: (game, tower, monster) => -toGo(game, monster),
  last: (game, tower, monster) => toGo(game, monster),
  strong: (game, tower, monster) => monster.health,
  near: (game, tower, monster) => -squared(tower.x, tower.y, monster.x, monster.y),
};

/** What a tower aims at: the player's chosen target if it is in range, else the critter its mode prefers; null for nothing. */
export function chooseTarget(game, tower) {
  const { focus } = game;
  if (focus) {
    if (focus.obstacle ? inRange(tower, focus) && sees(game, tower, focus) : canHit(game, tower, focus)) return focus;
  }
  const rank = ranks[tower.mode];
  let best = null;
  let top = -Infinity;
  for (const monster of game.monsters) {
    if (!canHit(game, tower, monster)) continue;
    const value = rank(game, tower, monster);
    if (value > top) {
      top = value;
      best = monster;
    }
  }
  return best;
}

/** Damages an obstacle; one that breaks pays coins and frees its cell. */
export function chip(game, obstacle, damage) {
  if (obstacle.gone || obstacle.fixed) return;
  obstacle.health -= damage;
  obstacle.hurtAgo = 0;
  if (obstacle.health > 0) return;
  obstacle.gone = true;
  game.obstacles.splice(game.obstacles.indexOf(obstacle), 1);
  game.cells[obstacle.cell] = null;
  game.coins += obstacle.coins;
  game.cleared++;
  if (game.focus === obstacle) game.focus = null;
  survey(game);
  tell(game, 'cleared', obstacle.x, obstacle.y, obstacle.obstacle, obstacle.coins);
}

const strike = (game, target, damage, pierces) => (target.obstacle ? chip(game, target, damage) : hurt(game, target, damage, pierces));

function shoot(game, tower, target) {
  game.shots.push({ pea: true, x: tower.x, y: tower.y - 0.25, oldX: tower.x, oldY: tower.y - 0.25, target, damage: power(tower), level: tower.level, gone: false });
  tell(game, 'shot', tower.x, tower.y);
}

const landing = { x: 0, y: 0 };

function lob(game, tower, target) {
  landing.x = target.x;
  landing.y = target.y;
  if (!target.obstacle) {
    placeOnPath(game.map.paths[target.path], target.distance + target.speed * pace(target) * LOB_TIME, landing);
  }
  game.shots.push({
    pea: false, fromX: tower.x, fromY: tower.y - 0.3, toX: landing.x, toY: landing.y, x: tower.x, y: tower.y, age: 0,
    splash: figures(tower).splash, damage: power(tower), level: tower.level, gone: false,
  });
  tell(game, 'lob', tower.x, tower.y);
}

/** A pumpkin bursts: every critter on the ground within reach is hurt, and an obstacle in that very cell. */
export function blast(game, x, y, splash, damage) {
  tell(game, 'blast', x, y, null, splash);
  const count = game.monsters.length;
  for (let i = 0; i < count; i++) {
    const monster = game.monsters[i];
    if (!monster.kind.flies && squared(x, y, monster.x, monster.y) <= splash * splash) hurt(game, monster, damage);
  }
  const there = game.cells[Math.round(y) * game.columns + Math.round(x)];
  if (there && there.obstacle) chip(game, there, damage);
}

function mist(game, tower) {
  const { slow, hold } = figures(tower);
  let any = false;
  const count = game.monsters.length;
  for (let i = 0; i < count; i++) {
    const monster = game.monsters[i];
    if (!canHit(game, tower, monster)) continue;
    any = true;
    slowDown(monster, slow, hold);
    hurt(game, monster, power(tower), true);
  }
  if (any) tell(game, 'mist', tower.x, tower.y, null, rangeOf(tower));
  return any;
}

/** Bees sting a target and hop on to the nearest critter not stung yet, a little weaker each time. */
export function chain(game, tower, target) {
  const { hops, reach } = figures(tower);
  const points = [[tower.x, tower.y - 0.2], [target.x, target.y]];
  let damage = power(tower);
  strike(game, target, damage, true);
  const stung = [target];
  let from = target;
  while (!target.obstacle && stung.length < hops) {
    let next = null;
    let nearest = reach * reach;
    for (const monster of game.monsters) {
      const far = squared(from.x, from.y, monster.x, monster.y);
      if (!monster.gone && far <= nearest && !stung.includes(monster) && reaches(tower.kind, monster)) {
        next = monster;
        nearest = far;
      }
    }
    if (!next) break;
    damage *= HOP_FADE;
    points.push([next.x, next.y]);
    stung.push(next);
    hurt(game, next, damage, true);
    from = next;
  }
  tell(game, 'chain', tower.x, tower.y, points);
  return stung.length;
}

/** A gust: all within range and `spread` radians to either side of the aim are hurt and blown back; flyers are hurt twice as hard. */
export function gust(game, tower, target) {
  const { spread, push } = figures(tower);
  const aim = Math.atan2(target.y - tower.y, target.x - tower.x);
  if (target.obstacle) chip(game, target, power(tower));
  const count = game.monsters.length;
  for (let i = 0; i < count; i++) {
    const monster = game.monsters[i];
    if (!canHit(game, tower, monster)) continue;
    const turn = Math.atan2(monster.y - tower.y, monster.x - tower.x) - aim;
    if (Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn))) > spread) continue;
    hurt(game, monster, power(tower) * (monster.kind.flies ? 2 : 1));
    pushBack(game, monster, push);
  }
  tell(game, 'gust', tower.x, tower.y, aim, rangeOf(tower));
}

function fire(game, tower) {
  const { kind } = tower.kind;
  if (kind === 'mist') return mist(game, tower);
  const target = chooseTarget(game, tower);
  if (!target) return false;
  tower.facing = target.x < tower.x ? -1 : 1;
  if (kind === 'shot') shoot(game, tower, target);
  else if (kind === 'lob') lob(game, tower, target);
  else if (kind === 'chain') chain(game, tower, target);
  else gust(game, tower, target);
  return true;
}

/** Lets every tower that is ready act. */
export function stepTowers(game) {
  for (const tower of game.towers) {
    tower.firedAgo += STEP;
    if (tower.kind.kind === 'aura') continue;
    tower.stun = Math.max(0, tower.stun - STEP);
    if (tower.stun > 0) continue;
    tower.wait -= STEP;
    if (tower.wait > 1e-9) continue;
    if (fire(game, tower)) {
      tower.wait += figures(tower).period / tower.haste;
      tower.firedAgo = 0;
    } else {
      tower.wait = 0;
    }
  }
}

function flyPea(game, shot) {
  const { target } = shot;
  if (target.gone) {
    shot.gone = true;
    return;
  }
  const dx = target.x - shot.x;
  const dy = target.y - shot.y;
  const far = Math.hypot(dx, dy);
  const reach = PEA_SPEED * STEP;
  if (far <= reach) {
    shot.gone = true;
    tell(game, 'hit', target.x, target.y);
    strike(game, target, shot.damage, false);
    return;
  }
  shot.x += (dx / far) * reach;
  shot.y += (dy / far) * reach;
}

/** Moves peas and pumpkins by one step. */
export function stepShots(game) {
  let kept = 0;
  for (const shot of game.shots) {
    shot.oldX = shot.x;
    shot.oldY = shot.y;
    if (shot.pea) flyPea(game, shot);
    else {
      shot.age += STEP;
      if (shot.age >= LOB_TIME - 1e-9) {
        shot.gone = true;
        blast(game, shot.toX, shot.toY, shot.splash, shot.damage);
      }
    }
    if (!shot.gone) game.shots[kept++] = shot;
  }
  game.shots.length = kept;
}
