import { INK, box, oval, shadow, shape, star, stroke } from './pen.js';

const METAL = ['#8a5a34', '#d9843b', '#f4c430'];

function pot(c, level, w = 25) {
  shadow(c, 40, w + 8);
  shape(c, `M${-w} 12 L${-w + 7} 40 Q0 45 ${w - 7} 40 L${w} 12 Z`, '#c8643c');
  stroke(c, `M${-w + 7} 20 L${-w + 11} 36`, '#e08a5c', 4);
  box(c, -w - 3, 6, w * 2 + 6, 11, 4, level > 1 ? METAL[level - 1] : '#d9774b');
}

function leaf(c, x, y, turn, size, fill = '#6cbf4b') {
  c.save();
  c.translate(x, y);
  c.rotate(turn);
  c.scale(size, size);
  shape(c, 'M0 0 Q10 -12 24 0 Q10 12 0 0 Z', fill, 3 / size);
  stroke(c, 'M3 0 L16 0', '#3f8a35', 2 / size);
  c.restore();
}

function sling(c, level) {
  pot(c, level);
  leaf(c, -14, 6, -2.6, 0.75);
  leaf(c, 14, 6, -0.5, 0.75);
  const fork = 'M0 10 L0 -8 M0 -8 Q-20 -12 -21 -34 M0 -8 Q20 -12 21 -34';
  stroke(c, fork, INK, 14);
  stroke(c, fork, '#a8713d', 8);
  stroke(c, 'M-21 -30 Q0 -14 21 -30', INK, 5);
  stroke(c, 'M-21 -30 Q0 -14 21 -30', '#e05a4e', 3);
  for (const side of [-21, 21]) oval(c, side, -35, 6, 6, METAL[level - 1]);
  oval(c, 0, -22, 9, 9, '#8fd14f');
  oval(c, -3, -25, 2.5, 2.5, '#d7f5a8', 0);
  if (level > 1) oval(c, -10, -27, 6.5, 6.5, '#8fd14f');
  if (level > 2) oval(c, 10, -27, 6.5, 6.5, '#8fd14f');
}

function mortar(c, level) {
  shadow(c, 40, 36);
  box(c, -30, 18, 60, 14, 5, '#9c6a3c');
  const r = 22 + level;
  oval(c, 0, -4, r + 6, r, '#f08c2e');
  oval(c, -13, -4, r - 12, r - 1, '#f79d43', 2.5);
  oval(c, 13, -4, r - 12, r - 1, '#e67e22', 2.5);
  oval(c, 0, -4, r - 11, r, '#fba94f', 2.5);
  oval(c, 0, -24, 15, 8, level > 1 ? METAL[level - 1] : '#5c7d3a');
  oval(c, 0, -25, 10, 5, '#2c2019');
  shape(c, 'M-13 2 L-6 2 L-9.500 -5 Z M13 2 L6 2 L9.500 -5 Z', '#3b2a20', 1);
  shape(c, 'M-11 9 Q0 17 11 9 Q0 12 -11 9 Z', '#3b2a20', 1);
  for (const x of [-22, 22]) {
    oval(c, x, 32, 11, 11, '#7a4e2a');
    oval(c, x, 32, 4, 4, METAL[level - 1], 2);
  }
  leaf(c, 18, -20, -0.3, 0.8);
  if (level > 2) leaf(c, -18, -20, -2.8, 0.8);
}

function mister(c, level) {
  shadow(c, 40, 32);
  const can = ['#58b8a0', '#3fa7c4', '#5b86d6'][level - 1];
  stroke(c, 'M-18 6 Q-42 0 -36 22 Q-32 34 -16 30', INK, 9);
  stroke(c, 'M-18 6 Q-42 0 -36 22 Q-32 34 -16 30', can, 4);
  stroke(c, 'M16 26 L34 -8', INK, 13);
  stroke(c, 'M16 26 L34 -8', can, 8);
  shape(c, 'M-22 -2 L-20 36 Q0 44 20 36 L22 -2 Z', can);
  stroke(c, 'M-13 6 L-12 30', 'rgba(255,255,255,0.5)', 5);
  oval(c, 0, -3, 22, 7, '#2d6b64');
  shape(c, 'M26 -12 L42 -4 L46 -16 L34 -22 Z', level > 2 ? METAL[2] : '#dfe8e2');
  for (const [x, y, t, s] of [[0, -4, -1.57, 1.35], [-4, -4, -2.4, 1.1], [4, -4, -0.75, 1.1]]) leaf(c, x, y, t, s, '#7fe0a0');
  if (level > 1) box(c, -22, 14, 44, 7, 3, METAL[level - 1]);
  if (level > 2) star(c, 0, 17, 8, '#fff3b0');
}

