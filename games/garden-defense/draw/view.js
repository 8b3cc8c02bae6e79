import { CELLS, LANES } from '../rules/data.js';

const HOME = 0.95;
const FAR = 0.5;
const SIDE = 0.1;

/**
 * Where things are on the canvas. On a wide stage the lanes run left to right; on a `tall` one from the bottom up,
 * so that invaders come down the screen.
 */
export function createView(width, height, tall, dpr) {
  const along = (tall ? height : width) / (CELLS + HOME + FAR);
  const across = (tall ? width : height) / (LANES + 2 * SIDE);
  return { width, height, tall, dpr, along, across, home: HOME * along, side: SIDE * across, size: Math.min(along, across), aim: tall ? -Math.PI / 2 : 0, x: 0, y: 0 };
}

/** Writes the canvas place of (lane, x) into `view.x` and `view.y`; no object is made, for the frame loop's sake. */
export function place(view, lane, x) {
  const along = view.home + x * view.along;
  const across = view.side + (lane + 0.5) * view.across;
  view.x = view.tall ? across : along;
  view.y = view.tall ? view.height - along : across;
}

/** The rectangle of a cell, for its button. */
export function cellBox(view, lane, cell) {
  const along = view.home + cell * view.along;
  const across = view.side + lane * view.across;
  return view.tall
    ? { left: across, top: view.height - along - view.along, width: view.across, height: view.along }
    : { left: along, top: across, width: view.along, height: view.across };
}

/** Turns the context so that lane space (along the lanes, across the lanes, in pixels) can be drawn in. */
export function laneSpace(ctx, view) {
  if (view.tall) ctx.transform(0, -1, 1, 0, 0, view.height);
}
