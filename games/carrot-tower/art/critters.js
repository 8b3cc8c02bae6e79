import { INK, eyes, oval, shadow, shape, stroke } from './pen.js';

// Every critter looks to the right, in a square from -50 to 50, with its feet at about 36.

function feet(c, xs, fill, y = 33) {
  for (const x of xs) oval(c, x, y, 7, 5, fill, 2.5);
}

function mouse(c) {
  shadow(c, 36, 26);
  stroke(c, 'M-22 24 Q-44 26 -40 6', INK, 6);
  stroke(c, 'M-22 24 Q-44 26 -40 6', '#e8a7a7', 3);
  feet(c, [-12, 12], '#e8a7a7');
  shape(c, 'M-26 18 Q-26 -12 4 -12 Q34 -6 36 18 Q34 32 4 33 Q-24 33 -26 18 Z', '#a98f7c');
  shape(c, 'M-14 28 Q4 14 26 27 Q6 34 -14 28 Z', '#d8c5b4', 0);
  oval(c, -2, -16, 13, 13, '#a98f7c');
  oval(c, -2, -15, 8, 8, '#f2b8b8', 0);
  oval(c, 18, -14, 10, 10, '#a98f7c');
  oval(c, 18, -13, 6, 6, '#f2b8b8', 0);
  eyes(c, 13, 4, 14, 5.5);
  oval(c, 37, 14, 4.5, 4, '#e0606a', 2);
  shape(c, 'M27 21 L27 27 L32 26 L32 20 Z', '#fff', 1.5);
}

function hopper(c) {
  shadow(c, 36, 28);
  stroke(c, 'M-8 14 L-26 -18 L-32 34', INK, 9);
  stroke(c, 'M-8 14 L-26 -18 L-32 34', '#5d9e2f', 5);
  stroke(c, 'M10 20 L14 35 M22 18 L28 34', INK, 5);
  shape(c, 'M-38 10 Q-10 -8 18 2 Q26 16 12 24 Q-16 28 -38 10 Z', '#8ac63f');
  shape(c, 'M-36 8 Q-10 -14 10 2 Q-10 8 -36 8 Z', '#b6e36a', 2.5);
  oval(c, 23, 2, 15, 15, '#8ac63f');
  stroke(c, 'M26 -12 Q30 -34 42 -34 M18 -12 Q18 -34 28 -40', INK, 3);
  eyes(c, 21, -1, 12, 6);
  stroke(c, 'M22 11 Q28 15 34 10', INK, 2.5);
}

function ant(c) {
  shadow(c, 36, 24);
  stroke(c, 'M-14 18 L-20 35 M-2 18 L-4 35 M8 16 L14 35', INK, 4);
  oval(c, -22, 12, 16, 12, '#8c3b2a');
  oval(c, -1, 14, 10, 8, '#a3452f');
  oval(c, 20, 6, 15, 13, '#b04a32');
  stroke(c, 'M20 -6 Q22 -20 32 -22 M14 -6 Q12 -22 20 -28', INK, 3);
  eyes(c, 19, 3, 11, 5);
  oval(c, -27, 7, 5, 3, '#c9705a', 0);
  stroke(c, 'M24 13 Q29 16 33 12', INK, 2);
}

function grub(c) {
  shadow(c, 36, 24);
  for (const [x, y, r] of [[-22, 22, 11], [-8, 19, 13], [8, 20, 13]]) oval(c, x, y, r, r, '#f0d98c');
  oval(c, 22, 14, 15, 15, '#f7e7a8');
  eyes(c, 20, 11, 11, 5);
  oval(c, 27, 22, 4, 3, '#c46a5a', 2);
}

function snail(c) {
  shadow(c, 37, 32);
  shape(c, 'M-34 34 Q-36 22 -14 22 L16 22 Q22 2 34 6 Q46 14 38 30 Q34 37 20 36 L-30 36 Z', '#e9c9a0');
  stroke(c, 'M30 8 L26 -10 M38 10 L42 -8', INK, 5);
  oval(c, 26, -12, 6, 6, '#fff', 2.5);
  oval(c, 42, -10, 6, 6, '#fff', 2.5);
  oval(c, 28, -11, 2.5, 3, INK, 0);
  oval(c, 44, -9, 2.5, 3, INK, 0);
  oval(c, -6, 4, 28, 25, '#9a6fb0');
  oval(c, -5, 6, 19, 17, '#b48ac8', 2.5);
  oval(c, -4, 8, 10, 9, '#d0aee0', 2.5);
  stroke(c, 'M-24 -6 Q-16 -18 -4 -17', '#e6d3f0', 4);
  stroke(c, 'M30 24 Q35 26 39 22', INK, 2.5);
}

