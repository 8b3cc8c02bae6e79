import { finished, workbench } from './baking.js';
import { drawBarrel } from './barrel.js';
import { oval } from './brush.js';
import { drawInvader, drawKey, KEYS, SIZES } from './invaders.js';
import { drawPlant } from './plants.js';

export const GAIT = 6;
/** Pictures of a barrel from one stave to the next. */
const TURN = 6;
/** A sprite's canvas is this much larger than what it shows. */
const BORDER = 1.16;
/** How much larger the canvas of a key is, so that its corners stay inside as it turns. */
export const TURNED = 1.3;
const tints = { flash: 'rgba(255,255,255,.72)', sticky: 'rgba(242,170,40,.5)' };

/** A picture with something drawn in it, its middle at the middle. */
function baked(pixels, draw, tint) {
  const canvas = workbench(Math.round(pixels), Math.round(pixels));
  const ctx = canvas.getContext('2d');
  ctx.translate(canvas.width / 2, canvas.height / 2);
  ctx.scale(canvas.width / BORDER, canvas.width / BORDER);
  draw(ctx);
  if (tint) {
    ctx.globalCompositeOperation = 'source-atop';
    ctx.fillStyle = tints[tint];
    ctx.fillRect(-1, -1, 2, 2);
  }
  return finished(canvas);
}

/** The same picture in another size. */
function resized(picture, wide, high) {
  const canvas = workbench(wide, high);
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  return finished(canvas);
}

function shaded(wide, high) {
  const canvas = workbench(wide, high);
  oval(canvas.getContext('2d'), wide / 2, high / 2, wide / 2, high / 2, 'rgba(35,20,10,.28)', 0);
  return finished(canvas);
}

/** Pixels of all pictures that are kept in other sizes than they were baked in; beyond that, they are stretched as they are drawn. */
const MOST = 6e6;
/** Pictures of a key in one whole turn. */
const KEY_STEPS = 40;

/**
 * Sprites for one size of the board, baked when first asked for. Each has the whole number of pixels that it takes on the canvas:
 * without a graphics processor, copying pixel by pixel costs a fifth of stretching.
 */
export function createSprites(view) {
  const cache = new Map();
  const heading = view.tall ? Math.PI / 2 : Math.PI;
  const get = (key, pixels, draw, tint) => {
    let picture = cache.get(key);
    if (!picture) cache.set(key, (picture = baked(pixels * view.dpr * BORDER, draw, tint)));
    return picture;
  };
  let kept = 0;
  /** The picture of `key` in the size that it takes on the canvas. */
  const sized = (key, whole, width, height) => {
    const wide = Math.round(width * view.dpr * BORDER);
    const high = Math.round(height * view.dpr * BORDER);
    if (whole.width === wide && whole.height === high) return whole;
    const name = `${key} ${wide} ${high}`;
    let picture = cache.get(name);
    if (picture || kept + wide * high > MOST) return picture ?? whole;
    kept += wide * high;
    cache.set(name, (picture = resized(whole, wide, high)));
    return picture;
  };
  return {
    /** A plant, to be drawn `width` by `height` with `stamp`; `size` wide and high when these are not given. */
    plant(kind, worn, tint, width = view.size, height = width) {
      const key = `${kind}${worn}${tint}`;
      return sized(key, get(key, view.size, (ctx) => drawPlant(ctx, kind, view.aim, worn), tint), width, height);
    },
    /** An invader at a step of its gait, turned towards the shed, to be drawn `width` wide and high with `stamp`. */
    invader(kind, frame, shell, hopping, tint, width = view.size * SIZES[kind]) {
      const key = `${kind}${frame}${shell}${hopping}${tint}`;
      const whole = get(key, view.size * SIZES[kind], (ctx) => {
        ctx.rotate(heading);
        drawInvader(ctx, kind, frame / GAIT, shell, hopping);
      }, tint);
      return sized(key, whole, width, width);
    },
    /** The key of an invader, turned by so many radians. */
    key(kind, turn) {
      const step = ((Math.round((turn / (2 * Math.PI)) * KEY_STEPS) % KEY_STEPS) + KEY_STEPS) % KEY_STEPS;
      return get(`key${kind}${step}`, view.size * SIZES[kind] * KEYS[kind][1] * TURNED, (ctx) => {
        ctx.scale(1 / TURNED, 1 / TURNED);
        ctx.rotate((step / KEY_STEPS) * 2 * Math.PI);
        drawKey(ctx);
      });
    },
    /** A barrel after so many turns; its sprite is `size` wide and high. */
    barrel(turns) {
      const step = ((Math.floor(turns * TURN) % TURN) + TURN) % TURN;
      const key = `barrel${step}`;
      let picture = cache.get(key);
      if (!picture) {
        const canvas = workbench(Math.round(view.size * view.dpr), Math.round(view.size * view.dpr));
        const ctx = canvas.getContext('2d');
        ctx.translate(canvas.width / 2, canvas.height / 2);
        ctx.rotate(view.aim);
        drawBarrel(ctx, view.size * view.dpr, step / TURN);
        cache.set(key, (picture = finished(canvas)));
      }
      return picture;
    },
    /** The shadow below something, `rx` and `ry` from its middle. */
    shade(rx, ry) {
      const [wide, high] = [Math.max(1, Math.round(rx * 2 * view.dpr)), Math.max(1, Math.round(ry * 2 * view.dpr))];
      const key = `shade ${wide} ${high}`;
      let picture = cache.get(key);
      if (!picture) cache.set(key, (picture = shaded(wide, high)));
      return picture;
    },
    heading,
    count: () => cache.size,
  };
}

/** Draws a picture with its middle at (x, y), `width` and `height` in the canvas's units. On whole pixels where nothing turns it. */
export function put(ctx, view, picture, x, y, width, height) {
  const { dpr } = view;
  const [wide, high] = [Math.round(width * dpr), Math.round(height * dpr)];
  ctx.drawImage(picture, Math.round(x * dpr - wide / 2) / dpr, Math.round(y * dpr - high / 2) / dpr, wide / dpr, high / dpr);
}

/** Draws a baked sprite with its middle at (x, y), `width` wide before the border is counted. */
export function stamp(ctx, view, sprite, x, y, width, height = width) {
  put(ctx, view, sprite, x, y, width * BORDER, height * BORDER);
}
