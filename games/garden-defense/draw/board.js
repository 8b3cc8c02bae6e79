import { CELLS, LANES } from '../rules/data.js';
import { createRandom } from '../rules/random.js';
import { finished, workbench } from './baking.js';
import { oval } from './brush.js';
import { laneSpace } from './view.js';

/** The light of each garden: grass, soil, and a tint over everything. */
const moods = {
  day: { grass: ['#9ccc65', '#86ba52'], soil: ['#95663f', '#875a36'], tint: null },
  night: { grass: ['#5f8f86', '#4f7d78'], soil: ['#6f5360', '#634a57'], tint: 'rgba(28,34,96,.34)' },
  pond: { grass: ['#a6cf5e', '#8fbd4b'], soil: ['#a06f42', '#926138'], tint: 'rgba(255,240,170,.08)' },
  rain: { grass: ['#86b083', '#74a173'], soil: ['#7d5f48', '#70543f'], tint: 'rgba(70,95,120,.22)' },
  wind: { grass: ['#c3c766', '#aeb352'], soil: ['#a9764a', '#9a683e'], tint: 'rgba(255,220,140,.10)' },
  yard: { grass: ['#b3bd58', '#9fa945'], soil: ['#9a6039', '#8a5330'], tint: 'rgba(255,150,60,.12)' },
  lake: { grass: ['#5a8790', '#4b7680'], soil: ['#6a5468', '#5e4a5c'], tint: 'rgba(24,30,100,.32)' },
  storm: { grass: ['#6f9478', '#5f856a'], soil: ['#6d5648', '#614c40'], tint: 'rgba(40,55,85,.32)' },
  attic: { grass: ['#6b7d62', '#5d6f55'], soil: ['#7a5544', '#6d4a3a'], tint: 'rgba(60,30,80,.30)' },
};

function grass(ctx, view, mood, random, length, breadth) {
  ctx.fillStyle = mood.grass[0];
  ctx.fillRect(0, 0, length, breadth);
  for (let i = 0; i < 420; i++) {
    const x = random() * length;
    const y = random() * breadth;
    const s = view.size * (0.03 + random() * 0.05);
    ctx.strokeStyle = i % 2 ? mood.grass[1] : 'rgba(255,255,210,.28)';
    ctx.lineWidth = view.size * 0.018;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + s * (random() - 0.5), y - s);
    ctx.stroke();
  }
}

/** A pond instead of a bed: water with ripples and a bank. */
function pond(ctx, view, random, lane) {
  const { along, across, home, side, size } = view;
  const top = side + lane * across + across * 0.045;
  const tall = across * 0.91;
  const wide = CELLS * along + size * 0.06;
  ctx.fillStyle = '#d9c79a';
  roundBox(ctx, home - size * 0.07, top - size * 0.03, wide + size * 0.08, tall + size * 0.06, size * 0.2);
  ctx.fill();
  ctx.save();
  roundBox(ctx, home - size * 0.03, top, wide, tall, size * 0.16);
  ctx.clip();
  ctx.fillStyle = '#4a9fc4';
  ctx.fillRect(home - size, top, wide + size * 2, tall);
  for (let cell = 0; cell < CELLS; cell++) {
    ctx.fillStyle = (cell + lane) % 2 ? 'rgba(255,255,255,.07)' : 'rgba(10,60,110,.08)';
    ctx.fillRect(home + cell * along, top, along, tall);
  }
  for (let i = 0; i < 60; i++) {
    ctx.beginPath();
    ctx.ellipse(home + random() * CELLS * along, top + random() * tall, size * (0.06 + random() * 0.1), size * 0.025, 0, 0.2, 2.9);
    ctx.lineWidth = size * 0.014;
    ctx.strokeStyle = i % 3 ? 'rgba(255,255,255,.4)' : 'rgba(20,80,130,.4)';
    ctx.stroke();
  }
  ctx.restore();
}

