import { gusting } from '../rules/weather.js';
import { finished, workbench } from './baking.js';

const STREAKS = 46;

/** Where a streak is now: a fixed scatter that runs across the canvas with the time. */
const along = (i, now, speed, length) => (((i * 0.618034 + now * speed) % 1) + 1) % 1 * length;

/** One slanted streak of rain on a canvas of its own: stamping it costs a twentieth of stroking all streaks as one path. */
function bakeStreak(view) {
  const long = view.size * 0.24 * view.dpr;
  const thick = Math.max(1, view.size * 0.018 * view.dpr);
  const canvas = workbench(long * 0.18 + thick * 2, long + thick);
  const ctx = canvas.getContext('2d');
  ctx.lineCap = 'round';
  ctx.lineWidth = thick;
  ctx.strokeStyle = 'rgba(215,235,255,.5)';
  ctx.beginPath();
  ctx.moveTo(canvas.width - thick, thick / 2);
  ctx.lineTo(thick, canvas.height - thick / 2);
  ctx.stroke();
  return finished(canvas);
}

const streaks = new WeakMap();

/** Rain: short slanted lines all over. */
function rain(ctx, view, now) {
  if (!streaks.has(view)) streaks.set(view, bakeStreak(view));
  const streak = streaks.get(view);
  const wide = streak.width / view.dpr;
  const long = streak.height / view.dpr;
  for (let i = 0; i < STREAKS; i++) {
    const x = along(i * 7 + 3, 0, 0, view.width);
    const y = along(i, now, 0.9 + (i % 5) * 0.13, view.height + long) - long;
    ctx.drawImage(streak, x - wide, y, wide, long);
  }
}

/** A gust: long curved strokes from the far end towards the shed. */
function gust(ctx, view, now) {
  ctx.beginPath();
  for (let i = 0; i < 14; i++) {
    const far = 1 - along(i, now, 0.7 + (i % 4) * 0.12, 1);
    const side = along(i * 5 + 1, 0, 0, 1);
    const long = view.size * (0.7 + (i % 3) * 0.3);
    if (view.tall) {
      const y = (1 - far) * (view.height + long) - long;
      ctx.moveTo(side * view.width, y);
      ctx.quadraticCurveTo(side * view.width + view.size * 0.12, y + long / 2, side * view.width, y + long);
    } else {
      const x = far * (view.width + long) - long;
      ctx.moveTo(x, side * view.height);
      ctx.quadraticCurveTo(x + long / 2, side * view.height - view.size * 0.12, x + long, side * view.height);
    }
  }
  ctx.lineWidth = view.size * 0.03;
  ctx.strokeStyle = 'rgba(255,255,255,.55)';
  ctx.stroke();
}

/** Draws the weather over everything else; still streaks for those who want it calm. */
export function drawWeather(ctx, view, game, now, calm) {
  if (game.spec.garden.rain) rain(ctx, view, calm ? 0.3 : now);
  if (gusting(game)) gust(ctx, view, calm ? 0.3 : now);
}
