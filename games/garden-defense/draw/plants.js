import { ball, face, INK, leaf, line, oval, paint, petals, rosette } from './brush.js';
import { morePlants } from './plants-more.js';

const TAU = Math.PI * 2;
const GREEN = ['#5aa845', '#4a963c'];
const TEAL = ['#4fb08a', '#3e9c7a'];
const DEEP = ['#3f7f3e', '#357036'];

/** Draws what points at the enemy: to the right on a wide lawn, upwards on a tall one. */
function aimed(ctx, aim, draw) {
  ctx.save();
  ctx.rotate(aim);
  draw();
  ctx.restore();
}

function dewcup(ctx) {
  rosette(ctx, 5, 0.46, 0.1, DEEP, 0.3);
  ctx.beginPath();
  for (let i = 0; i <= 54; i++) {
    const angle = (i / 54) * TAU;
    const r = 0.36 + 0.028 * Math.cos(angle * 9);
    ctx.lineTo(Math.cos(angle) * r, Math.sin(angle) * r * 0.94);
  }
  ctx.closePath();
  const cup = ctx.createRadialGradient(0, 0.02, 0.05, 0, 0, 0.4);
  cup.addColorStop(0, '#d9f3cf');
  cup.addColorStop(0.55, '#86cf9a');
  cup.addColorStop(1, '#4fa883');
  paint(ctx, cup, 0.028);
  for (let i = 0; i < 9; i++) {
    const angle = ((i + 0.5) / 9) * TAU;
    line(ctx, [[Math.cos(angle) * 0.19, Math.sin(angle) * 0.19], [Math.cos(angle) * 0.33, Math.sin(angle) * 0.31]], 0.014, 'rgba(30,95,75,.5)');
    ball(ctx, Math.cos(angle + 0.35) * 0.355, Math.sin(angle + 0.35) * 0.335, 0.038, '#ffffff', '#6cc4ee', 0.012);
  }
  face(ctx, 0, 0, 1.15, 'smile');
}

function rosehip(ctx, aim) {
  rosette(ctx, 6, 0.44, 0.12, GREEN, 0.5);
  aimed(ctx, aim, () => {
    line(ctx, [[-0.05, 0], [0.2, 0]], 0.115);
    line(ctx, [[0.2, 0], [0.4, -0.2]], 0.1);
    line(ctx, [[0.2, 0], [0.4, 0.2]], 0.1);
    line(ctx, [[-0.05, 0], [0.2, 0]], 0.07, '#a9713f');
    line(ctx, [[0.2, 0], [0.4, -0.2]], 0.058, '#a9713f');
    line(ctx, [[0.2, 0], [0.4, 0.2]], 0.058, '#a9713f');
    line(ctx, [[0.4, -0.2], [0.24, 0], [0.4, 0.2]], 0.026, '#f0d9a8');
    ball(ctx, 0.28, 0, 0.07, '#ff8a70', '#c9252d', 0.02);
  });
  ctx.save();
  ctx.translate(-0.1 * Math.cos(aim), -0.1 * Math.sin(aim));
  petals(ctx, 5, 0.165, 0.125, 0.13, '#f79ab5', -Math.PI / 2);
  petals(ctx, 5, 0.11, 0.06, 0.07, '#fdd3df', -Math.PI / 2, 0);
  ball(ctx, 0, 0, 0.16, '#ffe58a', '#f2b632', 0.022);
  face(ctx, 0, -0.005, 0.92, 'grim', 'stern');
  ctx.restore();
}

function hedge(ctx, aim, worn) {
  const r = 0.4;
  ctx.beginPath();
  for (let i = 0; i <= 72; i++) {
    const angle = (i / 72) * TAU;
    const square = 1 / Math.max(Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle)));
    const bite = worn > 0 && Math.cos(angle - aim - 0.5) > 0.86 ? 0.12 * worn : worn > 1 && Math.cos(angle - aim + 0.9) > 0.88 ? 0.16 : 0;
    const far = r * (0.72 + 0.28 * square) * (1 + 0.025 * Math.sin(angle * 18)) - bite;
    ctx.lineTo(Math.cos(angle) * far, Math.sin(angle) * far);
  }
  ctx.closePath();
  const leafy = ctx.createRadialGradient(-0.1, -0.16, 0.05, 0, 0, 0.55);
  leafy.addColorStop(0, '#8fce5b');
  leafy.addColorStop(1, '#3c8a40');
  paint(ctx, leafy, 0.032);
  ctx.save();
  ctx.clip();
  for (let i = 0; i < 46; i++) {
    const angle = i * 2.4;
    const far = 0.075 * Math.sqrt(i);
    ctx.save();
    ctx.translate(Math.cos(angle) * far, Math.sin(angle) * far);
    ctx.rotate(angle);
    oval(ctx, 0, 0, 0.045, 0.024, i % 3 ? 'rgba(30,95,45,.32)' : 'rgba(205,240,140,.5)', 0);
    ctx.restore();
  }
  ctx.restore();
  oval(ctx, 0, 0.03, 0.22, 0.15, 'rgba(215,240,170,.55)', 0);
  if (worn > 1) face(ctx, 0, 0.02, 1.2, 'frown');
  else face(ctx, 0, 0.02, 1.2, worn ? 'grim' : 'smile', worn ? 'kind' : 'sleepy');
}

