import { ball, INK, line, oval, paint } from './brush.js';
import { moreInvaders } from './invaders-more.js';
import { antennae, eyes, legs, rivets, tin } from './toy-parts.js';

// Wind-up toys as seen from above, walking along +x; the cache turns them. The key on the back is a sprite of its own.

const TAU = Math.PI * 2;

function ant(ctx, phase) {
  legs(ctx, phase, [-0.06, 0.03, 0.12], 0.27);
  tin(ctx, -0.22, 0, 0.2, 0.16, '#e8574a', '#9c2530');
  tin(ctx, 0.04, 0, 0.11, 0.1, '#e8574a', '#9c2530');
  antennae(ctx, 0.32);
  tin(ctx, 0.23, 0, 0.14, 0.14, '#f0705c', '#a82a34');
  rivets(ctx, [[-0.34, 0.08], [-0.34, -0.08], [-0.1, 0.08], [-0.1, -0.08]]);
  eyes(ctx, 0.27, 0.075, 0.055);
}

function mouse(ctx, phase) {
  const wag = Math.sin(phase * TAU) * 0.08;
  ctx.beginPath();
  ctx.moveTo(-0.28, 0);
  ctx.bezierCurveTo(-0.36, wag, -0.42, -wag, -0.49, wag);
  ctx.lineWidth = 0.034;
  ctx.strokeStyle = '#e98aa0';
  ctx.stroke();
  for (const [x, y] of [[-0.16, -0.2], [-0.16, 0.2], [0.12, -0.17], [0.12, 0.17]]) oval(ctx, x, y, 0.085, 0.045, '#3c3550', 0.02);
  ctx.beginPath();
  ctx.moveTo(0.42, 0);
  ctx.bezierCurveTo(0.28, -0.2, -0.08, -0.28, -0.28, -0.14);
  ctx.bezierCurveTo(-0.36, -0.06, -0.36, 0.06, -0.28, 0.14);
  ctx.bezierCurveTo(-0.08, 0.28, 0.28, 0.2, 0.42, 0);
  const fur = ctx.createLinearGradient(0, -0.22, 0, 0.22);
  fur.addColorStop(0, '#54749f');
  fur.addColorStop(0.5, '#b9d3ec');
  fur.addColorStop(1, '#54749f');
  paint(ctx, fur, 0.028);
  for (const side of [-1, 1]) {
    oval(ctx, 0.12, side * 0.17, 0.1, 0.1, '#7d9cc4', 0.024);
    oval(ctx, 0.12, side * 0.17, 0.058, 0.058, '#f7b3c0', 0);
  }
  eyes(ctx, 0.25, 0.07, 0.045);
  oval(ctx, 0.42, 0, 0.04, 0.04, '#e2566f', 0.016);
}

function beetle(ctx, phase, light, dark) {
  legs(ctx, phase, [-0.18, 0, 0.16], 0.32);
  antennae(ctx, 0.34, 0.13);
  tin(ctx, 0.24, 0, 0.15, 0.17, light, dark);
  eyes(ctx, 0.31, 0.085, 0.05);
  tin(ctx, -0.07, 0, 0.29, 0.25, light, dark);
  line(ctx, [[-0.36, 0], [0.2, 0]], 0.022);
}

function thimble(ctx, phase, shell) {
  beetle(ctx, phase, '#5fbf9a', '#1f6a5a');
  if (!shell) return;
  ball(ctx, -0.05, 0, 0.3, '#f4f7fb', '#8b97a8', 0.03);
  oval(ctx, -0.05, 0, 0.235, 0.235, 'rgba(255,255,255,0)', 0.02, '#7b8797');
  for (let i = 0; i < 26; i++) {
    const far = 0.04 * Math.sqrt(i + 0.5);
    if (far > 0.21) continue;
    oval(ctx, -0.05 + Math.cos(i * 2.4) * far, Math.sin(i * 2.4) * far, 0.016, 0.016, '#6d7888', 0);
  }
  ctx.beginPath();
  ctx.arc(-0.05, 0, 0.27, -2.6, -1.7);
  ctx.lineWidth = 0.03;
  ctx.strokeStyle = 'rgba(255,255,255,.9)';
  ctx.stroke();
}

