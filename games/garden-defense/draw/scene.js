import { CELLS, INVADERS, PLANTS, STEP } from '../rules/data.js';
import { bakeBoard } from './board.js';
import { ball, INK, line, oval } from './brush.js';
import { KEYS, SIZES } from './invaders.js';
import { createSprites, GAIT, put, stamp, TURNED } from './sprites.js';
import { place } from './view.js';
import { drawWeather } from './weather.js';

/** Draws a game: the baked board, then everything that moves. Made anew when the stage changes its size. */
export class Scene {
  constructor(ctx, view, spec, effects, calm) {
    Object.assign(this, { ctx, view, effects, calm, size: view.size, board: bakeBoard(view, spec), sprites: createSprites(view), cold: [] });
  }

  /** Lists the sprites that a game will want; `warm` bakes them one by one, so that none is baked in a busy moment. */
  expect(plants, toys) {
    const { sprites } = this;
    for (const kind of plants) this.cold.push(() => sprites.plant(kind, 0, ''), () => sprites.plant(kind, 0, 'flash'), () => sprites.plant(kind, 1, ''), () => sprites.plant(kind, 2, ''));
    for (const kind of toys) {
      for (let frame = 0; frame < GAIT; frame++) for (const tint of ['', 'flash']) this.cold.push(() => sprites.invader(kind, frame, true, false, tint));
      this.cold.push(() => sprites.invader(kind, 0, false, false, ''));
    }
  }

  warm() { this.cold.shift()?.(); }

  /** An oval from a baked picture: a path for each would be rasterized anew in every frame. */
  shadow(x, y, rx, ry) {
    put(this.ctx, this.view, this.sprites.shade(rx, ry), x, y, rx * 2, ry * 2);
  }

  plant(one, now) {
    const { ctx, view, size, sprites, calm } = this;
    const data = PLANTS[one.kind];
    place(view, one.lane, one.x);
    const worn = one.health > one.most * 0.66 ? 0 : one.health > one.most * 0.33 ? 1 : 2;
    const young = Math.max(0, Math.min(1, (now - one.born) / 0.25));
    const acted = Math.max(0, 1 - (now - one.acted) / 0.25);
    const sway = calm ? 0 : Math.sin(now * 2.2 + one.id * 1.7) * 0.025;
    let grown = (0.5 + 0.5 * young) * 0.92;
    if (data.fuse) grown *= 1 + 0.3 * (1 - Math.max(0, one.wait) / data.fuse);
    if (data.job === 'grow' && one.wait < 1.2) grown *= 1 + 0.08 * (1.2 - one.wait);
    const back = acted * 0.07 * size * (data.job === 'shoot' ? 1 : 0);
    const shiver = now - one.bitten < 0.1 && !calm ? Math.sin(now * 60) * 0.02 * size : 0;
    const x = view.x - Math.cos(view.aim) * back + shiver;
    const y = view.y - Math.sin(view.aim) * back;
    this.shadow(view.x, view.y + size * 0.3, size * 0.34 * young, size * 0.14 * young);
    // A tired plant droops.
    const droop = 0.8 + 0.2 * one.vigour;
    const width = size * grown * (1 + sway + acted * 0.06);
    const height = size * grown * droop * (1 - sway + (data.job === 'sting' || data.job === 'trap' ? acted * 0.1 : -acted * 0.04));
    stamp(ctx, view, sprites.plant(one.kind, worn, now - one.bitten < 0.06 ? 'flash' : '', width, height), x, y, width, height);
    if (one.health < one.most * 0.95) this.bar(view.x, view.y + size * 0.42, one.health / one.most, '#7bd05a');
    if (one.vigour < 0.95) this.bar(view.x, view.y + size * 0.5, one.vigour, one.vigour < 0.5 ? '#f0a23a' : '#6fc3ee');
  }

  pads(ground) {
    const { ctx, view, size, sprites } = this;
    for (let i = 0; i < ground.length; i++) {
      if (ground[i] !== 'pad') continue;
      place(view, Math.floor(i / CELLS), (i % CELLS) + 0.5);
      stamp(ctx, view, sprites.plant('lily', 0, '', size * 1.02), view.x, view.y + size * 0.06, size * 1.02);
    }
  }

  /** Bells at the far end of the lanes in which something comes. */
  bells(lanes, now) {
    const { ctx, view, size } = this;
    for (const lane of lanes) {
      place(view, lane, CELLS + 0.12 + (this.calm ? 0 : 0.05 * Math.sin(now * 8)));
      ball(ctx, view.x, view.y, size * 0.15, '#fff3b0', '#d99a1c', size * 0.03);
      oval(ctx, view.x, view.y + size * 0.1, size * 0.045, size * 0.045, INK, 0);
    }
  }

