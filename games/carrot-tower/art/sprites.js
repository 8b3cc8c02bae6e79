import { BOSSES, MONSTERS } from '../rules/catalog.js';
import { guestsOf } from '../rules/waves.js';
import { paintBoss } from './bosses.js';
import { paintCritter, paintHeap } from './critters.js';
import { oval, sprite, stroke } from './pen.js';
import { paintCarrot } from './scene.js';
import { paintObstacle } from './things.js';
import { paintTower, paintWhole, sails } from './towers.js';

/** How large each critter is drawn, in cells. */
export const SIZES = {
  mouse: 0.72, hopper: 0.74, ant: 0.56, grub: 0.56, snail: 0.8, slug: 0.8, crawler: 0.84, crow: 0.84, hedgehog: 0.92,
  moth: 0.66, ladybird: 0.78, mole: 0.84, hare: 1.35, boar: 1.45, badger: 1.45, goose: 1.4, ram: 1.4, bear: 1.6,
};

// Keys made beforehand, because a frame should not glue strings.
const TOWER_KEYS = Object.fromEntries([...Object.keys(paintTower), 'sails'].map((name) => [name, [0, 1, 2, 3].map((level) => `${name}${level}`)]));

const DOWN_KEYS = { crow: 'crow1', moth: 'moth1' };

function paintPumpkin(c) {
  oval(c, 0, 4, 42, 36, '#f08c2e', 6);
  oval(c, 0, 4, 18, 36, '#fba94f', 5);
  stroke(c, 'M0 -32 L6 -46', '#4f8a35', 10);
}

/**
 * A store of ready-drawn pictures for one cell size, so that a frame only copies.
 * @param {number} cell side of a cell in device pixels
 */
export function createSprites(cell) {
  const kept = new Map();
  const waiting = [];
  const get = (key, size, paint) => {
    let image = kept.get(key);
    if (!image) kept.set(key, image = sprite(paint, size));
    return image;
  };
  const flaps = (type) => type === 'crow' || type === 'moth';
  const store = {
    tower: (name, level) => get(TOWER_KEYS[name][level], cell, (c) => paintTower[name](c, level)),
    sails: (level) => get(TOWER_KEYS.sails[level], cell, (c) => sails(c, level)),
    obstacle: (kind) => get(kind, cell, paintObstacle[kind]),
    pumpkin: () => get('pumpkin', cell * 0.5, paintPumpkin),
    heap: () => get('heap', cell * 0.8, paintHeap),
    carrot: (lives) => get(lives, cell * 1.3, (c) => paintCarrot(c, lives)),
    critter(type, pose) {
      const paint = paintCritter[type] ?? paintBoss[type];
      const down = pose && flaps(type);
      return get(down ? DOWN_KEYS[type] : type, cell * SIZES[type], (c) => paint(c, down ? 1 : 0));
    },
    /** Draws one more of the pictures that will be needed, so that no frame has to draw many. */
    warm() {
      waiting.pop()?.();
    },
    /** Lists what a map will need, the first critters first. */
    expect(map, endless) {
      waiting.length = 0;
      for (const level of [3, 2, 1]) for (const name of Object.keys(paintTower)) waiting.push(() => store.tower(name, level));
      for (const type of [...(endless ? BOSSES : []), ...guestsOf(map).reverse()]) {
        waiting.push(() => store.critter(type, 0));
        if (MONSTERS[type].flies) waiting.push(() => store.critter(type, 1));
      }
    },
  };
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
