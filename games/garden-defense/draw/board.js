import { CELLS, LANES } from '../rules/data.js';
import { createRandom } from '../rules/random.js';
import { oval } from './brush.js';
import { laneSpace } from './view.js';

/** The light of the day by level: grass, soil, and a tint over everything. */
const moods = [
  { grass: ['#9ccc65', '#86ba52'], soil: ['#95663f', '#875a36'], tint: null },
  { grass: ['#a6cf5e', '#8fbd4b'], soil: ['#a06f42', '#926138'], tint: 'rgba(255,240,170,.10)' },
  { grass: ['#b3bd58', '#9fa945'], soil: ['#9a6039', '#8a5330'], tint: 'rgba(255,150,60,.16)' },
  { grass: ['#7fae80', '#6c9b70'], soil: ['#8a6250', '#7d5647'], tint: 'rgba(50,55,130,.17)' },
];
export const moodOf = (level) => (level === 0 ? 2 : level <= 3 ? 0 : level <= 6 ? 1 : level <= 8 ? 2 : 3);

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

/** Bakes the still part of the picture for a level. */
export function bakeBoard(view, level) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(2, Math.round(view.width * view.dpr));
  canvas.height = Math.max(2, Math.round(view.height * view.dpr));
  const ctx = canvas.getContext('2d');
  const random = createRandom(level * 77 + 5);
  const mood = moods[moodOf(level)];
  const length = view.tall ? view.height : view.width;
  const breadth = view.tall ? view.width : view.height;
  ctx.scale(view.dpr, view.dpr);
  ctx.save();
  laneSpace(ctx, view);
  grass(ctx, view, mood, random, length, breadth);
  for (let lane = 0; lane < LANES; lane++) bed(ctx, view, mood, random, lane);
  yard(ctx, view, random, breadth);
  edges(ctx, view, mood, random, length, breadth);
  ctx.restore();
  if (mood.tint) {
    ctx.fillStyle = mood.tint;
    ctx.fillRect(0, 0, view.width, view.height);
  }
  return canvas;
}
