import { COLUMNS, ROWS } from '../rules/catalog.js';
import { createRandom } from '../rules/random.js';
import { INK, box, oval, shape, stroke } from './pen.js';

/** Colours of the maps. */
export const THEMES = {
  garden: {
    ground: ['#a5d96c', '#9bd163'], plot: 'rgba(255,255,255,0.22)', edge: '#b98a4e', road: '#ecc98c', worn: '#f6dca8',
    pebble: '#d3aa68', tuft: '#6fae42', flowers: ['#ffffff', '#ffd34d', '#f79ac0'], page: '#4f8f3a',
  },
  orchard: {
    ground: ['#e2bd5a', '#d9b24f'], plot: 'rgba(255,246,214,0.26)', edge: '#8a4f2c', road: '#c9854f', worn: '#d99b66',
    pebble: '#a9683b', tuft: '#a98a2b', flowers: ['#d9482b', '#f08c2e', '#b03a2e'], page: '#8a5a26',
  },
  moonlit: {
    ground: ['#3c6a78', '#376370'], plot: 'rgba(190,230,255,0.13)', edge: '#29405c', road: '#8d8fb8', worn: '#a3a5cc',
    pebble: '#6f719c', tuft: '#5592a0', flowers: ['#ffe98a', '#b7f0ff', '#d9b8ff'], page: '#1f3a4a',
  },
  pond: {
    ground: ['#7cc9a0', '#72c097'], plot: 'rgba(255,255,255,0.2)', edge: '#7d8a5a', road: '#d8d3a0', worn: '#e8e5bc',
    pebble: '#b3ae78', tuft: '#4a9a76', flowers: ['#ffffff', '#ff9ec4', '#ffe27a'], page: '#2b6a66',
  },
  ridge: {
    ground: ['#c3b89a', '#b9ae90'], plot: 'rgba(255,255,255,0.2)', edge: '#7a6550', road: '#a98f73', worn: '#bda688',
    pebble: '#84705a', tuft: '#8d9a5a', flowers: ['#ffffff', '#c9a2e0', '#f4e27a'], page: '#5a4d3e',
  },
  frost: {
    ground: ['#dbeaf2', '#cfe1eb'], plot: 'rgba(255,255,255,0.45)', edge: '#8a9fae', road: '#b9a893', worn: '#cdbfae',
    pebble: '#97877a', tuft: '#9fc3cf', flowers: ['#ffffff', '#bfe4ff', '#e8f6ff'], page: '#3d5f78',
  },
};

/** Where a cell lies on the screen: maps are turned on their side for upright screens. */
export const across = (view, x, y) => (view.turned ? y : x);
export const down = (view, x, y) => (view.turned ? x : y);

function lines(c, map, view, colour, width) {
  c.strokeStyle = colour;
  c.lineWidth = width;
  c.lineJoin = c.lineCap = 'round';
  for (const { corners } of map.paths) {
    c.beginPath();
    for (const [x, y] of corners) c.lineTo(across(view, x, y) + 0.5, down(view, x, y) + 0.5);
    c.stroke();
  }
}

function tuft(c, x, y, colour) {
  stroke(c, `M${x} ${y} l-0.05 -0.13 M${x} ${y} l0 -0.17 M${x} ${y} l0.05 -0.13`, colour, 0.028);
}

function scatter(c, map, view, theme, random) {
  for (let i = 0; i < 90; i++) {
    const x = random() * (view.columns - 0.3) + 0.15;
    const y = random() * (view.rows - 0.4) + 0.25;
    const colour = theme.flowers[Math.floor(random() * 3)];
    const key = view.turned ? `${Math.floor(y)},${Math.floor(x)}` : `${Math.floor(x)},${Math.floor(y)}`;
    if (map.road.has(key)) continue;
    if (i % 3) tuft(c, x, y, theme.tuft);
    else if (map.id === 'orchard') {
      c.save();
      c.translate(x, y);
      c.rotate(random() * 6);
      c.scale(0.01, 0.01);
      shape(c, 'M-8 0 Q0 -7 9 0 Q0 7 -8 0 Z', colour, 0);
      c.restore();
    } else {
      for (let p = 0; p < 5; p++) oval(c, x + Math.cos(p * 1.257) * 0.035, y + Math.sin(p * 1.257) * 0.035, 0.026, 0.026, colour, 0);
      oval(c, x, y, 0.022, 0.022, '#f4a92c', 0);
    }
  }
}

function pebbles(c, map, view, theme, random) {
  for (const spot of map.road) {
    const [x, y] = spot.split(',').map(Number);
    for (let i = 0; i < 3; i++) {
      const r = 0.02 + random() * 0.03;
      oval(c, across(view, x, y) + 0.25 + random() * 0.5, down(view, x, y) + 0.25 + random() * 0.5, r * 1.3, r, theme.pebble, 0);
    }
  }
}

function burrow(c) {
  oval(c, 0, 6, 44, 34, '#9a6b3f');
  for (const [x, y] of [[-34, 14], [30, 20], [0, 34], [-18, 30], [18, 33]]) oval(c, x, y, 9, 7, '#b5834f', 2);
  oval(c, 0, 2, 32, 24, '#2c1d14', 0);
  oval(c, 0, 7, 25, 17, '#170e09', 0);
}

function bed(c) {
  oval(c, 0, 22, 46, 26, '#7b4f30');
  oval(c, 0, 19, 38, 19, '#8f6040', 0);
  for (const [x, y] of [[-24, 22], [20, 26], [-4, 32]]) oval(c, x, y, 5, 3, '#6a4127', 0);
}

