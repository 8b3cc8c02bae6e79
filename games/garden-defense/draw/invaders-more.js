import { ball, INK, line, oval, paint } from './brush.js';
import { antennae, eyes, legs, rivets, tin } from './toy-parts.js';

// The toys of the later levels; the first ones are in invaders.js.

const TAU = Math.PI * 2;

function duck(ctx, phase) {
  const paddle = Math.sin(phase * TAU) * 0.07;
  for (const side of [-1, 1]) oval(ctx, -0.2 - paddle * side, side * 0.2, 0.09, 0.05, '#f08a2c', 0.02);
  ctx.beginPath();
  ctx.moveTo(-0.42, 0);
  ctx.bezierCurveTo(-0.36, -0.28, 0.08, -0.3, 0.2, -0.12);
  ctx.lineTo(0.2, 0.12);
  ctx.bezierCurveTo(0.08, 0.3, -0.36, 0.28, -0.42, 0);
  const body = ctx.createLinearGradient(0, -0.28, 0, 0.28);
  body.addColorStop(0, '#d99a12');
  body.addColorStop(0.5, '#ffe98a');
  body.addColorStop(1, '#d99a12');
  paint(ctx, body, 0.03);
  for (const side of [-1, 1]) {
    ctx.beginPath();
    ctx.ellipse(-0.1, side * 0.16, 0.2, 0.08, side * 0.2, 0, TAU);
    paint(ctx, '#f5c63a', 0.02);
  }
  oval(ctx, 0.39, 0, 0.1, 0.075, '#f08a2c', 0.024);
  line(ctx, [[0.31, 0], [0.47, 0]], 0.014);
  ball(ctx, 0.22, 0, 0.16, '#fff0a0', '#e0a51c', 0.028);
  eyes(ctx, 0.27, 0.09, 0.048, false);
  rivets(ctx, [[-0.32, 0.07], [-0.32, -0.07]]);
}

function jack(ctx, phase, shell, sprung) {
  const hop = Math.sin(phase * TAU) * 0.02;
  ctx.save();
  ctx.translate(hop, 0);
  ctx.beginPath();
  ctx.rect(-0.32, -0.28, 0.52, 0.56);
  const box = ctx.createLinearGradient(0, -0.28, 0, 0.28);
  box.addColorStop(0, '#2f6ea8');
  box.addColorStop(0.5, '#7cb8ea');
  box.addColorStop(1, '#2f6ea8');
  paint(ctx, box, 0.034);
  for (const y of [-0.14, 0.14]) line(ctx, [[-0.32, y], [0.2, y]], 0.03, '#ffd75e');
  rivets(ctx, [[-0.27, -0.23], [-0.27, 0.23], [0.15, -0.23], [0.15, 0.23]]);
  if (sprung) {
    for (let i = 0; i < 4; i++) oval(ctx, 0.16 + i * 0.06, i % 2 ? 0.03 : -0.03, 0.05, 0.13, 'rgba(255,255,255,0)', 0.022, '#6b7787');
    ball(ctx, 0.4, 0, 0.13, '#ffe6cf', '#e0a47c', 0.026);
    eyes(ctx, 0.42, 0.06, 0.04);
    oval(ctx, 0.52, 0, 0.04, 0.04, '#e2363f', 0.014);
    for (const side of [-1, 1]) line(ctx, [[0.36, side * 0.1], [0.3, side * 0.24]], 0.06, side > 0 ? '#e2363f' : '#7a4fc0');
  } else {
    oval(ctx, -0.06, 0, 0.17, 0.17, '#e2363f', 0.026);
    line(ctx, [[-0.06, -0.17], [-0.06, 0.17]], 0.05, '#ffd75e');
    eyes(ctx, 0.2, 0.12, 0.05);
  }
  ctx.restore();
}

function top(ctx, phase) {
  ctx.save();
  ctx.rotate(phase * TAU);
  const ring = (r, fill, width) => oval(ctx, 0, 0, r, r, fill, width);
  ring(0.4, '#d63a5a', 0.034);
  for (let i = 0; i < 6; i++) {
    ctx.beginPath();
    ctx.moveTo(0, 0);
    ctx.arc(0, 0, 0.385, (i * TAU) / 6, ((i + 0.5) * TAU) / 6);
    ctx.closePath();
    paint(ctx, i % 2 ? '#ffd75e' : '#4fb6d8', 0);
  }
  ring(0.25, '#f7f3e6', 0.024);
  for (let i = 0; i < 8; i++) oval(ctx, Math.cos((i * TAU) / 8) * 0.195, Math.sin((i * TAU) / 8) * 0.195, 0.026, 0.026, '#d63a5a', 0);
  ctx.restore();
  ball(ctx, 0, 0, 0.13, '#ffffff', '#9aa5b4', 0.026);
  eyes(ctx, 0.06, 0.055, 0.042);
}

function musicbox(ctx, phase) {
  legs(ctx, phase, [-0.2, 0.12], 0.34, '#6a3d52');
  ctx.beginPath();
  ctx.rect(-0.34, -0.24, 0.5, 0.48);
  const wood = ctx.createLinearGradient(0, -0.24, 0, 0.24);
  wood.addColorStop(0, '#8d3f6a');
  wood.addColorStop(0.5, '#e79ac0');
  wood.addColorStop(1, '#8d3f6a');
  paint(ctx, wood, 0.032);
  ctx.beginPath();
  ctx.rect(-0.28, -0.15, 0.38, 0.3);
  paint(ctx, '#e9c65a', 0.022);
  for (let i = 0; i < 12; i++) oval(ctx, -0.25 + ((i * 0.11 + phase * 0.12) % 0.34), -0.11 + (i % 4) * 0.073, 0.016, 0.016, '#7a4d10', 0);
  tin(ctx, 0.25, 0, 0.13, 0.13, '#f0a9ca', '#96406c');
  antennae(ctx, 0.32, 0.13);
  eyes(ctx, 0.29, 0.075, 0.048);
  line(ctx, [[-0.42, 0.2], [-0.42, 0.36], [-0.34, 0.33]], 0.024);
  oval(ctx, -0.45, 0.2, 0.045, 0.035, INK, 0);
}

function carousel(ctx, phase) {
  legs(ctx, phase, [-0.24, -0.02, 0.2], 0.46, '#54306a');
  oval(ctx, 0, 0, 0.42, 0.42, '#7a3fa0', 0.03);
  ctx.save();
  ctx.rotate(phase * TAU * 0.5);
  for (let i = 0; i < 12; i++) {
    ctx.beginPath();
    ctx.moveTo(0, 0);
    ctx.arc(0, 0, 0.39, (i * TAU) / 12, ((i + 1) * TAU) / 12);
    ctx.closePath();
    paint(ctx, i % 2 ? '#fff1dc' : '#e0455c', 0.012);
  }
  for (let i = 0; i < 6; i++) oval(ctx, Math.cos((i * TAU) / 6) * 0.33, Math.sin((i * TAU) / 6) * 0.33, 0.045, 0.045, ['#ffd75e', '#7fd0f0', '#9be07a'][i % 3], 0.016);
  ctx.restore();
  ball(ctx, 0, 0, 0.15, '#ffe9a0', '#c98a1c', 0.028);
  tin(ctx, 0.36, 0, 0.11, 0.16, '#b98ae0', '#5b2f86');
  eyes(ctx, 0.41, 0.08, 0.05);
}

export const moreInvaders = { duck, jack, top, musicbox, carousel };