function touchmenot(ctx) {
  rosette(ctx, 7, 0.46, 0.09, GREEN, 0.1);
  for (const [x, y] of [[-0.27, -0.2], [0.28, -0.18], [0.02, -0.33]]) {
    ctx.save();
    ctx.translate(x, y);
    petals(ctx, 5, 0.06, 0.055, 0.05, '#f0559a', 0.3, 0.014);
    oval(ctx, 0, 0, 0.03, 0.03, '#ffe07a', 0);
    ctx.restore();
  }
  ctx.beginPath();
  ctx.moveTo(0, -0.27);
  ctx.bezierCurveTo(0.36, -0.16, 0.33, 0.3, 0, 0.4);
  ctx.bezierCurveTo(-0.33, 0.3, -0.36, -0.16, 0, -0.27);
  const pod = ctx.createLinearGradient(-0.25, -0.2, 0.25, 0.35);
  pod.addColorStop(0, '#f4f18c');
  pod.addColorStop(1, '#a7c93b');
  paint(ctx, pod, 0.03);
  for (const side of [-1, 1]) {
    ctx.beginPath();
    ctx.moveTo(0, -0.26);
    ctx.quadraticCurveTo(side * 0.22, 0.05, 0, 0.39);
    ctx.lineWidth = 0.018;
    ctx.strokeStyle = 'rgba(90,120,20,.5)';
    ctx.stroke();
  }
  face(ctx, 0, 0.06, 1.1, 'round', 'stern');
}

function horn(ctx, length, mouthWidth, fill, inner) {
  ctx.beginPath();
  ctx.moveTo(0.02, -0.045);
  ctx.quadraticCurveTo(length * 0.62, -0.05, length, -mouthWidth);
  ctx.quadraticCurveTo(length * 0.93, 0, length, mouthWidth);
  ctx.quadraticCurveTo(length * 0.62, 0.05, 0.02, 0.045);
  ctx.closePath();
  paint(ctx, fill, 0.026);
  oval(ctx, length, 0, mouthWidth * 0.34, mouthWidth, inner, 0.024);
}

function honeysuckle(ctx, aim) {
  rosette(ctx, 6, 0.45, 0.13, TEAL, 0.52);
  aimed(ctx, aim, () => {
    for (const turn of [-0.6, 0.6, 0]) {
      ctx.save();
      ctx.rotate(turn);
      horn(ctx, turn ? 0.37 : 0.42, 0.085, turn ? '#fff0c4' : '#ffd86b', '#f09a2e');
      ctx.restore();
    }
    ball(ctx, 0.44, 0, 0.045, '#fff2b0', '#e8971c', 0.014);
  });
  ball(ctx, -0.09 * Math.cos(aim), -0.09 * Math.sin(aim), 0.19, '#fff7dc', '#f6cf6a', 0.026);
  face(ctx, -0.09 * Math.cos(aim), -0.09 * Math.sin(aim), 0.98, 'smile');
}

function nettle(ctx) {
  for (let ring = 0; ring < 2; ring++) {
    for (let i = 0; i < 7; i++) {
      ctx.save();
      ctx.rotate((i * TAU) / 7 + ring * 0.45);
      const far = ring ? 0.34 : 0.47;
      ctx.beginPath();
      ctx.moveTo(0.06, 0);
      for (let j = 0; j <= 4; j++) {
        const x = 0.1 + (far - 0.1) * (j / 4);
        const wide = 0.1 * Math.sin(((j + 0.6) / 4.8) * Math.PI);
        ctx.lineTo(x, -wide - 0.03);
        ctx.lineTo(x + 0.02, -wide + 0.01);
      }
      ctx.lineTo(far + 0.02, 0);
      for (let j = 4; j >= 0; j--) {
        const x = 0.1 + (far - 0.1) * (j / 4);
        const wide = 0.1 * Math.sin(((j + 0.6) / 4.8) * Math.PI);
        ctx.lineTo(x + 0.02, wide - 0.01);
        ctx.lineTo(x, wide + 0.03);
      }
      ctx.closePath();
      paint(ctx, ring ? '#4b9a4e' : '#2f7a45', 0.02);
      ctx.restore();
    }
  }
  for (let i = 0; i < 10; i++) {
    const angle = (i / 10) * TAU + 0.2;
    line(ctx, [[Math.cos(angle) * 0.25, Math.sin(angle) * 0.25], [Math.cos(angle) * 0.36, Math.sin(angle) * 0.36]], 0.016, '#f4ffe0');
  }
  ball(ctx, 0, 0, 0.19, '#b9e08a', '#5da351', 0.026);
  face(ctx, 0, 0, 1, 'frown', 'stern');
}

