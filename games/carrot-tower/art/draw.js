import { COLUMNS, GLOW_REACH, LOB_TIME, NIGHT_SIGHT, POWERS, ROWS, STEP, TOWERS } from '../rules/catalog.js';
import { rangeOf } from '../rules/combat.js';
import { isUnder } from '../rules/critters.js';
import { isLit } from '../rules/terrain.js';
import { drawAmbience } from './ambience.js';
import { createEffects } from './effects.js';
import { across, down, paintGround } from './scene.js';
import { SIZES, createSprites } from './sprites.js';

/**
 * How a map lies on the screen: `turned` puts its entrance at the top.
 * @returns {{turned: boolean, columns: number, rows: number}}
 */
export function createView(turned) {
  return { turned, columns: turned ? ROWS : COLUMNS, rows: turned ? COLUMNS : ROWS };
}

function bar(c, x, y, width, part, colour) {
  c.fillStyle = 'rgba(40,25,15,0.75)';
  c.fillRect(x - width / 2 - 0.025, y - 0.025, width + 0.05, 0.12);
  c.fillStyle = colour;
  c.fillRect(x - width / 2, y, width * Math.max(0, part), 0.07);
}

function range(c, x, y, r, colour) {
  c.beginPath();
  c.arc(x, y, r, 0, 7);
  c.fillStyle = colour;
  c.fill();
  c.strokeStyle = 'rgba(255,255,255,0.9)';
  c.lineWidth = 0.04;
  c.stroke();
}

function marker(c, x, y, r, time) {
  c.strokeStyle = '#e8322a';
  c.lineWidth = 0.07;
  for (let i = 0; i < 4; i++) {
    const a = i * 1.5708 + time * 1.5;
    c.beginPath();
    c.arc(x, y, r, a, a + 0.9);
    c.stroke();
  }
}

/** More device pixels than this for a CSS pixel cost frames and cannot be seen in a moving picture. */
const MOST_RATIO = 2;

/** The colours of a pea, from outline to inside. */
const PEA = ['#3b2a20', '#9be052'];

function disc(c, x, y, r, colour) {
  c.fillStyle = colour;
  c.beginPath();
  c.arc(x, y, r, 0, 7);
  c.fill();
}