function kettle(ctx, phase, shell) {
  beetle(ctx, phase, '#8f7bd0', '#43317e');
  if (!shell) return;
  for (const [width, ink] of [[0.1, INK], [0.05, '#6b3a22']]) {
    ctx.beginPath();
    ctx.moveTo(-0.12, -0.32);
    ctx.bezierCurveTo(-0.5, -0.42, -0.5, 0.42, -0.12, 0.32);
    ctx.lineWidth = width;
    ctx.strokeStyle = ink;
    ctx.stroke();
  }
  ctx.beginPath();
  ctx.moveTo(0.18, -0.09);
  ctx.lineTo(0.45, -0.05);
  ctx.lineTo(0.45, 0.05);
  ctx.lineTo(0.18, 0.09);
  ctx.closePath();
  paint(ctx, '#b8612b', 0.026);
  ball(ctx, -0.06, 0, 0.34, '#ffc58a', '#a64f1e', 0.034);
  oval(ctx, -0.06, 0, 0.25, 0.25, 'rgba(255,255,255,0)', 0.024, '#8a3d16');
  oval(ctx, -0.06, 0, 0.17, 0.17, 'rgba(255,220,170,.35)', 0.014, '#8a3d16');
  for (let i = 0; i < 8; i++) rivets(ctx, [[-0.06 + Math.cos((i * TAU) / 8) * 0.295, Math.sin((i * TAU) / 8) * 0.295]]);
}

function frog(ctx, phase, shell, hopping) {
  for (const side of [-1, 1]) {
    const stretch = hopping ? 0.2 : Math.sin(phase * TAU) * 0.03;
    line(ctx, [[-0.14, side * 0.16], [-0.02 - stretch, side * 0.32], [-0.24 - stretch, side * (hopping ? 0.3 : 0.36)]], 0.12);
    line(ctx, [[-0.14, side * 0.16], [-0.02 - stretch, side * 0.32], [-0.24 - stretch, side * (hopping ? 0.3 : 0.36)]], 0.078, '#2fa6a0');
    line(ctx, [[0.16, side * 0.14], [0.26 + stretch, side * 0.26]], 0.1);
    line(ctx, [[0.16, side * 0.14], [0.26 + stretch, side * 0.26]], 0.06, '#2fa6a0');
  }
  tin(ctx, -0.03, 0, 0.3, 0.21, '#45c7bd', '#137a78');
  for (const [x, y, r] of [[-0.2, 0.1, 0.04], [-0.2, -0.1, 0.04], [0.05, 0.12, 0.034], [0.05, -0.12, 0.034]]) oval(ctx, x, y, r, r, '#ffe07a', 0.01);
  for (const side of [-1, 1]) {
    oval(ctx, 0.22, side * 0.13, 0.085, 0.085, '#45c7bd', 0.024);
    oval(ctx, 0.24, side * 0.13, 0.058, 0.058, '#fff7c9', 0.014);
    oval(ctx, 0.26, side * 0.13, 0.02, 0.044, INK, 0);
  }
}

function moth(ctx, phase) {
  const flap = 0.72 + 0.28 * Math.cos(phase * TAU);
  for (const side of [-1, 1]) {
    ctx.save();
    ctx.scale(1, side * flap);
    ctx.beginPath();
    ctx.moveTo(0.08, 0.04);
    ctx.bezierCurveTo(0.3, 0.2, 0.28, 0.5, 0.06, 0.47);
    ctx.bezierCurveTo(-0.04, 0.44, -0.06, 0.3, -0.08, 0.3);
    ctx.bezierCurveTo(-0.16, 0.42, -0.36, 0.36, -0.32, 0.2);
    ctx.bezierCurveTo(-0.28, 0.1, -0.14, 0.06, 0.08, 0.04);
    paint(ctx, '#d9c2f2', 0.026);
    oval(ctx, 0.09, 0.32, 0.08, 0.08, '#8d63c4', 0.016);
    oval(ctx, 0.09, 0.32, 0.035, 0.035, '#ffd666', 0);
    oval(ctx, -0.2, 0.23, 0.045, 0.045, '#b48be0', 0.012);
    line(ctx, [[0.04, 0.1], [-0.02, 0.26]], 0.014, '#9b7fc0');
    ctx.restore();
  }
  tin(ctx, -0.06, 0, 0.24, 0.085, '#f2b35a', '#a3621b');
  antennae(ctx, 0.24, 0.17);
  ball(ctx, 0.19, 0, 0.1, '#ffe2ac', '#d18a35', 0.024);
  eyes(ctx, 0.23, 0.055, 0.042);
}

