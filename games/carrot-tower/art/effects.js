import { star } from './pen.js';
import { across, down } from './scene.js';

// what happened -> [seconds it is seen, how it is drawn]
const LIVES = {
  hit: 0.22, blast: 0.5, mist: 0.8, chain: 0.4, gust: 0.45, beaten: 0.8, bite: 0.9, built: 0.45, upgraded: 0.7, sold: 0.8, cleared: 0.9, call: 0.6,
  hail: 0.7, freeze: 1.2, heal: 0.7, roar: 0.7, apple: 0.5, weed: 0.6, dug: 0.6,
};

function ring(c, x, y, r, colour, width) {
  c.strokeStyle = colour;
  c.lineWidth = width;
  c.beginPath();
  c.arc(x, y, r, 0, 7);
  c.stroke();
}

function bits(c, x, y, part, colour, count, far, size) {
  c.fillStyle = colour;
  for (let i = 0; i < count; i++) {
    const a = (i / count) * 6.283 + 0.4;
    const r = far * (0.3 + 0.7 * Math.sqrt(part));
    c.beginPath();
    c.arc(x + Math.cos(a) * r, y + Math.sin(a) * r, size * (1 - part), 0, 7);
    c.fill();
  }
}

function label(c, x, y, part, text, colour) {
  c.save();
  c.translate(x, y - 0.25 - part * 0.45);
  // Browsers round tiny font sizes, so text is set large and scaled down.
  c.scale(0.01, 0.01);
  c.font = '800 30px system-ui, sans-serif';
  c.textAlign = 'center';
  c.lineWidth = 7;
  c.lineJoin = 'round';
  c.strokeStyle = 'rgba(40,25,15,0.85)';
  c.strokeText(text, 0, 0);
  c.fillStyle = colour;
  c.fillText(text, 0, 0);
  c.restore();
}

function bees(c, effect, part, view) {
  const points = effect.detail;
  c.strokeStyle = 'rgba(255, 214, 64, 0.8)';
  c.lineWidth = 0.06;
  c.lineJoin = 'round';
  c.beginPath();
  for (const [x, y] of points) c.lineTo(across(view, x, y) + 0.5, down(view, x, y) + 0.5);
  c.stroke();
  const legs = points.length - 1;
  for (let i = 0; i < 3; i++) {
    const along = Math.min(legs - 0.001, Math.max(0, (part * 1.3 - i * 0.09) * legs));
    const at = Math.floor(along);
    const [ax, ay] = points[at];
    const [bx, by] = points[at + 1];
    const x = ax + (bx - ax) * (along - at);
    const y = ay + (by - ay) * (along - at) + Math.sin(part * 40 + i) * 0.07;
    c.fillStyle = '#3b2a20';
    c.beginPath();
    c.arc(across(view, x, y) + 0.5, down(view, x, y) + 0.5, 0.09, 0, 7);
    c.fill();
    c.fillStyle = '#ffd23f';
    c.beginPath();
    c.arc(across(view, x, y) + 0.5, down(view, x, y) + 0.5, 0.06, 0, 7);
    c.fill();
  }
}

function wind(c, x, y, effect, part, view) {
  const aim = view.turned ? Math.PI / 2 - effect.detail : effect.detail;
  c.lineCap = 'round';
  c.strokeStyle = 'rgba(255,255,255,0.85)';
  c.lineWidth = 0.06;
  for (let i = 1; i <= 3; i++) {
    const r = effect.amount * Math.min(1, part * 1.2) * (i / 3);
    c.beginPath();
    c.arc(x, y, r, aim - 0.55, aim + 0.55);
    c.stroke();
  }
}