function slug(c) {
  shadow(c, 37, 34);
  shape(c, 'M-42 34 Q-34 14 -10 10 Q12 8 16 -6 Q24 -16 36 -8 Q44 6 38 26 Q34 37 16 36 L-36 37 Z', '#7fb96a');
  shape(c, 'M-24 18 Q-10 2 10 10 Q4 20 -24 18 Z', '#5d9a52', 2.5);
  for (const [x, y] of [[-30, 28], [-14, 27], [2, 25]]) oval(c, x, y, 4, 3, '#b7e29a', 0);
  stroke(c, 'M26 -10 L22 -24 M36 -8 L40 -22', INK, 4.5);
  oval(c, 22, -26, 5, 5, '#b7e29a', 2.5);
  oval(c, 40, -24, 5, 5, '#b7e29a', 2.5);
  eyes(c, 25, 2, 12, 5.5);
  stroke(c, 'M26 14 Q32 19 38 13', INK, 2.5);
}

function crawler(c) {
  shadow(c, 37, 38);
  feet(c, [-32, -16, 0, 14], '#5b3a6e', 35);
  const rings = [[-33, 20, 13], [-17, 12, 15], [1, 14, 15]];
  for (let i = 0; i < 3; i++) oval(c, rings[i][0], rings[i][1] + 4, rings[i][2], rings[i][2] + 2, i % 2 ? '#f0a93c' : '#e5657a');
  oval(c, 24, 8, 18, 18, '#f0a93c');
  stroke(c, 'M18 -9 Q16 -24 8 -28 M28 -9 Q32 -24 40 -26', INK, 3.5);
  oval(c, 8, -29, 4, 4, '#e5657a', 2);
  oval(c, 40, -27, 4, 4, '#e5657a', 2);
  eyes(c, 22, 4, 13, 6);
  stroke(c, 'M22 17 Q28 22 34 16', INK, 2.5);
}

function crow(c, wing = 0) {
  oval(c, 0, 44, 20, 5, 'rgba(30,20,10,0.2)', 0);
  shape(c, 'M-20 6 L-44 -2 L-40 8 L-46 16 L-20 16 Z', '#3f4a68');
  shape(c, 'M-26 8 Q-14 -16 14 -12 Q34 -8 30 10 Q20 26 -6 24 Q-24 22 -26 8 Z', '#52608a');
  shape(c, 'M30 -2 L48 4 L30 10 Z', '#f2a93b');
  eyes(c, 16, -4, 11, 6);
  shape(c, 'M10 -13 L30 -8 L22 -3 Z', '#3f4a68', 2);
  const tip = wing ? 30 : -42;
  shape(c, `M-16 4 Q-26 ${tip * 0.5} -30 ${tip} Q-8 ${tip * 0.9} 8 6 Q-4 12 -16 4 Z`, '#6a79a8');
  stroke(c, `M-20 ${tip * 0.6} L-8 4`, '#3f4a68', 2.5);
  stroke(c, 'M-2 24 L-4 32 M8 23 L8 31', '#f2a93b', 3);
}

function hedgehog(c) {
  shadow(c, 37, 34);
  feet(c, [-16, 8], '#c79a76', 34);
  let spikes = 'M26 30';
  for (let i = 0; i <= 10; i++) {
    const a = -0.5 - (i / 10) * 2.9;
    const b = a - 0.145;
    spikes += ` L${(Math.cos(a) * 42 - 4).toFixed(1)} ${(Math.sin(a) * 40 + 16).toFixed(1)} L${(Math.cos(b) * 31 - 4).toFixed(1)} ${(Math.sin(b) * 30 + 16).toFixed(1)}`;
  }
  shape(c, `${spikes} L-34 32 Z`, '#6b4a38');
  for (const [x, y] of [[-20, 4], [-6, -6], [-14, 18], [2, 8], [8, -6]]) stroke(c, `M${x} ${y} l-6 -7`, '#a5795a', 3);
  shape(c, 'M8 30 Q4 6 22 4 Q34 8 44 22 Q40 34 26 34 Z', '#e6c3a0');
  oval(c, 44, 22, 5, 5, INK, 0);
  eyes(c, 20, 14, 12, 5);
  stroke(c, 'M14 6 L24 9 M30 7 L36 11', INK, 3);
}