/** A flagstone on which nothing grows. */
function flagstone(ctx, view, random, lane, cell) {
  const { along, across, home, side, size } = view;
  const x = home + cell * along;
  const y = side + lane * across;
  const gap = size * 0.09;
  for (const [dx, dy, w, h] of [[0, 0, 0.56, 0.5], [0.56, 0, 0.44, 0.62], [0, 0.5, 0.42, 0.5], [0.42, 0.62, 0.58, 0.38]]) {
    ctx.fillStyle = ['#b5b0a6', '#a7a298', '#c2bdb2'][Math.floor(random() * 3)];
    const inner = [x + gap + dx * (along - 2 * gap) + 1, y + gap + dy * (across - 2 * gap) + 1, w * (along - 2 * gap) - 2.5, h * (across - 2 * gap) - 2.5];
    roundBox(ctx, inner[0] + 1, inner[1] + 2, inner[2], inner[3], size * 0.06);
    ctx.save();
    ctx.fillStyle = 'rgba(40,30,25,.35)';
    ctx.fill();
    ctx.restore();
    roundBox(ctx, ...inner, size * 0.06);
    ctx.fill();
    ctx.lineWidth = size * 0.02;
    ctx.strokeStyle = 'rgba(60,52,48,.55)';
    ctx.stroke();
  }
}

function bed(ctx, view, mood, random, lane) {
  const { along, across, home, side, size } = view;
  const top = side + lane * across + across * 0.045;
  const tall = across * 0.91;
  const round = size * 0.14;
  ctx.fillStyle = 'rgba(50,30,15,.35)';
  roundBox(ctx, home - size * 0.03, top + size * 0.03, CELLS * along + size * 0.06, tall, round);
  ctx.fill();
  for (let cell = 0; cell < CELLS; cell++) {
    ctx.save();
    roundBox(ctx, home - size * 0.03, top, CELLS * along + size * 0.06, tall, round);
    ctx.clip();
    ctx.fillStyle = mood.soil[(cell + lane) % 2];
    ctx.fillRect(home + cell * along - 1 - (cell ? 0 : size * 0.03), top, along + 2 + size * 0.04, tall);
    ctx.restore();
  }
  ctx.save();
  roundBox(ctx, home - size * 0.03, top, CELLS * along + size * 0.06, tall, round);
  ctx.clip();
  for (let i = 0; i < 4; i++) {
    const y = top + (tall * (i + 0.5)) / 4;
    ctx.lineWidth = tall * 0.11;
    ctx.strokeStyle = 'rgba(45,25,12,.10)';
    ctx.beginPath();
    ctx.moveTo(home - size * 0.03, y);
    for (let x = along / 4; x <= CELLS * along + size * 0.1; x += along / 4) ctx.lineTo(home + x, y + (random() - 0.5) * size * 0.05);
    ctx.stroke();
  }
  for (let i = 0; i < 190; i++) {
    const r = size * (0.008 + random() * 0.024);
    oval(ctx, home + random() * CELLS * along, top + random() * tall, r * 1.4, r, ['rgba(45,25,12,.22)', 'rgba(45,25,12,.14)', 'rgba(255,220,170,.17)'][i % 3], 0);
  }
  ctx.restore();
}

function roundBox(ctx, x, y, w, h, r) {
  ctx.beginPath();
  ctx.moveTo(x + r, y);
  ctx.arcTo(x + w, y, x + w, y + h, r);
  ctx.arcTo(x + w, y + h, x, y + h, r);
  ctx.arcTo(x, y + h, x, y, r);
  ctx.arcTo(x, y, x + w, y, r);
  ctx.closePath();
}

