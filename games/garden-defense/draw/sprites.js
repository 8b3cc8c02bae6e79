import { drawInvader, drawKey, KEYS, SIZES } from './invaders.js';
import { drawPlant } from './plants.js';

export const GAIT = 6;
const tints = { flash: 'rgba(255,255,255,.72)', sticky: 'rgba(242,170,40,.5)' };

/** A canvas with something drawn in it, its middle at the middle. */
function baked(pixels, draw, tint) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.max(2, Math.ceil(pixels));
  const ctx = canvas.getContext('2d');
  ctx.translate(canvas.width / 2, canvas.height / 2);
  ctx.scale(canvas.width / 1.16, canvas.width / 1.16);
  draw(ctx);
  if (tint) {
    ctx.globalCompositeOperation = 'source-atop';
    ctx.fillStyle = tints[tint];
    ctx.fillRect(-1, -1, 2, 2);
  }
  return canvas;
}

/** Sprites for one size of the board, baked when first asked for. */
export function createSprites(view) {
  const cache = new Map();
  const heading = view.tall ? Math.PI / 2 : Math.PI;
  const get = (key, pixels, draw, tint) => {
    let canvas = cache.get(key);
    if (!canvas) cache.set(key, (canvas = baked(pixels * view.dpr * 1.16, draw, tint)));
    return canvas;
  };
  return {
    /** A plant; its sprite is `size` wide on the canvas. */
    plant: (kind, worn, tint) => get(`${kind}${worn}${tint}`, view.size, (ctx) => drawPlant(ctx, kind, view.aim, worn), tint),
    /** An invader at a step of its gait, turned towards the shed. */
    invader(kind, frame, shell, hopping, tint) {
      return get(`${kind}${frame}${shell}${hopping}${tint}`, view.size * SIZES[kind], (ctx) => {
        ctx.rotate(heading);
        drawInvader(ctx, kind, frame / GAIT, shell, hopping);
      }, tint);
    },
    key: (kind) => get(`key${kind}`, view.size * SIZES[kind] * KEYS[kind][1], drawKey),
    heading,
    count: () => cache.size,
  };
}

/** Draws a baked sprite with its middle at (x, y), `width` wide before the border is counted. */
export function stamp(ctx, canvas, x, y, width, height = width) {
  ctx.drawImage(canvas, x - width * 0.58, y - height * 0.58, width * 1.16, height * 1.16);
}
