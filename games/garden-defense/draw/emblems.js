import { ball, INK, line, oval, paint, rosette } from './brush.js';
import { drawPlant } from './plants.js';

// Small pictures of the gardens and of the shop's wares, in a box of 1 by 1.

const TAU = Math.PI * 2;

function round(ctx, top, bottom) {
  ctx.beginPath();
  ctx.arc(0, 0, 0.46, 0, TAU);
  const sky = ctx.createLinearGradient(0, -0.46, 0, 0.46);
  sky.addColorStop(0, top);
  sky.addColorStop(1, bottom);
  paint(ctx, sky, 0.03);
  ctx.clip();
}

function soil(ctx, fill = '#8a5c38') {
  ctx.beginPath();
  ctx.ellipse(0, 0.5, 0.7, 0.34, 0, 0, TAU);
  paint(ctx, fill, 0.025);
}

function sprout(ctx, x, y, s) {
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(s, s);
  rosette(ctx, 5, 0.4, 0.13, ['#6cc04f', '#4a963c'], 0.3);
  ctx.restore();
}

function moon(ctx, x = 0.14, y = -0.2) {
  oval(ctx, x, y, 0.13, 0.13, '#fff3b8', 0.018);
  for (const [sx, sy] of [[-0.25, -0.28], [-0.1, -0.08], [0.32, 0.02]]) oval(ctx, sx, sy, 0.02, 0.02, '#fff', 0);
}

function drops(ctx) {
  for (const [x, y] of [[-0.24, -0.1], [-0.06, -0.26], [0.1, -0.02], [0.26, -0.2], [-0.1, 0.08]]) line(ctx, [[x, y], [x - 0.05, y + 0.15]], 0.034, '#bfe6ff');
}

function gusts(ctx) {
  for (const [y, long] of [[-0.2, 0.3], [-0.03, 0.38], [0.12, 0.24]]) {
    ctx.beginPath();
    ctx.moveTo(0.36, y);
    ctx.lineTo(-long * 0.6, y);
    ctx.arc(-long * 0.6, y - 0.06, 0.06, Math.PI / 2, Math.PI * 1.4);
    ctx.lineWidth = 0.04;
    ctx.strokeStyle = '#ffffff';
    ctx.stroke();
  }
}

function water(ctx, y = 0.08) {
  ctx.fillStyle = '#3f97c2';
  ctx.fillRect(-0.5, y, 1, 0.5);
  for (const [x, dy] of [[-0.25, 0.08], [0.12, 0.14], [-0.05, 0.26]]) line(ctx, [[x - 0.09, y + dy], [x + 0.09, y + dy]], 0.022, 'rgba(255,255,255,.7)');
}

function stones(ctx) {
  for (const [x, y, w, h] of [[-0.4, 0.02, 0.34, 0.17], [-0.02, 0.02, 0.4, 0.17], [-0.32, 0.22, 0.3, 0.2], [0.02, 0.22, 0.34, 0.2]]) {
    ctx.beginPath();
    ctx.rect(x, y, w, h);
    paint(ctx, '#b9b3a7', 0.022);
  }
}

const gardens = {
  day(ctx) { round(ctx, '#9adcf5', '#d8f2c4'); oval(ctx, -0.16, -0.2, 0.13, 0.13, '#ffd75e', 0.02); soil(ctx); sprout(ctx, 0.12, 0.14, 0.5); },
  night(ctx) { round(ctx, '#252c66', '#56639c'); moon(ctx); soil(ctx, '#5e4a5c'); sprout(ctx, -0.14, 0.18, 0.4); },
  pond(ctx) { round(ctx, '#a9e0f5', '#d8f2e4'); water(ctx, 0); ctx.save(); ctx.translate(0.04, 0.14); ctx.scale(0.52, 0.4); drawPlant(ctx, 'lily'); ctx.restore(); },
  rain(ctx) { round(ctx, '#5d7c94', '#9db8c4'); drops(ctx); soil(ctx, '#6d5340'); sprout(ctx, 0.14, 0.2, 0.42); },
  wind(ctx) { round(ctx, '#7fc2dc', '#e9e0a4'); gusts(ctx); soil(ctx, '#a9764a'); },
  yard(ctx) { round(ctx, '#f3c98a', '#e9dcb0'); stones(ctx); sprout(ctx, 0.02, -0.1, 0.42); },
  lake(ctx) { round(ctx, '#1f2860', '#4b5d9a'); moon(ctx); water(ctx, 0.06); },
  storm(ctx) { round(ctx, '#3c4c64', '#8097a6'); drops(ctx); gusts(ctx); soil(ctx, '#5c4838'); },
  attic(ctx) { round(ctx, '#33224d', '#7a4f78'); moon(ctx, -0.18, -0.18); gusts(ctx); stones(ctx); },
};

