import { INK, line, oval } from './brush.js';

// Legs, eyes, tin and rivets: what most toys have.

const TAU = Math.PI * 2;

export function legs(ctx, phase, places, reach, ink = '#4a3f52') {
  places.forEach((x, i) => {
    for (const side of [-1, 1]) {
      const swing = Math.sin(phase * TAU + i * 2.1 + (side > 0 ? Math.PI : 0)) * 0.07;
      line(ctx, [[x, side * 0.08], [x + swing * 0.6 + 0.02, side * reach * 0.65], [x + swing, side * reach]], 0.034, ink);
    }
  });
}

export function eyes(ctx, x, spread, r, cross = true) {
  for (const side of [-1, 1]) {
    oval(ctx, x, side * spread, r, r, '#fffdf2', 0.018);
    oval(ctx, x + r * 0.4, side * spread * 0.9, r * 0.45, r * 0.45, INK, 0);
    if (cross) line(ctx, [[x - r * 0.9, side * (spread - r * 0.9)], [x + r * 1.1, side * (spread * 0.55)]], 0.022);
  }
}

export function antennae(ctx, x, reach = 0.16) {
  for (const side of [-1, 1]) {
    ctx.beginPath();
    ctx.moveTo(x, side * 0.05);
    ctx.quadraticCurveTo(x + reach * 0.8, side * 0.05, x + reach, side * 0.16);
    ctx.lineWidth = 0.022;
    ctx.strokeStyle = INK;
    ctx.stroke();
    oval(ctx, x + reach, side * 0.16, 0.024, 0.024, '#f4c542', 0.012);
  }
}

export function tin(ctx, x, y, rx, ry, light, dark) {
  const sheen = ctx.createLinearGradient(x, y - ry, x, y + ry);
  sheen.addColorStop(0, dark);
  sheen.addColorStop(0.35, light);
  sheen.addColorStop(0.5, '#fff4e6');
  sheen.addColorStop(0.65, light);
  sheen.addColorStop(1, dark);
  oval(ctx, x, y, rx, ry, sheen, 0.028);
}

export function rivets(ctx, places) {
  for (const [x, y] of places) oval(ctx, x, y, 0.018, 0.018, '#f7dd93', 0.008);
}