  bar(x, y, share, fill) {
    const { ctx, size } = this;
    const wide = size * 0.6;
    ctx.fillStyle = 'rgba(40,25,20,.7)';
    ctx.fillRect(x - wide / 2 - 1, y - 1, wide + 2, size * 0.06 + 2);
    ctx.fillStyle = fill;
    ctx.fillRect(x - wide / 2, y, wide * Math.max(0, share), size * 0.06);
  }

  barrel(one, alpha) {
    const { ctx, view, size, sprites } = this;
    if (one.state === 'gone') return;
    const x = one.px + (one.x - one.px) * alpha;
    place(view, one.lane, x);
    this.shadow(view.x, view.y + size * 0.06, size * 0.34, size * 0.34);
    put(ctx, view, sprites.barrel(x * 3), view.x, view.y, size, size);
  }

  key(kind, x, y, width, turn, alpha) {
    const { ctx, view, sprites } = this;
    const [along, share] = KEYS[kind];
    const turned = sprites.heading;
    ctx.globalAlpha = alpha;
    stamp(ctx, view, sprites.key(kind, turn), x + Math.cos(turned) * along * width, y + Math.sin(turned) * along * width, width * share * TURNED);
    ctx.globalAlpha = 1;
  }

  flag(x, y, now) {
    const { ctx, size } = this;
    line(ctx, [[x, y], [x, y - size * 0.62]], size * 0.045);
    ctx.beginPath();
    ctx.moveTo(x, y - size * 0.62);
    for (let i = 1; i <= 4; i++) ctx.lineTo(x + size * 0.1 * i, y - size * (0.62 - 0.02 * Math.sin(now * 6 + i)));
    for (let i = 4; i >= 0; i--) ctx.lineTo(x + size * 0.1 * i, y - size * (0.36 - 0.02 * Math.sin(now * 6 + i)));
    ctx.closePath();
    ctx.fillStyle = '#e8403f';
    ctx.fill();
    ctx.lineWidth = size * 0.025;
    ctx.strokeStyle = INK;
    ctx.stroke();
    oval(ctx, x + size * 0.2, y - size * 0.49, size * 0.06, size * 0.06, '#ffe38a', 0);
  }

  mound(x, y, now, id) {
    const { ctx, size } = this;
    for (let i = 0; i < 5; i++) {
      const angle = i * 1.3 + id;
      const r = size * (0.1 + 0.025 * Math.sin(now * 9 + i * 2));
      ball(ctx, x + Math.cos(angle) * size * 0.13, y + Math.sin(angle) * size * 0.09, r, '#b98858', '#5d3a20', size * 0.02);
    }
  }

  invader(one, alpha, now) {
    const { ctx, view, size, sprites, calm } = this;
    const data = INVADERS[one.kind];
    const x = one.px + (one.x - one.px) * alpha;
    // A little to one side or the other, so that a crowd in one lane can be told apart.
    // One that changes its lane slides over.
    const slid = Math.min(1, (now - one.since) / 0.4);
    const lane = slid < 1 ? one.was + (one.lane - one.was) * slid : one.lane;
    place(view, lane + (data.boss ? 0 : ((one.id * 3) % 5 - 2) * 0.045), x);
    const px = view.x;
    let py = view.y;
    if (one.state === 'dig') return this.mound(px, py, now, one.id);
    const width = size * SIZES[one.kind];
    let lift = data.flies ? size * (0.16 + (calm ? 0 : 0.03 * Math.sin(now * 5 + one.id))) : 0;
    const hopping = one.state === 'hop';
    if (hopping) lift = Math.sin(Math.PI * Math.min(1, Math.max(0, 1 - (one.until - now) / 0.7))) * size * 0.5;
    this.shadow(px, py + size * 0.1, width * 0.36, width * (view.tall ? 0.34 : 0.26));
    py -= lift;
    const bite = one.biting && !calm ? Math.sin(now * 16 + one.id) * 0.035 * size : 0;
    const beat = data.flies || data.haste || data.whirls ? now * 3 : one.moved * 2.4;
    const frame = Math.floor((((beat + one.id * 0.37) % 1) + 1) * GAIT) % GAIT;
    const tint = now - one.hurt < 0.07 ? 'flash' : one.slow > 0 ? 'sticky' : '';
    const rise = one.state === 'rise' ? Math.max(0.3, 1 - (one.until - now)) : 1;
    const grown = width * rise * (1 + lift / size * 0.25);
    const ahead = Math.cos(sprites.heading) * bite;
    stamp(ctx, view, sprites.invader(one.kind, frame, one.shell > 0 ? one.armour > 0 : true, hopping || one.sprung, tint, grown), px + ahead, py + Math.sin(sprites.heading) * bite, grown);
    this.key(one.kind, px + ahead, py, grown, now * (one.slow > 0 ? 1.5 : 4) + one.id, 1);
    if (one.flag) this.flag(px + size * 0.14, py - size * 0.1, now);
    if (data.boss) this.bar(px, py - size * 0.85, one.health / one.most, '#ff7b54');
  }

