import { ball, face, INK, line, oval, paint, petals, rosette } from './brush.js';

// The plants of the later levels; the first ones are in plants.js.

const TAU = Math.PI * 2;

function moonflower(ctx) {
  rosette(ctx, 6, 0.46, 0.11, ['#3f6f6a', '#345f63'], 0.2);
  petals(ctx, 7, 0.22, 0.15, 0.11, '#dfe3ff', 0.1);
  petals(ctx, 7, 0.2, 0.1, 0.06, '#f6f4ff', 0.1, 0);
  ctx.beginPath();
  ctx.arc(0, 0, 0.2, 0, TAU);
  const glow = ctx.createRadialGradient(0, 0, 0.03, 0, 0, 0.2);
  glow.addColorStop(0, '#fffbd0');
  glow.addColorStop(1, '#c9c1f2');
  paint(ctx, glow, 0.026);
  ctx.beginPath();
  ctx.arc(0.02, -0.13, 0.075, 0.5, TAU - 1.2);
  ctx.lineWidth = 0.03;
  ctx.strokeStyle = '#f2c63f';
  ctx.stroke();
  face(ctx, 0, 0.03, 0.95, 'smile', 'sleepy');
  for (const [x, y] of [[-0.36, -0.26], [0.38, -0.2], [0.3, 0.34]]) ball(ctx, x, y, 0.035, '#ffffff', '#6cc4ee', 0.01);
}

function lily(ctx) {
  ctx.beginPath();
  ctx.moveTo(0, 0);
  ctx.arc(0, 0, 0.47, -0.9, TAU - 1.5);
  ctx.closePath();
  const pad = ctx.createRadialGradient(-0.1, -0.1, 0.05, 0, 0, 0.5);
  pad.addColorStop(0, '#8fd07a');
  pad.addColorStop(1, '#3e9555');
  paint(ctx, pad, 0.03);
  for (let i = 0; i < 8; i++) line(ctx, [[0, 0], [Math.cos(-0.5 + i * 0.66) * 0.4, Math.sin(-0.5 + i * 0.66) * 0.4]], 0.014, 'rgba(20,80,50,.4)');
  ctx.save();
  ctx.translate(0.16, -0.26);
  petals(ctx, 6, 0.07, 0.065, 0.04, '#ffd7e6', 0.2, 0.014);
  oval(ctx, 0, 0, 0.035, 0.035, '#ffd75e', 0);
  ctx.restore();
}

function sundew(ctx, aim) {
  rosette(ctx, 7, 0.45, 0.08, ['#7d9c3f', '#6b8a35'], 0.15);
  for (let i = 0; i < 9; i++) {
    const angle = aim - 1.9 + (i * 3.8) / 8;
    const tip = [Math.cos(angle) * 0.43, Math.sin(angle) * 0.43];
    line(ctx, [[Math.cos(angle) * 0.2, Math.sin(angle) * 0.2], tip], 0.03, '#b6353f');
    ball(ctx, tip[0], tip[1], 0.048, '#ffd3da', '#e0445e', 0.014);
  }
  ctx.beginPath();
  ctx.ellipse(0, 0, 0.25, 0.25, 0, 0, TAU);
  const cup = ctx.createRadialGradient(0, -0.05, 0.03, 0, 0, 0.26);
  cup.addColorStop(0, '#ffb0a0');
  cup.addColorStop(1, '#c23a4a');
  paint(ctx, cup, 0.028);
  face(ctx, 0, 0, 1.1, 'round', 'stern');
}

function dandelion(ctx) {
  rosette(ctx, 6, 0.46, 0.09, ['#6aa83f', '#5a9636'], 0.35);
  for (let i = 0; i < 22; i++) {
    const angle = (i / 22) * TAU;
    const far = i % 2 ? 0.37 : 0.31;
    line(ctx, [[Math.cos(angle) * 0.15, Math.sin(angle) * 0.15], [Math.cos(angle) * far, Math.sin(angle) * far]], 0.012, '#8c8f99');
    petals(ctx, 5, 0, 0.03, 0.03, '#fff', 0, 0);
    oval(ctx, Math.cos(angle) * far, Math.sin(angle) * far, 0.04, 0.04, 'rgba(255,255,255,.95)', 0.008, '#9aa0ad');
  }
  oval(ctx, 0, 0, 0.25, 0.25, 'rgba(250,250,255,.92)', 0.02, '#8c8f99');
  oval(ctx, 0, 0.01, 0.17, 0.17, '#f3ead0', 0.02);
  face(ctx, 0, 0, 0.85, 'round');
}

function fern(ctx) {
  for (let i = 0; i < 6; i++) {
    ctx.save();
    ctx.rotate((i * TAU) / 6 + 0.2);
    ctx.beginPath();
    ctx.moveTo(0.06, 0);
    ctx.quadraticCurveTo(0.22, -0.17, 0.48, 0);
    ctx.quadraticCurveTo(0.22, 0.17, 0.06, 0);
    paint(ctx, i % 2 ? '#6cc862' : '#56b356', 0.026);
    line(ctx, [[0.08, 0], [0.44, 0]], 0.02, '#2f7a3a');
    for (let j = 0; j < 5; j++) for (const side of [-1, 1]) line(ctx, [[0.13 + j * 0.06, 0], [0.17 + j * 0.06, side * (0.062 - j * 0.009)]], 0.016, '#2f7a3a');
    ctx.restore();
  }
  ball(ctx, 0, 0, 0.17, '#d4f5a8', '#6fb84a', 0.024);
  ctx.beginPath();
  for (let i = 0; i <= 26; i++) ctx.lineTo(0.16 + Math.cos(i * 0.36) * 0.1 * (1 - i / 30), -0.17 + Math.sin(i * 0.36) * 0.1 * (1 - i / 30));
  ctx.lineWidth = 0.032;
  ctx.strokeStyle = INK;
  ctx.stroke();
  ctx.lineWidth = 0.02;
  ctx.strokeStyle = '#8bd46a';
  ctx.stroke();
  face(ctx, 0, 0.01, 0.9, 'smile');
}

export const morePlants = { moonflower, lily, sundew, dandelion, fern };