/** The paved yard before the shed, where the barrels stand. */
function yard(ctx, view, random, breadth) {
  const wide = view.home - view.size * 0.1;
  ctx.fillStyle = '#b9a892';
  ctx.fillRect(0, 0, wide, breadth);
  const tile = view.size * 0.31;
  for (let row = 0; row * tile < breadth; row++) {
    for (let column = -1; column * tile < wide; column++) {
      const x = column * tile + (row % 2 ? tile / 2 : 0);
      ctx.fillStyle = ['#d3c4ab', '#c8b79d', '#dccfb9'][Math.floor(random() * 3)];
      roundBox(ctx, x + 1.2, row * tile + 1.2, Math.min(tile, wide - x) - 2.4, tile - 2.4, tile * 0.16);
      if (x < wide - 4) ctx.fill();
    }
  }
  ctx.fillStyle = '#8a4f33';
  ctx.fillRect(0, 0, view.home * 0.1, breadth);
  ctx.fillStyle = '#b96a45';
  for (let y = 0; y < breadth; y += view.size * 0.22) ctx.fillRect(0, y, view.home * 0.08, view.size * 0.18);
  ctx.fillStyle = 'rgba(40,30,20,.22)';
  ctx.fillRect(wide, 0, view.size * 0.05, breadth);
}

/** Tall grass where the toys come out, and flowers along the edges. */
function edges(ctx, view, mood, random, length, breadth) {
  const from = view.home + CELLS * view.along + view.size * 0.08;
  for (let i = 0; i < 60; i++) {
    const r = view.size * (0.12 + random() * 0.14);
    oval(ctx, from + view.size * 0.16 + random() * (length - from), random() * breadth, r, r, ['#4f8a45', '#5d9a4c', '#467c42'][i % 3], 0);
  }
  for (let i = 0; i < 26; i++) {
    const x = from + view.size * 0.12 + random() * (length - from);
    const y = random() * breadth;
    const r = view.size * 0.035;
    for (let j = 0; j < 5; j++) oval(ctx, x + Math.cos(j * 1.257) * r, y + Math.sin(j * 1.257) * r, r * 0.7, r * 0.7, ['#ffd1e0', '#fff6c9', '#cfe3ff'][i % 3], 0);
    oval(ctx, x, y, r * 0.55, r * 0.55, '#f5b731', 0);
  }
}

/** A dark edge and, at night, a pool of moonlight. */
function light(ctx, view, garden) {
  const { width, height } = view;
  if (!garden.night && !garden.rain) return;
  const glow = ctx.createRadialGradient(width * 0.42, height * 0.45, Math.min(width, height) * 0.15, width * 0.45, height * 0.5, Math.max(width, height) * 0.75);
  glow.addColorStop(0, garden.night ? 'rgba(190,205,255,.16)' : 'rgba(255,255,255,.05)');
  glow.addColorStop(1, garden.night ? 'rgba(8,10,40,.42)' : 'rgba(20,35,50,.22)');
  ctx.fillStyle = glow;
  ctx.fillRect(0, 0, width, height);
}

/** Bakes the still part of the picture for a garden, as `spec` names it. */
export function bakeBoard(view, { garden, gardenId, level }) {
  const canvas = workbench(Math.round(view.width * view.dpr), Math.round(view.height * view.dpr));
  const ctx = canvas.getContext('2d', { alpha: false });
  const random = createRandom(level * 77 + 5);
  const mood = moods[gardenId];
  const length = view.tall ? view.height : view.width;
  const breadth = view.tall ? view.width : view.height;
  ctx.scale(view.dpr, view.dpr);
  ctx.save();
  laneSpace(ctx, view);
  grass(ctx, view, mood, random, length, breadth);
  for (let lane = 0; lane < LANES; lane++) {
    if (garden.water?.includes(lane)) pond(ctx, view, random, lane);
    else bed(ctx, view, mood, random, lane);
  }
  for (const [lane, cell] of garden.stones ?? []) flagstone(ctx, view, random, lane, cell);
  yard(ctx, view, random, breadth);
  edges(ctx, view, mood, random, length, breadth);
  ctx.restore();
  if (mood.tint) {
    ctx.fillStyle = mood.tint;
    ctx.fillRect(0, 0, view.width, view.height);
  }
  light(ctx, view, garden);
  return finished(canvas);
}
