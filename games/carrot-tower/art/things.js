import { INK, box, oval, shadow, shape, stroke } from './pen.js';

function stone(c) {
  shadow(c, 36, 38);
  shape(c, 'M-36 32 Q-44 8 -22 -8 Q-4 -26 18 -14 Q40 -2 38 30 Q0 40 -36 32 Z', '#9aa3ad');
  shape(c, 'M-26 2 Q-10 -18 10 -10 Q-2 4 -26 2 Z', '#c3cad2', 0);
  stroke(c, 'M8 8 L16 18 L12 26 M-16 20 L-8 26', '#6d7680', 3);
  shape(c, 'M20 26 Q26 14 36 20 Q40 32 30 34 Q22 34 20 26 Z', '#8b949e', 2.5);
  oval(c, -30, 31, 6, 4, '#6fae42', 0);
}

function stump(c) {
  shadow(c, 36, 38);
  shape(c, 'M-26 -6 L-24 22 L-38 34 Q-16 32 -8 38 Q4 32 14 37 Q22 32 38 33 L25 20 L26 -6 Z', '#8a5a34');
  stroke(c, 'M-16 8 L-15 24 M-2 10 L-3 28 M13 8 L14 24', '#6a4224', 3);
  oval(c, 0, -8, 26, 14, '#e0b67c');
  oval(c, 0, -8, 16, 8, '', 2);
  oval(c, 1, -8, 6, 3, '', 2);
  shape(c, 'M24 2 Q40 -4 42 8 L24 12 Z', '#e05a4e', 2.5);
  oval(c, 35, 3, 2.5, 1.8, '#fff', 0);
}

function crate(c) {
  shadow(c, 37, 34);
  box(c, -32, -12, 64, 48, 4, '#c98f4f');
  for (const y of [-11, 5, 21]) box(c, -32, y, 64, 13, 2, '#dba763', 2.5);
  box(c, -32, -12, 10, 48, 2, '#b87a3c', 2.5);
  box(c, 22, -12, 10, 48, 2, '#b87a3c', 2.5);
  for (const [x, fill] of [[-18, '#d9482b'], [0, '#8ac63f'], [17, '#d9482b']]) oval(c, x, -17, 11, 10, fill, 2.5);
  stroke(c, 'M-18 -26 l3 -6 M0 -26 l-3 -6 M17 -26 l3 -6', INK, 3);
  box(c, -32, -12, 64, 12, 2, '#dba763', 2.5);
}

function weed(c) {
  shadow(c, 36, 30);
  for (const [x, y, lean] of [[-18, 30, -14], [16, 30, 14], [0, 34, 0]]) {
    stroke(c, `M${x} ${y} Q${x + lean * 0.3} 0 ${x + lean} -18`, INK, 8);
    stroke(c, `M${x} ${y} Q${x + lean * 0.3} 0 ${x + lean} -18`, '#6f9a2e', 4);
    for (let i = 0; i < 7; i++) oval(c, x + lean + Math.cos(i * 0.9) * 9, -22 + Math.sin(i * 0.9) * 9, 5, 5, '#b77fd0', 1.5);
    oval(c, x + lean, -22, 6, 6, '#f0d0ff', 1.5);
  }
  for (const side of [-1, 1]) shape(c, `M0 36 Q${side * 20} 10 ${side * 40} 22 L${side * 30} 26 L${side * 36} 34 Q${side * 18} 40 0 36 Z`, '#7fae38', 2.5);
}

function appletree(c) {
  shadow(c, 40, 36);
  shape(c, 'M-9 40 Q-5 20 -8 4 L8 4 Q5 20 10 40 Q0 44 -9 40 Z', '#8a5a34');
  for (const [x, y, r] of [[-22, -8, 21], [22, -8, 21], [0, -24, 23], [0, -2, 22]]) oval(c, x, y, r, r * 0.9, '#5d9e3f');
  for (const [x, y, r] of [[-18, -12, 14], [18, -12, 14], [0, -26, 16]]) oval(c, x, y, r, r * 0.8, '#79bd4e', 0);
  for (const [x, y] of [[-24, -2], [-6, -30], [8, -4], [26, -14], [-10, -12], [14, -24]]) oval(c, x, y, 6, 6, '#e0402f', 2);
}