function moth(c, wing = 0) {
  oval(c, 0, 44, 14, 4, 'rgba(30,20,10,0.2)', 0);
  const open = wing ? 0.55 : 1;
  for (const [side, fill] of [[-1, '#d8c7a6'], [1, '#efe0c0']]) {
    shape(c, `M0 0 Q${side * 14} ${-44 * open} ${side * 36 * open} ${-34 * open} Q${side * 42 * open} -8 0 6 Z`, fill);
    shape(c, `M0 4 Q${side * 34 * open} 4 ${side * 28 * open} 24 Q${side * 12} 34 0 12 Z`, fill);
    oval(c, side * 22 * open, -18 * open, 6 * open, 6, '#a0623c', 2);
  }
  oval(c, 0, 4, 8, 20, '#8d6f55');
  oval(c, 2, -14, 11, 10, '#a98a6c');
  stroke(c, 'M-2 -22 Q-8 -36 -16 -38 M6 -22 Q14 -36 22 -36', INK, 3);
  eyes(c, -2, -15, 10, 4.6);
}

function ladybird(c) {
  shadow(c, 37, 30);
  feet(c, [-18, -2, 14], INK, 34);
  shape(c, 'M-36 32 Q-38 -14 -4 -16 Q26 -14 28 32 Z', '#e0402f');
  stroke(c, 'M-4 -16 L-4 32', INK, 3);
  for (const [x, y, r] of [[-20, 4, 6], [12, 2, 6], [-24, 22, 5], [16, 20, 5]]) oval(c, x, y, r, r, INK, 0);
  oval(c, 28, 14, 15, 14, '#3b2a20');
  eyes(c, 25, 11, 11, 5);
  stroke(c, 'M26 1 Q24 -12 16 -16 M34 2 Q38 -10 46 -12', INK, 3);
  oval(c, -4, -22, 15, 13, '#fff', 2.5);
  stroke(c, 'M-4 -30 L-4 -14 M-12 -22 L4 -22', '#2f9e4f', 5);
}

function mole(c) {
  shadow(c, 37, 32);
  shape(c, 'M-34 30 Q-36 -16 -2 -18 Q26 -16 32 8 Q34 30 10 34 Q-26 38 -34 30 Z', '#4f4a58');
  shape(c, 'M-18 32 Q0 18 22 30 Q8 38 -18 32 Z', '#6d677a', 0);
  shape(c, 'M18 -4 Q34 -4 44 8 Q42 20 26 20 Q14 12 18 -4 Z', '#6d677a');
  oval(c, 43, 9, 6, 5, '#f2909a');
  for (const x of [14, 28]) stroke(c, `M${x - 4} -8 q4 -4 8 0`, INK, 3);
  oval(c, 20, -12, 8, 5, '#c9c3d6', 0);
  stroke(c, 'M12 -12 L28 -12', INK, 2);
  for (const x of [-18, 10]) {
    oval(c, x, 33, 11, 6, '#f2b0b0', 2.5);
    stroke(c, `M${x + 4} 30 l6 -2 M${x + 6} 33 l7 0 M${x + 4} 36 l6 2`, '#fff', 2.5);
  }
}

/** The heap that a critter pushes up while it is underground. */
export function paintHeap(c) {
  shadow(c, 30, 34);
  shape(c, 'M-34 28 Q-22 2 0 2 Q22 2 34 28 Q0 36 -34 28 Z', '#7b5236');
  for (const [x, y, r] of [[-16, 16, 6], [12, 14, 7], [-2, 24, 5], [20, 26, 5]]) oval(c, x, y, r, r * 0.8, '#966a48', 2);
}

/** How each critter is drawn, looking right; flyers also take a wing position (0 up, 1 down). */
export const paintCritter = { mouse, hopper, ant, grub, snail, slug, crawler, crow, hedgehog, moth, ladybird, mole };