function inCell(c, view, x, y, paint) {
  c.save();
  c.translate(across(view, x, y) + 0.5, down(view, x, y) + 0.5);
  c.scale(0.01, 0.01);
  paint(c);
  c.restore();
}

/** Paints a map's ground, path, burrows and the carrot's bed, one unit a cell. */
export function paintGround(c, map, view) {
  const theme = THEMES[map.id];
  const random = createRandom(map.id.length * 77 + 5);
  for (let y = 0; y < ROWS; y++) {
    for (let x = 0; x < COLUMNS; x++) {
      c.fillStyle = theme.ground[(x + y) % 2];
      c.fillRect(across(view, x, y), down(view, x, y), 1.02, 1.02);
    }
  }
  for (let y = 0; y < ROWS; y++) {
    for (let x = 0; x < COLUMNS; x++) {
      if (!map.road.has(`${x},${y}`)) box(c, across(view, x, y) + 0.07, down(view, x, y) + 0.07, 0.86, 0.86, 0.18, theme.plot, 0);
    }
  }
  scatter(c, map, view, theme, random);
  lines(c, map, view, 'rgba(30,20,10,0.18)', 0.94);
  lines(c, map, view, theme.edge, 0.84);
  lines(c, map, view, theme.road, 0.74);
  lines(c, map, view, theme.worn, 0.4);
  pebbles(c, map, view, theme, random);
  for (const { corners } of map.paths) inCell(c, view, corners[0][0], corners[0][1], burrow);
  inCell(c, view, map.carrot[0], map.carrot[1], bed);
}

// Where the teeth go, one after another; the tip first, the face last.
const BITES = [[26, 4], [2, 39], [-25, 8], [14, 29], [-12, 29], [30, -9], [2, 25], [18, 15], [-17, 14]];

function face(c, lives) {
  const worried = lives <= 6;
  for (const x of [-8, 8]) {
    oval(c, x, -8, 4.5, worried ? 6.5 : 5.5, '#fff', 2);
    oval(c, x, worried ? -10 : -7, 2.2, 3, INK, 0);
  }
  if (lives > 6) shape(c, 'M-7 3 Q0 12 7 3 Z', '#a3322a', 2);
  else oval(c, 0, 7, 4, lives > 3 ? 2.5 : 5, '#a3322a', 2);
  if (worried) stroke(c, 'M-15 -18 L-6 -20 M15 -18 L6 -20', INK, 2.5);
  else for (const x of [-15, 15]) oval(c, x, 1, 4, 2.8, 'rgba(255,120,110,0.7)', 0);
}

/** Takes bites out of what is drawn so far. The rims come before the holes, so that bites that meet leave no scraps. */
function bite(c, count) {
  for (const [mode, more, colour] of [['source-atop', 4.5, '#ffd9a8'], ['source-atop', 2.4, INK], ['destination-out', 0, '#000']]) {
    c.globalCompositeOperation = mode;
    for (const [x, y] of BITES.slice(0, count)) {
      for (const [dx, dy, r] of [[0, 0, 8.5], [-6, -5, 5.5], [6, -5, 5.5], [-6, 5, 5.5], [6, 5, 5.5]]) oval(c, x + dx, y + dy, r + more, r + more, colour, 0);
    }
  }
  c.globalCompositeOperation = 'source-over';
}

/** Leaves no more than the top of the carrot. */
function leaveStub(c) {
  for (const [mode, down, colour] of [['source-atop', 0, '#ffd9a8'], ['source-atop', 3, INK], ['destination-out', 5.5, '#000']]) {
    c.globalCompositeOperation = mode;
    for (const x of [-21, -7, 7, 21]) oval(c, x, down, 8, 13, colour, 0);
    c.fillStyle = colour;
    c.fillRect(-50, down, 100, 100);
  }
  c.globalCompositeOperation = 'source-over';
}

/** The carrot, with a bite gone for each life lost. */
export function paintCarrot(c, lives) {
  c.save();
  c.translate(0, 3);
  c.scale(0.93, 0.93);
  const green = [['M0 -24 Q-26 -34 -24 -49 Q-8 -46 0 -28 Z', '#4f9e3a'], ['M0 -24 Q26 -34 24 -49 Q8 -46 0 -28 Z', '#5db345'], ['M0 -22 Q-9 -38 0 -50 Q9 -38 0 -22 Z', '#7ccc5a']];
  const kept = lives > 6 ? 3 : lives > 3 ? 2 : 1;
  for (const [d, fill] of green.slice(3 - kept)) shape(c, d, fill);
  const layer = document.createElement('canvas');
  layer.width = layer.height = 200;
  const b = layer.getContext('2d');
  b.scale(2, 2);
  b.translate(50, 50);
  shape(b, 'M0 -26 Q28 -28 27 -8 Q24 18 8 36 Q0 43 -8 36 Q-24 18 -27 -8 Q-28 -28 0 -26 Z', '#f4812a');
  shape(b, 'M-20 -12 Q-18 -22 -8 -22 Q-14 -8 -10 18 Q-18 4 -20 -12 Z', '#ffa557', 0);
  stroke(b, 'M12 14 L20 12 M-17 6 L-9 8 M6 25 L12 24 M14 -18 L22 -17', '#c95f16', 2.5);
  if (lives > 0) bite(b, 10 - lives);
  else leaveStub(b);
  c.drawImage(layer, -50, -50, 100, 100);
  if (lives > 0) face(c, lives);
  c.restore();
}
