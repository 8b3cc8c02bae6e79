import { oval } from './brush.js';
import { place } from './view.js';

const MOST = 180;
const colours = {
  hip: '#e0393e', nectar: '#f2ac2c', needle: '#c06ad8', seed: '#7f7bea', oil: '#3b3340', brass: '#e7b445', soil: '#7a5233', leaf: '#63b04c',
  spore: '#f6f08a', petal: '#f0559a', dew: '#8fd6f5', steam: '#ffffff', tin: '#c9d2dc', red: '#e0445e', water: '#9ad4f0',
};

/** What each thing that the rules tell looks like. */
const told = {
  plant: (fx, view, e) => fx.burst(view, e.lane, e.x, 'soil', 10, 1.4),
  dig: (fx, view, e) => fx.burst(view, e.lane, e.x, 'soil', 12, 1.6),
  hit: (fx, view, e) => fx.burst(view, e.lane, e.x, e.shell && e.kind !== 'needle' ? 'tin' : e.kind, 4, 1.6, 'dot', 0.05),
  shell: (fx, view, e) => fx.burst(view, e.lane, e.x, 'tin', 12, 2.6, 'gear', 0.08),
  eaten: (fx, view, e) => fx.burst(view, e.lane, e.x, 'leaf', 14, 1.8, 'leaf', 0.09),
  sting: (fx, view, e) => fx.burst(view, e.lane, e.x + 0.5, 'leaf', 3, 2, 'leaf', 0.05),
  splash: (fx, view, e) => fx.burst(view, e.lane, e.x, 'oil', 6, 1.5),
  rise: (fx, view, e) => fx.burst(view, e.lane, e.x, 'soil', 18, 2.2),
  unload: (fx, view, e) => fx.burst(view, e.lane, e.x, 'steam', 12, 1.4, 'dot', 0.12),
  defeat(fx, view, e) {
    fx.fall(e);
    fx.burst(view, e.lane, e.x, 'brass', 8, 2.4, 'gear', 0.07);
  },
  burst(fx, view, e) {
    fx.wave('burst', e.lane, e.x, 0.55);
    fx.burst(view, e.lane, e.x, 'spore', 26, 5, 'dot', 0.1);
    fx.burst(view, e.lane, e.x, 'petal', 14, 4, 'leaf', 0.1);
    if (!fx.calm) fx.shake = 0.3;
  },
  blast(fx, view, e) {
    fx.wave('blast', e.lane, e.x, 0.7);
    if (!fx.calm) fx.shake = 0.25;
  },
  puff(fx, view, e) {
    fx.wave('puff', e.lane, e.x, 0.6);
    fx.burst(view, e.lane, e.x, 'steam', 24, 4.5, 'leaf', 0.06);
  },
  snap: (fx, view, e) => fx.burst(view, e.lane, e.x, 'red', 10, 1.8, 'dot', 0.06),
  whirl: (fx, view, e) => fx.burst(view, e.lane, e.x, 'steam', 8, 2.2, 'dot', 0.05),
  spring(fx, view, e) {
    fx.burst(view, e.lane, e.x - 0.4, 'red', 12, 2.4, 'gear', 0.07);
    if (!fx.calm) fx.shake = 0.15;
  },
  tap: (fx, view, e) => fx.burst(view, e.lane, e.x, e.hit ? 'brass' : 'soil', e.hit ? 7 : 3, 1.8, 'dot', 0.05),
  collect(fx, view, e) {
    fx.burst(view, e.drop.lane, e.drop.x, 'dew', e.bonus ? 18 : 6, e.bonus ? 2.4 : 1.2, 'dot', 0.05);
  },
};

/** What flies, sparkles and fades: fixed pools, so that a busy moment makes no rubbish. */
export class Effects {
  constructor(calm) {
    this.calm = calm;
    this.bits = Array.from({ length: MOST }, () => ({ life: 0, most: 1, x: 0, y: 0, vx: 0, vy: 0, r: 1, fill: '', spin: 0, shape: 'dot' }));
    this.waves = Array.from({ length: 12 }, () => ({ life: 0, most: 1, lane: 0, x: 0, kind: '' }));
    this.fallen = Array.from({ length: 40 }, () => ({ life: 0, kind: '', lane: 0, x: 0 }));
    this.nextBit = this.nextWave = this.nextFallen = this.shake = 0;
  }