const painters = {
  hit: (c, x, y, e, part) => bits(c, x, y - 0.1, part, '#c8f08f', 5, 0.28, 0.08),
  blast(c, x, y, e, part) {
    c.fillStyle = `rgba(255, 160, 60, ${0.5 * (1 - part)})`;
    c.beginPath();
    c.arc(x, y, e.amount * Math.min(1, 0.4 + part), 0, 7);
    c.fill();
    bits(c, x, y, part, '#f08c2e', 9, e.amount, 0.13);
    bits(c, x, y, part, '#ffe9a8', 5, e.amount * 0.6, 0.08);
  },
  mist(c, x, y, e, part) {
    c.fillStyle = `rgba(130, 240, 200, ${0.3 * (1 - part)})`;
    c.beginPath();
    c.arc(x, y, e.amount * (0.3 + 0.7 * Math.sqrt(part)), 0, 7);
    c.fill();
    bits(c, x, y, part, 'rgba(220,255,240,0.9)', 8, e.amount * 0.9, 0.1);
  },
  chain: (c, x, y, e, part, view) => bees(c, e, part, view),
  gust: (c, x, y, e, part, view) => wind(c, x, y, e, part, view),
  beaten(c, x, y, e, part) {
    bits(c, x, y, part, 'rgba(255,250,235,0.95)', 7, 0.42, 0.14);
    label(c, x, y, part, `+${e.amount}`, '#ffe27a');
  },
  bite(c, x, y, e, part) {
    bits(c, x, y, part, '#f4812a', 8, 0.7, 0.12);
    label(c, x, y, part, `-${e.amount}`, '#ff9c8a');
  },
  built: (c, x, y, e, part) => bits(c, x, y + 0.25, part, 'rgba(150,110,70,0.8)', 8, 0.6, 0.13),
  upgraded(c, x, y, e, part) {
    ring(c, x, y, 0.3 + part * 0.5, 'rgba(255,226,122,0.9)', 0.07 * (1 - part));
    for (let i = 0; i < 5; i++) star(c, x + Math.cos(i * 1.257 - 1.57) * (0.3 + part * 0.4), y + Math.sin(i * 1.257 - 1.57) * (0.3 + part * 0.4), 0.12 * (1 - part) + 0.01, '#ffe27a', 0.02);
  },
  sold: (c, x, y, e, part) => label(c, x, y, part, `+${e.amount}`, '#ffe27a'),
  cleared(c, x, y, e, part) {
    bits(c, x, y, part, '#b5834f', 9, 0.7, 0.15);
    label(c, x, y, part, `+${e.amount}`, '#ffe27a');
  },
  hail(c, x, y, e, part) {
    c.fillStyle = `rgba(200, 235, 255, ${0.35 * (1 - part)})`;
    c.beginPath();
    c.arc(x, y, e.amount, 0, 7);
    c.fill();
    for (let i = 0; i < 16; i++) {
      const a = i * 2.4;
      const r = e.amount * Math.sqrt((i + 0.5) / 16);
      const fall = Math.max(0, 1 - part * 2.2 - (i % 4) * 0.06);
      c.fillStyle = i % 3 ? '#ffffff' : '#bfe8ff';
      c.beginPath();
      c.arc(x + Math.cos(a) * r + fall * 0.4, y + Math.sin(a) * r - fall * 2.2, 0.09 * (1 - part * 0.5), 0, 7);
      c.fill();
    }
  },
  freeze(c, x, y, e, part) {
    c.fillStyle = `rgba(190, 230, 255, ${0.4 * (1 - part)})`;
    c.fillRect(-1, -1, 20, 20);
    ring(c, x, y, part * 8, 'rgba(255,255,255,0.8)', 0.12 * (1 - part) + 0.01);
  },
  heal(c, x, y, e, part) {
    ring(c, x, y, e.amount * part, 'rgba(110, 230, 130, 0.8)', 0.08 * (1 - part) + 0.01);
    c.fillStyle = '#6fe08a';
    for (let i = 0; i < 4; i++) {
      const px = x + Math.cos(i * 1.6) * 0.4;
      const py = y - part * 0.6 + Math.sin(i * 1.6) * 0.25;
      c.fillRect(px - 0.09, py - 0.03, 0.18, 0.06);
      c.fillRect(px - 0.03, py - 0.09, 0.06, 0.18);
    }
  },
  roar(c, x, y, e, part) {
    for (const shift of [0, 0.25]) ring(c, x, y, e.amount * Math.max(0, part - shift), 'rgba(255, 120, 80, 0.8)', 0.1 * (1 - part) + 0.01);
  },
  apple(c, x, y, e, part, view) {
    const [tx, ty] = e.detail;
    const fx = across(view, tx, ty) + 0.5;
    const fy = down(view, tx, ty) + 0.2;
    const far = Math.min(1, part * 2);
    c.fillStyle = '#e0402f';
    c.beginPath();
    c.arc(fx + (x - fx) * far, fy + (y - fy) * far - Math.sin(far * 3.14) * 0.4, 0.13, 0, 7);
    c.fill();
    if (far === 1) bits(c, x, y, part * 2 - 1, '#ffd0b0', 6, 0.5, 0.09);
  },
  weed: (c, x, y, e, part) => bits(c, x, y, part, '#b77fd0', 7, 0.5, 0.1),
  dug: (c, x, y, e, part) => bits(c, x, y, part, '#7b5236', 9, 0.6, 0.13),
  call: (c, x, y, e, part) => ring(c, x, y, part * 1.2, 'rgba(255,210,90,0.8)', 0.08 * (1 - part)),
};

/** A pool of short-lived effects, fed with the events of the rules and drawn in cell units. */
export function createEffects() {
  const pool = Array.from({ length: 90 }, () => ({ what: '', x: 0, y: 0, age: 0, life: 0, detail: null, amount: 0 }));
  let next = 0;
  return {
    add(event) {
      const life = LIVES[event.what];
      if (!life) return;
      const effect = pool[next];
      next = (next + 1) % pool.length;
      Object.assign(effect, event, { age: 0, life });
    },
    draw(c, view, seconds) {
      for (const effect of pool) {
        if (effect.age >= effect.life) continue;
        effect.age += seconds;
        const part = Math.min(1, effect.age / effect.life);
        c.globalAlpha = part > 0.6 ? (1 - part) / 0.4 : 1;
        painters[effect.what](c, across(view, effect.x, effect.y) + 0.5, down(view, effect.x, effect.y) + 0.5, effect, part, view);
      }
      c.globalAlpha = 1;
    },
    clear() {
      for (const effect of pool) effect.age = effect.life;
    },
  };
}
