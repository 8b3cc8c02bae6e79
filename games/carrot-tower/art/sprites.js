import { paintBoss } from './bosses.js';
import { paintCritter } from './critters.js';
import { oval, sprite, stroke } from './pen.js';
import { paintCarrot, paintObstacle } from './scene.js';
import { paintTower, paintWhole, sails } from './towers.js';

/** How large each critter is drawn, in cells. */
export const SIZES = {
  mouse: 0.72, hopper: 0.74, ant: 0.56, grub: 0.56, snail: 0.8, slug: 0.8, crawler: 0.84, crow: 0.84, hedgehog: 0.92,
  hare: 1.35, boar: 1.45, badger: 1.45,
};

// Keys made beforehand, because a frame should not glue strings.
const TOWER_KEYS = Object.fromEntries([...Object.keys(paintTower), 'sails'].map((name) => [name, [0, 1, 2, 3].map((level) => `${name}${level}`)]));

function paintPumpkin(c) {
  oval(c, 0, 4, 42, 36, '#f08c2e', 6);
  oval(c, 0, 4, 18, 36, '#fba94f', 5);
  stroke(c, 'M0 -32 L6 -46', '#4f8a35', 10);
}

/**
 * A store of ready-drawn pictures for one cell size, so that a frame only copies.
 * @param {number} cell side of a cell in device pixels
 * @param {object} map its critters are drawn right away, so that their first appearance costs no frame
 */
export function createSprites(cell, map) {
  const kept = new Map();
  const get = (key, size, paint) => {
    if (!kept.has(key)) kept.set(key, sprite(paint, size));
    return kept.get(key);
  };
  const store = {
    tower: (name, level) => get(TOWER_KEYS[name][level], cell, (c) => paintTower[name](c, level)),
    sails: (level) => get(TOWER_KEYS.sails[level], cell, (c) => sails(c, level)),
    obstacle: (kind) => get(kind, cell, paintObstacle[kind]),
    pumpkin: () => get('pumpkin', cell * 0.5, paintPumpkin),
    carrot: (lives) => get(lives, cell * 1.3, (c) => paintCarrot(c, lives)),
    critter(type, pose) {
      const paint = paintCritter[type] ?? paintBoss[type];
      return get(type === 'crow' && pose ? 'crow1' : type, cell * SIZES[type], (c) => paint(c, type === 'crow' ? pose : 0));
    },
  };
  for (const [type] of map.waves.flat()) for (const pose of [0, 1]) store.critter(type, pose);
  for (const name of Object.keys(paintTower)) for (const level of [1, 2, 3]) store.tower(name, level);
  return store;
}

/** A picture for menus: `what` is a tower, a critter or an obstacle. */
export function icon(what, size, level = 1) {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const canvas = sprite((c) => {
    if (paintTower[what]) paintWhole(c, what, level);
    else if (what === 'carrot') paintCarrot(c, 10);
    else (paintCritter[what] ?? paintBoss[what] ?? paintObstacle[what])(c, 0);
  }, size * ratio);
  canvas.style.width = canvas.style.height = `${size}px`;
  canvas.setAttribute('aria-hidden', 'true');
  return canvas;
}