function thistle(ctx, aim) {
  rosette(ctx, 8, 0.46, 0.07, ['#6d9e7c', '#5b8c6c'], 0.2);
  aimed(ctx, aim, () => {
    for (const i of [-3, 3, -2, 2, -1, 1, 0]) leaf(ctx, i * 0.25, 0.46 - Math.abs(i) * 0.02, 0.075, i % 2 ? '#d184e6' : '#b45fd2', 0.08);
    for (let i = -1; i <= 1; i++) line(ctx, [[0.3, i * 0.07], [0.49, i * 0.09]], 0.022, '#fbeaff');
  });
  for (let i = 0; i < 12; i++) {
    const angle = (i / 12) * TAU;
    line(ctx, [[Math.cos(angle) * 0.18, Math.sin(angle) * 0.18], [Math.cos(angle) * 0.285, Math.sin(angle) * 0.285]], 0.03);
  }
  ball(ctx, 0, 0, 0.22, '#b7e29a', '#55915a', 0.028);
  face(ctx, 0, 0, 1.08, 'grim', 'stern');
}

function chamomile(ctx) {
  rosette(ctx, 9, 0.45, 0.05, GREEN, 0.15);
  for (const [x, y, s] of [[-0.27, -0.25, 0.42], [0.29, -0.23, 0.42], [0, 0.05, 1]]) {
    ctx.save();
    ctx.translate(x, y);
    ctx.scale(s, s);
    petals(ctx, 12, 0.255, 0.11, 0.06, '#fffdf4', 0.1, 0.018);
    ball(ctx, 0, 0, 0.2, '#ffe777', '#eeb01f', 0.024);
    ctx.restore();
  }
  face(ctx, 0, 0.05, 1.05, 'smile');
}

function trumpet(ctx, aim) {
  rosette(ctx, 6, 0.44, 0.12, DEEP, 0.4);
  aimed(ctx, aim, () => {
    ctx.translate(-0.1, 0);
    horn(ctx, 0.5, 0.25, '#f4792b', '#b8331f');
    for (const turn of [-0.32, 0, 0.32]) line(ctx, [[0.12, turn * 0.1], [0.42, turn * 0.42]], 0.016, 'rgba(120,30,10,.4)');
  });
  const x = -0.16 * Math.cos(aim);
  const y = -0.16 * Math.sin(aim);
  ball(ctx, x, y, 0.2, '#ffc27a', '#e0602a', 0.028);
  face(ctx, x, y, 1, 'round', 'kind');
}

function lupin(ctx, aim) {
  rosette(ctx, 9, 0.44, 0.07, TEAL, 0.2);
  aimed(ctx, aim, () => {
    for (const turn of [-0.62, 0.62, 0]) {
      ctx.save();
      ctx.rotate(turn);
      for (let i = 0; i < 5; i++) {
        const r = 0.085 - i * 0.011;
        const tone = ['#5a55c9', '#6a64dc', '#7f7bea', '#a09cf5', '#d8d6ff'][i];
        oval(ctx, 0.16 + i * 0.072, -r * 0.6, r * 0.8, r * 0.72, tone, 0.016);
        oval(ctx, 0.16 + i * 0.072, r * 0.6, r * 0.8, r * 0.72, tone, 0.016);
      }
      ctx.restore();
    }
  });
  const x = -0.09 * Math.cos(aim);
  const y = -0.09 * Math.sin(aim);
  ball(ctx, x, y, 0.2, '#d5d2ff', '#7a74dd', 0.026);
  face(ctx, x, y, 1, 'smile', 'stern');
}

const all = { dewcup, rosehip, hedge, touchmenot, honeysuckle, nettle, thistle, chamomile, trumpet, lupin, ...morePlants };

/** Draws a plant in a box of 1 by 1. `aim`: the angle towards the enemy; `worn`: 0 whole, 1 nibbled, 2 nearly gone. */
export function drawPlant(ctx, kind, aim = 0, worn = 0) {
  ctx.lineCap = ctx.lineJoin = 'round';
  ctx.strokeStyle = INK;
  all[kind](ctx, aim, worn);
  if (worn > 0 && kind !== 'hedge') {
    for (const [x, y] of worn > 1 ? [[0.3, -0.3], [-0.34, 0.22], [0.24, 0.34]] : [[0.32, -0.28]]) {
      ctx.globalCompositeOperation = 'destination-out';
      for (const [dx, dy] of [[0, 0], [0.06, 0.05], [-0.05, 0.06]]) oval(ctx, x + dx, y + dy, 0.075, 0.075, '#000', 0);
      ctx.globalCompositeOperation = 'source-over';
    }
  }
}