/** Draws a game on a canvas. Distances are in cells; sprites are made anew whenever the cell size changes. */
export class Painter {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.c = canvas.getContext('2d', { alpha: false });
    this.effects = createEffects();
    this.ground = null;
    this.sprites = null;
    this.view = createView(false);
    this.cell = 0;
    this.time = 0;
    this.shake = 0;
    /** Whether to leave out what only moves for looks. */
    this.calm = false;
  }

  /** Fits the picture to a cell size in CSS pixels, for a map and a view. Does nothing when they are the same as before. */
  fit(map, view, cssCell, endless) {
    const ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
    const cell = Math.round(cssCell * ratio);
    const { canvas } = this;
    if (cell === this.cell && map === this.map && view === this.view) return;
    if (cell !== this.cell) this.sprites = createSprites(cell);
    this.sprites.expect(map, endless);
    this.map = map;
    this.view = view;
    this.cell = cell;
    canvas.width = this.cell * view.columns;
    canvas.height = this.cell * view.rows;
    this.ground = document.createElement('canvas');
    this.ground.width = canvas.width;
    this.ground.height = canvas.height;
    const g = this.ground.getContext('2d');
    g.scale(this.cell, this.cell);
    paintGround(g, map, view);
  }

  /** Takes note of something that happened in the rules. */
  event(event) {
    this.effects.add(event);
    if (event.what === 'bite') this.shake = 0.4;
  }

  clear() {
    this.effects.clear();
  }

  /** The middle of a place of the rules, across and down the screen. */
  midX(x, y) {
    return across(this.view, x, y) + 0.5;
  }

  midY(x, y) {
    return down(this.view, x, y) + 0.5;
  }

  /** Puts a sprite with its foot a little below x, y; squash and tilt turn about the foot. */
  put(image, x, y, size, flip = 1, squash = 0, tilt = 0) {
    const { c } = this;
    c.save();
    c.translate(x, y + 0.4);
    if (tilt) c.rotate(tilt);
    c.scale(flip * (1 + squash), 1 - squash);
    c.drawImage(image, -size / 2, -size / 2 - 0.4, size, size);
    c.restore();
  }

  drawTower(tower) {
    const { c, time } = this;
    const x = this.midX(tower.x, tower.y);
    const y = this.midY(tower.x, tower.y);
    const { kind } = tower.kind;
    const kick = tower.firedAgo < 0.18 ? 0.12 * (1 - tower.firedAgo / 0.18) : 0;
    if (kind === 'aura') {
      const breath = this.calm ? 0 : Math.sin(time * 2) * 0.04;
      disc(c, x, y - 0.1, 0.5 + breath, 'rgba(255, 214, 110, 0.2)');
      disc(c, x, y - 0.1, 0.36 + breath, 'rgba(255, 214, 110, 0.2)');
    }
    this.put(this.sprites.tower(tower.tower, tower.level), x, y - 0.04, 1, kind === 'lob' || kind === 'mist' ? tower.facing : 1, kick);
    if (kind === 'gust') this.drawSails(tower, x, y - 0.18);
    if (tower.stun > 0) this.drawDizzy(x, y);
    if (kind === 'chain') this.drawBees(tower, x, y);
    for (let i = 0; i < tower.level; i++) {
      c.fillStyle = '#3b2a20';
      c.fillRect(x - 0.1 * tower.level + i * 0.2 + 0.015, y + 0.38, 0.17, 0.11);
      c.fillStyle = '#ffe27a';
      c.fillRect(x - 0.1 * tower.level + i * 0.2 + 0.04, y + 0.405, 0.12, 0.06);
    }
  }

  /** Stars over a tower that a roar has silenced. */
  drawDizzy(x, y) {
    for (let i = 0; i < 3; i++) {
      const a = this.time * 4 + i * 2.09;
      disc(this.c, x + Math.cos(a) * 0.28, y - 0.42 + Math.sin(a) * 0.09, 0.06, '#ffe27a');
    }
  }

  drawSails(tower, x, y) {
    const { c } = this;
    c.save();
    c.translate(x, y);
    c.rotate(this.time * (this.calm ? 0 : tower.firedAgo < 0.6 ? 9 : 1.6));
    c.drawImage(this.sprites.sails(tower.level), -0.43, -0.43, 0.86, 0.86);
    c.restore();
  }

  drawBees(tower, x, y) {
    for (let i = 0; i <= tower.level; i++) {
      const a = (this.calm ? 0 : this.time * 3) + i * 2.1 + tower.x;
      this.c.fillStyle = i % 2 ? '#ffd23f' : '#3b2a20';
      this.c.fillRect(x + Math.cos(a) * 0.38 - 0.03, y - 0.15 + Math.sin(a * 1.3) * 0.2, 0.07, 0.06);
    }
  }

  drawMonster(monster, alpha) {
    const { c, calm, view } = this;
    const { kind } = monster;
    const wx = monster.oldX + (monster.x - monster.oldX) * alpha;
    const wy = monster.oldY + (monster.y - monster.oldY) * alpha;
    const x = this.midX(wx, wy) + monster.lane;
    const y = this.midY(wx, wy) + monster.lane * 0.6;
    const size = SIZES[monster.type];
    const beat = monster.clock * (6 + kind.speed * 5);
    const bob = calm ? 0 : kind.flies ? Math.sin(beat * 0.5) * 0.05 - 0.2 : -Math.abs(Math.sin(beat)) * 0.05;
    const flip = view.turned ? monster.facingDown : monster.facing;
    const pose = kind.flies && !calm && Math.sin(monster.clock * 14) > 0 ? 1 : 0;
    if (isUnder(monster)) {
      this.put(this.sprites.heap(), x, y, 0.8, 1, calm ? 0 : Math.sin(beat) * 0.06);
      return;
    }
    this.put(this.sprites.critter(monster.type, pose), x, y + bob - (size - 0.8) * 0.35, size, flip,
      calm ? 0 : Math.sin(beat) * 0.05, monster.hurtAgo < 0.1 ? -0.12 * flip : 0);
    if (monster.frozen > 0) {
      c.fillStyle = 'rgba(170, 220, 255, 0.65)';
      c.fillRect(x - size * 0.45, y + 0.36 - size * 0.8, size * 0.9, size * 0.8);
    } else if (monster.slowLeft > 0) {
      c.fillStyle = 'rgba(120, 235, 210, 0.4)';
      c.beginPath();
      c.ellipse(x, y + 0.12, size * 0.45, size * 0.34, 0, 0, 7);
      c.fill();
    }
    if (monster.health < monster.full || kind.boss) {
      bar(c, x, Math.max(0.05, y - size * 0.62 - (kind.flies ? 0.14 : 0)), kind.boss ? 1.1 : 0.55, monster.health / monster.full, kind.boss ? '#ff5a4e' : '#7fe05a');
    }
  }

  drawShot(shot, alpha) {
    const { c } = this;
    if (shot.pea) {
      const x = shot.oldX + (shot.x - shot.oldX) * alpha;
      const y = shot.oldY + (shot.y - shot.oldY) * alpha;
      disc(c, this.midX(x, y), this.midY(x, y), 0.085 + shot.level * 0.015, PEA[0]);
      disc(c, this.midX(x, y) - 0.01, this.midY(x, y) - 0.01, 0.06 + shot.level * 0.015, PEA[1]);
      return;
    }
    const part = Math.min(1, (shot.age + alpha * STEP) / LOB_TIME);
    const x = shot.fromX + (shot.toX - shot.fromX) * part;
    const y = shot.fromY + (shot.toY - shot.fromY) * part;
    const high = Math.sin(part * Math.PI) * 1.1;
    const size = 0.34 + shot.level * 0.05;
    c.drawImage(this.sprites.pumpkin(), this.midX(x, y) - size / 2, this.midY(x, y) - high - size / 2, size, size);
  }

  drawObstacle(obstacle) {
    const x = this.midX(obstacle.x, obstacle.y);
    const y = this.midY(obstacle.x, obstacle.y);
    this.put(this.sprites.obstacle(obstacle.obstacle), x, y, 0.92, 1, 0, obstacle.hurtAgo < 0.12 && !this.calm ? 0.06 : 0);
    if (obstacle.health < obstacle.full) bar(this.c, x, y - 0.46, 0.6, obstacle.health / obstacle.full, '#ffd23f');
  }

  /** The light of the glowshrooms and lanterns at night, as soft rings on the ground. */
  drawLight(game) {
    const { c } = this;
    c.fillStyle = 'rgba(180, 255, 225, 0.13)';
    for (const thing of game.obstacles) {
      if (thing.obstacle !== 'glowshroom') continue;
      c.beginPath();
      c.arc(this.midX(thing.x, thing.y), this.midY(thing.x, thing.y), GLOW_REACH + 0.35, 0, 7);
      c.fill();
    }
  }

  /** The chosen cell with its range, where hail would fall, and the common target. */
  drawMarks(game, { cell: at, ghost, tower, aim }) {
    const { c } = this;
    if (at) {
      const x = this.midX(at.x, at.y);
      const y = this.midY(at.x, at.y);
      const dark = game.map.night && ghost && ghost !== 'lantern' && !isLit(game, at.x, at.y);
      const r = tower ? rangeOf(tower) : ghost ? TOWERS[ghost].levels[0].range * (dark ? NIGHT_SIGHT : 1) : 0;
      if (r) range(c, x, y, r, 'rgba(255,255,255,0.2)');
      const next = tower?.kind.levels[tower.level];
      if (next && next.range > tower.kind.levels[tower.level - 1].range) {
        c.setLineDash([0.14, 0.12]);
        c.beginPath();
        c.arc(x, y, next.range * tower.sight, 0, 7);
        c.stroke();
        c.setLineDash([]);
      }
      c.strokeStyle = '#fff';
      c.lineWidth = 0.06;
      c.strokeRect(x - 0.45, y - 0.45, 0.9, 0.9);
    }
    if (aim) range(c, this.midX(aim.x, aim.y), this.midY(aim.x, aim.y), POWERS.hail.radius, 'rgba(190,230,255,0.35)');
    const { focus } = game;
    if (focus) marker(c, this.midX(focus.x, focus.y) + (focus.lane ?? 0), this.midY(focus.x, focus.y), focus.kind?.boss ? 0.75 : 0.48, this.calm ? 0 : this.time);
  }

  drawCarrot(game) {
    const [x, y] = game.map.carrot;
    const tilt = this.calm ? 0 : this.shake > 0 ? Math.sin(this.shake * 50) * 0.12 : Math.sin(this.time * 2) * 0.02;
    this.put(this.sprites.carrot(game.lives), this.midX(x, y), this.midY(x, y) - 0.16, 1.3, 1, 0, tilt);
  }

  /**
   * One frame.
   * @param {object} game
   * @param {number} alpha how far the moment lies between the last two steps
   * @param {number} seconds since the last frame
   * @param {{cell: object, tower: object, ghost: string}} look what the player has chosen
   * @param {number} rate how many times faster than the clock the game runs, so that effects keep up
   */
  draw(game, alpha, seconds, look, rate) {
    const { c, cell } = this;
    this.time += seconds;
    this.shake = Math.max(0, this.shake - seconds);
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.drawImage(this.ground, 0, 0);
    c.setTransform(cell, 0, 0, cell, 0, 0);
    this.sprites.warm();
    if (game.map.night) this.drawLight(game);
    for (const obstacle of game.obstacles) this.drawObstacle(obstacle);
    this.drawMarks(game, look);
    this.drawCarrot(game);
    for (const tower of game.towers) this.drawTower(tower);
    for (const monster of game.monsters) this.drawMonster(monster, alpha);
    for (const shot of game.shots) this.drawShot(shot, alpha);
    if (!this.calm) drawAmbience(c, game.map.id, this.view, this.time);
    this.effects.draw(c, this.view, seconds * rate);
  }
}