function snail(ctx, phase) {
  const stretch = Math.sin(phase * TAU) * 0.02;
  ctx.beginPath();
  ctx.moveTo(-0.46 + stretch, 0);
  ctx.bezierCurveTo(-0.3, -0.18, 0.1, -0.16, 0.3, -0.11);
  ctx.quadraticCurveTo(0.4, 0, 0.3, 0.11);
  ctx.bezierCurveTo(0.1, 0.16, -0.3, 0.18, -0.46 + stretch, 0);
  paint(ctx, '#8fa0b5', 0.028);
  line(ctx, [[0.05, 0], [0.47, 0]], 0.09);
  line(ctx, [[0.05, 0], [0.46, 0]], 0.05, '#d9a441');
  ball(ctx, -0.07, 0, 0.27, '#ffe08a', '#b5761b', 0.032);
  ctx.beginPath();
  for (let i = 0; i <= 40; i++) {
    const angle = i * 0.32;
    const r = 0.24 * (1 - i / 44);
    ctx.lineTo(-0.07 + Math.cos(angle) * r, Math.sin(angle) * r);
  }
  ctx.lineWidth = 0.026;
  ctx.strokeStyle = '#7c4d10';
  ctx.stroke();
  for (const side of [-1, 1]) line(ctx, [[0.24, side * 0.08], [0.34, side * 0.17]], 0.04, '#62718a');
  eyes(ctx, 0.35, 0.18, 0.052, false);
}

function mole(ctx, phase) {
  for (const side of [-1, 1]) {
    const dig = Math.sin(phase * TAU + (side > 0 ? Math.PI : 0)) * 0.06;
    ctx.save();
    ctx.translate(0.16 + dig, side * 0.24);
    ctx.rotate(side * 0.5);
    oval(ctx, 0, 0, 0.12, 0.075, '#f3a5a0', 0.024);
    for (let i = -1; i <= 1; i++) line(ctx, [[0.08, i * 0.04], [0.15, i * 0.05]], 0.024, '#fff3e0');
    ctx.restore();
  }
  ctx.beginPath();
  ctx.ellipse(-0.07, 0, 0.33, 0.23, 0, 0, TAU);
  const coat = ctx.createLinearGradient(0, -0.23, 0, 0.23);
  coat.addColorStop(0, '#4a3358');
  coat.addColorStop(0.5, '#9a76ad');
  coat.addColorStop(1, '#4a3358');
  paint(ctx, coat, 0.03);
  ctx.beginPath();
  ctx.moveTo(0.5, 0);
  ctx.lineTo(0.22, -0.12);
  ctx.lineTo(0.22, 0.12);
  ctx.closePath();
  paint(ctx, '#cfd6df', 0.024);
  for (let i = 0; i < 3; i++) {
    const x = 0.27 + i * 0.07;
    const shift = (phase * 0.07) % 0.07;
    line(ctx, [[x + shift, -0.1 + i * 0.03], [x + shift + 0.03, 0.1 - i * 0.03]], 0.018, '#6d7888');
  }
  eyes(ctx, 0.14, 0.1, 0.042, false);
  line(ctx, [[0.14, -0.1], [0.14, 0.1]], 0.018);
}

function drummer(ctx, phase) {
  legs(ctx, phase, [-0.2, 0.1], 0.34, '#7a4b1d');
  tin(ctx, -0.08, 0, 0.34, 0.15, '#f3a03f', '#a0541a');
  antennae(ctx, 0.32, 0.16);
  tin(ctx, 0.24, 0, 0.14, 0.14, '#f7b45c', '#a85d1f');
  eyes(ctx, 0.28, 0.08, 0.052);
  oval(ctx, -0.1, 0, 0.24, 0.24, '#c8333f', 0.03);
  for (let i = 0; i < 8; i++) line(ctx, [[-0.1 + Math.cos((i * TAU) / 8) * 0.17, Math.sin((i * TAU) / 8) * 0.17], [-0.1 + Math.cos((i * TAU) / 8 + 0.35) * 0.23, Math.sin((i * TAU) / 8 + 0.35) * 0.23]], 0.018, '#ffe6a8');
  oval(ctx, -0.1, 0, 0.17, 0.17, '#fff3df', 0.022);
  const beat = Math.sin(phase * TAU) * 0.5;
  for (const side of [-1, 1]) {
    const tip = [-0.1 - side * beat * 0.06, side * (0.07 + beat * side * 0.05)];
    line(ctx, [[0.14, side * 0.2], tip], 0.03, '#6a3d16');
    oval(ctx, tip[0], tip[1], 0.03, 0.03, '#8a5a2a', 0.012);
  }
}