  fallen(one) {
    const { ctx, view, size, sprites } = this;
    const gone = 1 - one.life / 1.1;
    place(view, one.lane, one.x);
    ctx.save();
    ctx.globalAlpha = Math.min(1, one.life * 1.8);
    ctx.translate(view.x, view.y);
    ctx.rotate(gone * 0.5);
    const width = size * SIZES[one.kind] * (1 - gone * 0.15);
    stamp(ctx, view, sprites.invader(one.kind, 0, false, false, ''), 0, 0, width, width * (1 - gone * 0.35));
    ctx.restore();
    // The key runs down: quick at first, then hardly at all, and up it springs.
    place(view, one.lane, one.x);
    this.key(one.kind, view.x, view.y - gone * gone * size * 0.5, size * SIZES[one.kind], 14 * Math.sqrt(gone), Math.min(1, one.life * 1.8));
  }

  shot(one, alpha, now) {
    const { ctx, view, size } = this;
    const x = one.px + (one.x - one.px) * alpha;
    const fanned = Math.min(1, (x - one.start) / 1.2);
    place(view, one.from + (one.lane - one.from) * fanned, x);
    const r = size * 0.085;
    if (one.kind === 'needle') {
      const dx = Math.cos(view.aim) * size * 0.22;
      const dy = Math.sin(view.aim) * size * 0.22;
      line(ctx, [[view.x - dx, view.y - dy], [view.x + dx, view.y + dy]], size * 0.07, INK);
      line(ctx, [[view.x - dx, view.y - dy], [view.x + dx, view.y + dy]], size * 0.035, '#f4d8ff');
      return;
    }
    const fill = { hip: '#e0393e', nectar: '#f5b43c', seed: '#7f7bea', oil: '#3b3340' }[one.kind];
    let y = view.y;
    if (one.kind === 'oil') y -= Math.abs(Math.sin((one.start - x) * 1.1)) * size * 0.22;
    oval(ctx, view.x, y, r, r, fill, size * 0.022);
    oval(ctx, view.x - r * 0.3, y - r * 0.35, r * 0.3, r * 0.25, 'rgba(255,255,255,.8)', 0);
    if (one.kind === 'nectar') oval(ctx, view.x - Math.cos(view.aim) * r * 1.3, y - Math.sin(view.aim) * r * 1.3, r * 0.5, r * 0.5, 'rgba(245,180,60,.7)', 0);
  }

  hover(one) {
    const { ctx, view, size, sprites } = this;
    place(view, one.lane, one.cell + 0.5);
    const wide = view.tall ? view.across : view.along;
    const high = view.tall ? view.along : view.across;
    ctx.fillStyle = one.taken && one.kind !== 'trowel' ? 'rgba(220,60,50,.35)' : 'rgba(255,250,200,.4)';
    ctx.fillRect(view.x - wide / 2, view.y - high / 2, wide, high);
    if (one.taken || one.kind === 'trowel') return;
    ctx.globalAlpha = 0.55;
    stamp(ctx, view, sprites.plant(one.kind, 0, ''), view.x, view.y, size * 0.92);
    ctx.globalAlpha = 1;
  }

  /** One frame. `alpha`: how far the time has come from the last step to the next; `ghost`: what is held over which cell. */
  draw(game, alpha, ghost, bells) {
    const { ctx, view, size, board, effects } = this;
    const now = game.time - STEP * (1 - alpha);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.drawImage(board, 0, 0);
    const shake = Math.round(effects.shaking() * size * view.dpr);
    ctx.setTransform(view.dpr, 0, 0, view.dpr, shake, Math.round(shake * 0.5));
    ctx.lineCap = ctx.lineJoin = 'round';
    this.pads(game.ground);
    if (ghost) this.hover(ghost);
    for (const one of effects.fallen) if (one.life > 0) this.fallen(one);
    for (const one of game.cells) if (one) this.plant(one, now);
    for (const one of game.barrels) this.barrel(one, alpha);
    for (const one of game.invaders) if (!INVADERS[one.kind].flies && !INVADERS[one.kind].boss) this.invader(one, alpha, now);
    for (const one of game.invaders) if (INVADERS[one.kind].boss) this.invader(one, alpha, now);
    for (const one of game.shots) this.shot(one, alpha, now);
    for (const one of game.invaders) if (INVADERS[one.kind].flies) this.invader(one, alpha, now);
    effects.drawWaves(ctx, view);
    effects.drawBits(ctx);
    if (bells) this.bells(bells, now);
    drawWeather(ctx, view, game, now, this.calm);
  }
}