const wares = {
  chime(ctx) {
    oval(ctx, 0, -0.3, 0.26, 0.09, '#c9773f', 0.026);
    for (let i = -1; i <= 1; i++) {
      line(ctx, [[i * 0.16, -0.24], [i * 0.16, 0.28 - Math.abs(i) * 0.08]], 0.1);
      line(ctx, [[i * 0.16, -0.22], [i * 0.16, 0.27 - Math.abs(i) * 0.08]], 0.06, '#d6dfe8');
    }
  },
  trowel(ctx) {
    ctx.rotate(-0.7);
    ctx.beginPath();
    ctx.rect(-0.06, -0.45, 0.12, 0.36);
    paint(ctx, '#c9773f', 0.03);
    ctx.beginPath();
    ctx.moveTo(-0.17, -0.06);
    ctx.quadraticCurveTo(-0.22, 0.26, 0, 0.46);
    ctx.quadraticCurveTo(0.22, 0.26, 0.17, -0.06);
    ctx.closePath();
    paint(ctx, '#dfe8f0', 0.03);
  },
  can(ctx) {
    line(ctx, [[0.1, 0.1], [0.4, -0.22]], 0.11);
    line(ctx, [[0.1, 0.1], [0.39, -0.2]], 0.06, '#4fa0c8');
    ctx.beginPath();
    ctx.arc(-0.12, -0.12, 0.22, Math.PI, TAU);
    ctx.lineWidth = 0.06;
    ctx.strokeStyle = INK;
    ctx.stroke();
    ctx.beginPath();
    ctx.rect(-0.36, -0.12, 0.48, 0.46);
    paint(ctx, '#62b6dd', 0.03);
    oval(ctx, 0.41, -0.24, 0.09, 0.06, '#d6dfe8', 0.024);
  },
  basket(ctx) {
    ctx.beginPath();
    ctx.arc(0, 0.02, 0.3, Math.PI, TAU);
    ctx.lineWidth = 0.07;
    ctx.strokeStyle = '#8a5a2a';
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(-0.38, 0);
    ctx.lineTo(0.38, 0);
    ctx.lineTo(0.27, 0.38);
    ctx.lineTo(-0.27, 0.38);
    ctx.closePath();
    paint(ctx, '#d9a45a', 0.03);
    for (let i = 0; i < 3; i++) line(ctx, [[-0.33 + i * 0.03, 0.1 + i * 0.1], [0.33 - i * 0.03, 0.1 + i * 0.1]], 0.02, '#9a6a2c');
    ball(ctx, -0.1, -0.04, 0.1, '#ffffff', '#6cc4ee', 0.02);
    ball(ctx, 0.12, -0.03, 0.08, '#ffffff', '#6cc4ee', 0.02);
  },
  spare(ctx) {
    ctx.beginPath();
    ctx.moveTo(-0.26, -0.38);
    ctx.lineTo(0.26, -0.38);
    ctx.quadraticCurveTo(0.4, 0, 0.26, 0.38);
    ctx.lineTo(-0.26, 0.38);
    ctx.quadraticCurveTo(-0.4, 0, -0.26, -0.38);
    paint(ctx, '#c08a4e', 0.03);
    for (const y of [-0.2, 0.2]) line(ctx, [[-0.33, y], [0.33, y]], 0.08, '#5f6b7a');
    for (const x of [-0.1, 0.1]) line(ctx, [[x, -0.36], [x * 1.3, 0], [x, 0.36]], 0.02, '#7c4b20');
  },
  compost(ctx) {
    ctx.beginPath();
    ctx.moveTo(-0.42, 0.34);
    ctx.quadraticCurveTo(-0.1, -0.5, 0.42, 0.34);
    ctx.closePath();
    paint(ctx, '#6f4628', 0.03);
    for (const [x, y] of [[-0.12, 0.2], [0.1, 0.12], [0.2, 0.26], [-0.02, 0]]) oval(ctx, x, y, 0.035, 0.025, '#c9a06a', 0);
    sprout(ctx, 0, -0.16, 0.5);
  },
  slot(ctx) {
    ctx.beginPath();
    ctx.rect(-0.38, -0.1, 0.76, 0.44);
    paint(ctx, '#b07a45', 0.03);
    for (let i = -1; i <= 1; i++) {
      ctx.beginPath();
      ctx.rect(i * 0.23 - 0.1, -0.36, 0.2, 0.4);
      paint(ctx, ['#ffe9a6', '#d4f0b8', '#ffd3dd'][i + 1], 0.024);
      sprout(ctx, i * 0.23, -0.2, 0.18);
    }
    ctx.beginPath();
    ctx.rect(-0.38, 0, 0.76, 0.34);
    paint(ctx, '#c98f55', 0.03);
  },
};

function begin(ctx) {
  ctx.lineCap = ctx.lineJoin = 'round';
  ctx.strokeStyle = INK;
}

export function drawGarden(ctx, garden) {
  begin(ctx);
  ctx.save();
  gardens[garden](ctx);
  ctx.restore();
}

export function drawWare(ctx, id) {
  begin(ctx);
  wares[id](ctx);
}