function mainspring(ctx, phase) {
  legs(ctx, phase, [-0.2, 0, 0.18], 0.42, '#5c3d16');
  for (const side of [-1, 1]) {
    ctx.beginPath();
    ctx.moveTo(0.34, side * 0.1);
    ctx.bezierCurveTo(0.5, side * 0.1, 0.52, side * 0.2, 0.44, side * 0.28);
    ctx.lineWidth = 0.04;
    ctx.strokeStyle = '#5c3d16';
    ctx.stroke();
  }
  tin(ctx, 0.27, 0, 0.16, 0.2, '#f2bf4c', '#8e5a14');
  eyes(ctx, 0.35, 0.1, 0.05);
  tin(ctx, -0.08, 0, 0.37, 0.31, '#e7ab3a', '#7f4d12');
  line(ctx, [[-0.45, 0], [0.24, 0]], 0.02);
  oval(ctx, -0.1, 0, 0.24, 0.24, '#fff6df', 0.028);
  for (let i = 0; i < 12; i++) {
    const angle = (i * TAU) / 12;
    line(ctx, [[-0.1 + Math.cos(angle) * 0.19, Math.sin(angle) * 0.19], [-0.1 + Math.cos(angle) * 0.22, Math.sin(angle) * 0.22]], 0.018);
  }
  rivets(ctx, [[-0.4, 0.1], [-0.4, -0.1], [0.14, 0.2], [0.14, -0.2], [-0.28, 0.26], [-0.28, -0.26]]);
}

const all = { ant, mouse, thimble, frog, moth, snail, kettle, mole, drummer, mainspring, ...moreInvaders };

/** How large each kind is drawn, in cells. */
export const SIZES = {
  ant: 0.82, mouse: 0.8, thimble: 0.88, frog: 0.86, moth: 0.92, snail: 0.92, kettle: 1, mole: 0.9, drummer: 0.92, mainspring: 1.75,
  duck: 0.86, jack: 0.86, top: 0.74, musicbox: 0.92, carousel: 1.8,
};
/** Where the winding key sits, and how large it is. */
export const KEYS = {
  ant: [-0.22, 0.36], mouse: [-0.1, 0.36], thimble: [-0.05, 0.34], frog: [-0.06, 0.36], moth: [-0.08, 0.3], snail: [-0.07, 0.3],
  kettle: [-0.06, 0.38], mole: [-0.12, 0.38], drummer: [-0.32, 0.3], mainspring: [-0.1, 0.4],
  duck: [-0.14, 0.32], jack: [-0.3, 0.32], top: [0, 0.26], musicbox: [-0.36, 0.32], carousel: [0, 0.3],
};

/** Draws an invader in a box of 1 by 1. `phase` 0 to 1: its gait; `shell`: whether its armour is still on. */
export function drawInvader(ctx, kind, phase = 0, shell = true, hopping = false) {
  ctx.lineCap = ctx.lineJoin = 'round';
  all[kind](ctx, phase, shell, hopping);
}

/** The winding key from above, in a box of 1 by 1. */
export function drawKey(ctx) {
  ctx.lineCap = ctx.lineJoin = 'round';
  for (const [width, ink] of [[0.2, INK], [0.11, '#f2c94c']]) {
    for (const side of [-1, 1]) {
      ctx.beginPath();
      ctx.ellipse(side * 0.26, 0, 0.16, 0.14, 0, 0, TAU);
      ctx.lineWidth = width;
      ctx.strokeStyle = ink;
      ctx.stroke();
    }
  }
  oval(ctx, 0, 0, 0.1, 0.1, '#d9a62e', 0.04);
}