function hive(c, level) {
  shadow(c, 40, 34);
  box(c, -30, 32, 60, 9, 3, '#8a5a34');
  const straw = ['#e3b04b', '#edb93a', '#ffc933'][level - 1];
  const bands = [[28, 25], [29, 15], [26, 5], [21, -5], [14, -14]];
  for (const [w, y] of bands) box(c, -w, y - 1, w * 2, 12, 6, straw, 2.5);
  oval(c, 0, 25, 8, 9, '#3b2a20', 2);
  stroke(c, 'M-18 20 L-18 28 M-14 10 L-14 14', 'rgba(255,255,255,0.5)', 4);
  if (level > 1) {
    for (let i = 0; i < 5; i++) oval(c, -12 + Math.cos(i * 1.257) * 6, -18 + Math.sin(i * 1.257) * 6, 4.5, 4.5, '#f7a8c4', 1.5);
    oval(c, -12, -18, 4, 4, '#ffe27a', 1.5);
  }
  if (level > 2) {
    shape(c, 'M-2 -16 L-4 -30 L4 -24 L10 -34 L15 -24 L23 -29 L20 -16 Z', '#f4c430', 2.5);
    shape(c, 'M14 4 Q20 22 15 24 Q10 22 14 4 Z', '#f08c2e', 2);
  }
}

function mill(c, level) {
  shadow(c, 40, 28);
  shape(c, 'M-16 -12 L-24 38 Q0 44 24 38 L16 -12 Z', ['#f3e6cf', '#f5dcc0', '#fff0c8'][level - 1]);
  stroke(c, 'M-11 0 L-16 32', '#fff', 4);
  shape(c, 'M-21 -10 Q0 -40 21 -10 Z', ['#c8503c', '#b8455f', '#8456b0'][level - 1]);
  shape(c, 'M-7 40 L-7 26 Q0 17 7 26 L7 41 Z', '#8a5a34', 2.5);
  if (level > 1) oval(c, 0, 12, 5, 5, '#7fd0f0', 2);
  if (level > 2) stroke(c, 'M-19 20 L19 20', METAL[2], 4);
}

/** The sails of the windmill, which turn on their own. */
export function sails(c, level) {
  for (let i = 0; i < 4; i++) {
    c.save();
    c.rotate((i * Math.PI) / 2);
    stroke(c, 'M0 0 L0 -40', INK, 5);
    shape(c, 'M0 -10 L0 -40 L13 -38 L11 -10 Z', ['#fffaf0', '#ffe3b8', '#ffd95e'][level - 1], 2.5);
    stroke(c, 'M1 -20 L11 -20 M1 -30 L12 -30', 'rgba(59,42,32,0.5)', 1.5);
    c.restore();
  }
  oval(c, 0, 0, 6, 6, METAL[level - 1], 2.5);
}

function lantern(c, level) {
  shadow(c, 40, 22);
  box(c, -17, 31, 34, 10, 4, '#7f7a74');
  stroke(c, 'M0 32 L0 -34 Q0 -42 12 -40', INK, 10);
  stroke(c, 'M0 32 L0 -34 Q0 -42 12 -40', '#8a5a34', 5);
  const glow = c.createRadialGradient(4, -8, 2, 4, -8, 22);
  glow.addColorStop(0, '#fffbd0');
  glow.addColorStop(1, ['#ff9d3c', '#ff7f5c', '#ffb81f'][level - 1]);
  oval(c, 4, -8, 20, 22, glow);
  stroke(c, 'M4 -30 L4 14 M-6 -27 Q-14 -8 -6 11 M14 -27 Q22 -8 14 11', 'rgba(160,60,20,0.45)', 2);
  box(c, -6, -33, 20, 6, 2, METAL[level - 1], 2.5);
  box(c, -6, 11, 20, 6, 2, METAL[level - 1], 2.5);
  stroke(c, 'M4 18 L4 27', '#e05a4e', 4);
  if (level > 2) star(c, 4, -8, 9, '#fff6c2', 1.5);
}

/** How each tower is drawn: `paintTower[name](context, level)` in a square from -50 to 50. */
export const paintTower = { sling, mortar, mister, hive, mill, lantern };

/** A tower with everything on it, as the menus show it. */
export function paintWhole(c, name, level) {
  paintTower[name](c, level);
  if (name !== 'mill') return;
  c.translate(0, -14);
  c.rotate(0.5);
  c.scale(0.85, 0.85);
  sails(c, level);
}