  burst(view, lane, x, fill, count, speed, shape = 'dot', size = 0.06) {
    place(view, lane, x);
    const n = this.calm ? Math.ceil(count / 3) : count;
    for (let i = 0; i < n; i++) {
      const bit = this.bits[(this.nextBit = (this.nextBit + 1) % MOST)];
      const angle = Math.random() * Math.PI * 2;
      const v = speed * (0.4 + Math.random() * 0.6) * view.size;
      bit.life = bit.most = 0.35 + Math.random() * 0.35;
      bit.x = view.x; bit.y = view.y; bit.vx = Math.cos(angle) * v; bit.vy = Math.sin(angle) * v;
      bit.r = size * view.size * (0.6 + Math.random() * 0.6); bit.fill = colours[fill]; bit.shape = shape; bit.spin = Math.random() * 6;
    }
  }

  wave(kind, lane, x, most) {
    const one = this.waves[(this.nextWave = (this.nextWave + 1) % this.waves.length)];
    one.kind = kind; one.lane = lane; one.x = x; one.life = one.most = most;
  }

  fall({ kind, lane, x }) {
    const one = this.fallen[(this.nextFallen = (this.nextFallen + 1) % this.fallen.length)];
    one.kind = kind; one.lane = lane; one.x = x; one.life = 1.1;
  }

  /** Takes in one thing that the rules told. */
  take(view, event) { told[event.type]?.(this, view, event); }

  /** How far the picture shakes now, in cells. */
  shaking() { return this.shake > 0 ? Math.sin(this.shake * 70) * this.shake * 0.12 : 0; }

  step(seconds) {
    this.shake = Math.max(0, this.shake - seconds);
    for (const bit of this.bits) {
      if (bit.life <= 0) continue;
      bit.life -= seconds;
      bit.x += bit.vx * seconds; bit.y += bit.vy * seconds;
      bit.vx *= 0.94; bit.vy = bit.vy * 0.94 + seconds * 60;
      bit.spin += seconds * 8;
    }
    for (const one of this.waves) one.life = Math.max(0, one.life - seconds);
    for (const one of this.fallen) one.life = Math.max(0, one.life - seconds);
  }

  drawBits(ctx) {
    for (const bit of this.bits) {
      if (bit.life <= 0) continue;
      ctx.globalAlpha = Math.min(1, (bit.life / bit.most) * 1.6);
      ctx.fillStyle = bit.fill;
      if (bit.shape === 'dot') {
        ctx.beginPath();
        ctx.arc(bit.x, bit.y, bit.r, 0, 6.283);
        ctx.fill();
      } else if (bit.shape === 'leaf') {
        ctx.beginPath();
        ctx.ellipse(bit.x, bit.y, bit.r, bit.r * 0.45, bit.spin, 0, 6.283);
        ctx.fill();
      } else {
        ctx.lineWidth = bit.r * 0.5;
        ctx.strokeStyle = bit.fill;
        ctx.setLineDash([bit.r * 0.6, bit.r * 0.35]);
        ctx.beginPath();
        ctx.arc(bit.x, bit.y, bit.r * 0.8, bit.spin, bit.spin + 6.283);
        ctx.stroke();
        ctx.setLineDash([]);
      }
    }
    ctx.globalAlpha = 1;
  }

  drawWaves(ctx, view) {
    for (const one of this.waves) {
      if (one.life <= 0) continue;
      const done = 1 - one.life / one.most;
      place(view, one.lane, one.x);
      ctx.globalAlpha = 1 - done;
      if (one.kind !== 'blast') {
        const [fill, ink] = one.kind === 'burst' ? ['rgba(250,240,140,.55)', '#f7c531'] : ['rgba(255,255,255,.45)', '#ffffff'];
        oval(ctx, view.x, view.y, view.size * (0.3 + done * 1.5), view.size * (0.3 + done * 1.5), fill, view.size * 0.06, ink);
      } else {
        for (let i = 0; i < 5; i++) {
          place(view, one.lane, one.x + (done * 1.25 + i * 0.12) * 9 - 1);
          if (view.x > view.width || view.y < 0) continue;
          ctx.lineWidth = view.size * 0.09;
          ctx.strokeStyle = i % 2 ? '#ffe1b0' : '#f4792b';
          ctx.beginPath();
          ctx.arc(view.x, view.y, view.size * 0.42, view.aim - 0.9, view.aim + 0.9);
          ctx.stroke();
        }
      }
    }
    ctx.globalAlpha = 1;
  }
}
