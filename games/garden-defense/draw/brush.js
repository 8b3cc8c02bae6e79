// Small strokes that all sprites share. Every sprite is drawn in a box from -0.5 to 0.5, which the cache scales.

export const INK = '#2c2433';
const TAU = Math.PI * 2;

/** Fills and outlines the current path. */
export function paint(ctx, fill, width = 0.03, ink = INK) {
  ctx.fillStyle = fill;
  ctx.fill();
  if (!width) return;
  ctx.lineWidth = width;
  ctx.strokeStyle = ink;
  ctx.stroke();
}

export function oval(ctx, x, y, rx, ry, fill, width, ink) {
  ctx.beginPath();
  ctx.ellipse(x, y, rx, ry, 0, 0, TAU);
  paint(ctx, fill, width, ink);
}

export function line(ctx, points, width, ink = INK) {
  ctx.beginPath();
  points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.lineWidth = width;
  ctx.strokeStyle = ink;
  ctx.stroke();
}

/** A pointed leaf from the middle outwards. */
export function leaf(ctx, angle, length, width, fill, start = 0) {
  ctx.save();
  ctx.rotate(angle);
  ctx.beginPath();
  ctx.moveTo(start, 0);
  ctx.quadraticCurveTo(start + (length - start) * 0.45, -width, length, 0);
  ctx.quadraticCurveTo(start + (length - start) * 0.45, width, start, 0);
  paint(ctx, fill, 0.022);
  line(ctx, [[start, 0], [length * 0.8, 0]], 0.014, 'rgba(20,50,20,.35)');
  ctx.restore();
}

/** Leaves all around, as a plant looks from above. */
export function rosette(ctx, count, length, width, fills, turn = 0) {
  for (let i = 0; i < count; i++) leaf(ctx, turn + (i * TAU) / count, length, width, fills[i % fills.length], 0.05);
}

/** A round petal flower. */
export function petals(ctx, count, distance, rx, ry, fill, turn = 0, width = 0.02) {
  for (let i = 0; i < count; i++) {
    ctx.save();
    ctx.rotate(turn + (i * TAU) / count);
    oval(ctx, distance, 0, rx, ry, fill, width);
    ctx.restore();
  }
}

const mouths = {
  smile: (ctx, s) => ctx.arc(0, 0.03 * s, 0.06 * s, 0.15 * Math.PI, 0.85 * Math.PI),
  grim: (ctx, s) => { ctx.moveTo(-0.055 * s, 0.085 * s); ctx.lineTo(0.055 * s, 0.075 * s); },
  frown: (ctx, s) => ctx.arc(0, 0.13 * s, 0.055 * s, 1.2 * Math.PI, 1.8 * Math.PI),
  round: (ctx, s) => ctx.arc(0, 0.085 * s, 0.03 * s, 0, TAU),
};

/** A face: two eyes, a mouth, and what the temper does to them. */
export function face(ctx, x, y, s, mouth = 'smile', temper = 'kind') {
  ctx.save();
  ctx.translate(x, y);
  for (const side of [-1, 1]) {
    if (temper === 'sleepy') {
      ctx.beginPath();
      ctx.arc(side * 0.09 * s, -0.015 * s, 0.04 * s, 0.1 * Math.PI, 0.9 * Math.PI);
      ctx.lineWidth = 0.024 * s;
      ctx.strokeStyle = INK;
      ctx.stroke();
    } else {
      oval(ctx, side * 0.085 * s, -0.01 * s, 0.034 * s, 0.046 * s, INK, 0);
      oval(ctx, side * 0.085 * s + 0.011 * s, -0.028 * s, 0.013 * s, 0.015 * s, '#fff', 0);
    }
    if (temper === 'stern') line(ctx, [[side * 0.14 * s, -0.095 * s], [side * 0.04 * s, -0.062 * s]], 0.024 * s);
    oval(ctx, side * 0.15 * s, 0.055 * s, 0.032 * s, 0.022 * s, 'rgba(235,95,95,.45)', 0);
  }
  ctx.beginPath();
  mouths[mouth](ctx, s);
  ctx.lineWidth = 0.024 * s;
  ctx.strokeStyle = INK;
  ctx.stroke();
  ctx.restore();
}

/** A ball lit from above. */
export function ball(ctx, x, y, r, light, dark, width) {
  const glow = ctx.createRadialGradient(x - r * 0.3, y - r * 0.4, r * 0.1, x, y, r * 1.1);
  glow.addColorStop(0, light);
  glow.addColorStop(1, dark);
  oval(ctx, x, y, r, r, glow, width);
}
