/** The dark brown that outlines everything. */
export const INK = '#3b2a20';

/** An ellipse, filled and outlined (no outline for line = 0). */
export function oval(c, x, y, rx, ry, fill, line = 3, turn = 0) {
  c.beginPath();
  c.ellipse(x, y, rx, ry, turn, 0, Math.PI * 2);
  finish(c, fill, line);
}

/** A rounded box with its top left corner at x, y. */
export function box(c, x, y, w, h, r, fill, line = 3) {
  c.beginPath();
  c.moveTo(x + r, y);
  c.arcTo(x + w, y, x + w, y + h, r);
  c.arcTo(x + w, y + h, x, y + h, r);
  c.arcTo(x, y + h, x, y, r);
  c.arcTo(x, y, x + w, y, r);
  c.closePath();
  finish(c, fill, line);
}

/** A shape written as an SVG path. */
export function shape(c, d, fill, line = 3) {
  const path = new Path2D(d);
  if (fill) {
    c.fillStyle = fill;
    c.fill(path);
  }
  if (line) {
    c.strokeStyle = INK;
    c.lineWidth = line;
    c.lineJoin = c.lineCap = 'round';
    c.stroke(path);
  }
}

/** An open line written as an SVG path, in a colour of its own. */
export function stroke(c, d, colour, width) {
  c.strokeStyle = colour;
  c.lineWidth = width;
  c.lineJoin = c.lineCap = 'round';
  c.stroke(new Path2D(d));
}

function finish(c, fill, line) {
  if (fill) {
    c.fillStyle = fill;
    c.fill();
  }
  if (line) {
    c.strokeStyle = INK;
    c.lineWidth = line;
    c.stroke();
  }
}

/** A pair of eyes looking right; `gap` apart, `r` large. */
export function eyes(c, x, y, gap, r, white = '#fff') {
  for (const side of [0, gap]) {
    oval(c, x + side, y, r, r * 1.15, white, 2);
    oval(c, x + side + r * 0.35, y + r * 0.1, r * 0.5, r * 0.6, INK, 0);
    oval(c, x + side + r * 0.5, y - r * 0.25, r * 0.18, r * 0.18, '#fff', 0);
  }
}

/** The soft shadow under whatever stands at height `y`. */
export function shadow(c, y, rx, ry = rx * 0.32) {
  oval(c, 0, y, rx, ry, 'rgba(30, 20, 10, 0.25)', 0);
}

/** A five-pointed star around x, y. */
export function star(c, x, y, r, fill, line = 2) {
  c.beginPath();
  for (let i = 0; i < 10; i++) {
    const a = (i / 5) * Math.PI - Math.PI / 2;
    const far = i % 2 ? r * 0.48 : r;
    c.lineTo(x + Math.cos(a) * far, y + Math.sin(a) * far);
  }
  c.closePath();
  c.lineJoin = 'round';
  finish(c, fill, line);
}

/**
 * Draws something once on a canvas of its own.
 * @param {(c: CanvasRenderingContext2D) => void} paint draws in a square from -50 to 50
 * @param {number} size its side in device pixels
 */
export function sprite(paint, size) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.max(1, Math.round(size));
  const c = canvas.getContext('2d');
  c.scale(canvas.width / 100, canvas.height / 100);
  c.translate(50, 50);
  paint(c);
  return canvas;
}