function glowshroom(c) {
  const glow = c.createRadialGradient(0, -4, 4, 0, -4, 50);
  glow.addColorStop(0, 'rgba(150, 255, 230, 0.75)');
  glow.addColorStop(1, 'rgba(150, 255, 230, 0)');
  oval(c, 0, -4, 50, 50, glow, 0);
  for (const [x, y, s] of [[-20, 12, 0.62], [22, 16, 0.55], [2, 0, 1]]) {
    c.save();
    c.translate(x, y);
    c.scale(s, s);
    shape(c, 'M-9 36 Q-5 16 -8 0 L8 0 Q5 16 9 36 Q0 41 -9 36 Z', '#e8fff5', 3);
    shape(c, 'M-30 2 Q-28 -30 0 -32 Q28 -30 30 2 Q0 12 -30 2 Z', '#46d3c0', 3);
    for (const [dx, dy, r] of [[-13, -12, 5], [4, -20, 4.5], [15, -8, 4]]) oval(c, dx, dy, r, r, '#dffff6', 0);
    c.restore();
  }
}

function reed(c) {
  shadow(c, 37, 32);
  oval(c, 0, 32, 36, 10, '#6fb7d6', 2);
  for (const [x, top, lean] of [[-22, -18, -4], [-8, -36, 2], [7, -26, -2], [21, -14, 5]]) {
    stroke(c, `M${x} 34 Q${x} 0 ${x + lean} ${top}`, INK, 7);
    stroke(c, `M${x} 34 Q${x} 0 ${x + lean} ${top}`, '#6fa03a', 4);
    oval(c, x + lean, top - 2, 6, 13, '#7a4a2a', 2.5);
  }
  for (const [x, lean] of [[-15, -14], [14, 16]]) shape(c, `M${x} 36 Q${x + lean * 0.2} 8 ${x + lean} -6 Q${x + lean * 0.9} 16 ${x + 7} 36 Z`, '#86b94a', 2.5);
}

function spring(c) {
  shadow(c, 38, 42);
  oval(c, 0, 16, 42, 26, '#9aa3ad');
  for (let i = 0; i < 9; i++) oval(c, Math.cos(i * 0.698) * 36, 16 + Math.sin(i * 0.698) * 21, 10, 8, i % 2 ? '#b5bdc6' : '#8b949e', 2.5);
  oval(c, 0, 14, 28, 15, '#3fa7d6', 2.5);
  oval(c, -4, 11, 16, 7, '#8fdcff', 0);
  stroke(c, 'M0 12 Q-3 -20 -16 -24 M0 12 Q3 -20 16 -24 M0 12 L0 -32', '#bfeeff', 5);
  for (const [x, y] of [[-18, -20], [18, -20], [0, -36], [-9, -30], [10, -30]]) oval(c, x, y, 4, 5, '#dff6ff', 1.5);
}

function water(c) {
  oval(c, 0, 4, 47, 42, '#2f8fc0', 3);
  oval(c, 0, 2, 40, 34, '#4fb0da', 0);
  stroke(c, 'M-26 -8 q8 -6 16 0 M6 12 q8 -6 16 0 M-20 22 q7 -5 14 0', '#a9e4ff', 3);
  shape(c, 'M4 -14 Q8 -28 24 -24 Q36 -16 28 -6 Q18 0 10 -6 L16 -14 Z', '#5faf4f', 2.5);
  oval(c, 22, -18, 6, 5, '#ffb3d0', 2);
}

function boulder(c) {
  shadow(c, 40, 46);
  shape(c, 'M-46 34 Q-48 2 -30 -16 Q-24 -40 0 -42 Q26 -42 34 -18 Q48 -4 46 32 Q0 46 -46 34 Z', '#8d8478');
  shape(c, 'M-34 -4 Q-26 -34 0 -36 Q14 -34 14 -24 Q-10 -22 -34 -4 Z', '#b5ab9c', 0);
  stroke(c, 'M14 -22 L8 -4 L20 10 L14 30 M-24 6 L-12 16 L-18 32', '#5f574d', 4);
  for (const [x, y] of [[-36, 32], [32, 34]]) oval(c, x, y, 9, 5, '#7fae4a', 2);
}

function molehill(c) {
  shadow(c, 38, 44);
  shape(c, 'M-44 36 Q-34 2 -12 -6 Q4 -14 20 -4 Q38 8 44 36 Q0 46 -44 36 Z', '#7b5236');
  for (const [x, y, r] of [[-26, 18, 7], [24, 16, 8], [-8, 28, 6], [12, 30, 6], [34, 32, 6], [-36, 32, 6]]) oval(c, x, y, r, r * 0.8, '#966a48', 2);
  oval(c, 2, 4, 19, 13, '#1c110a', 2.5);
  for (const x of [-6, 10]) oval(c, x, 3, 4, 5, '#fff3c0', 0);
  for (const x of [-5, 11]) oval(c, x, 4, 2, 3, INK, 0);
}

/** How each obstacle is drawn, in a square from -50 to 50. */
export const paintObstacle = { stone, stump, crate, weed, appletree, glowshroom, reed, spring, water, boulder, molehill };
