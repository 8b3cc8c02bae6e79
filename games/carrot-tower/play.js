import { STEP } from './rules/catalog.js';
import { build, callWave, cellAt, sell, setFocus, setMode, starsFor, step, upgrade } from './rules/game.js';
import { canUse, usePower } from './rules/powers.js';
import { Painter, createView } from './art/draw.js';
import { down } from './art/scene.js';
import { gameOf } from './courses.js';
import { t } from './text.js';
import { byId, say, setText, usable } from './ui/dom.js';
import { createCount } from './ui/count.js';
import { Grid } from './ui/grid.js';
import { createHints, nextHint } from './ui/hints.js';
import { layPowers, writeHud } from './ui/hud.js';
import { layout } from './ui/layout.js';
import { createPanel, nextMode } from './ui/panel.js';
import { guestAt, spotAt } from './ui/spot.js';

/** Seconds between two updates of texts and labels. */
const TEXT_EVERY = 0.12;
/** Seconds from the last bite, or the last critter, to the end screen. */
const BREATH = 0.7;
/** Seconds between two saves of a running game; it is also saved whenever something is done, and when the page hides. */
const SAVE_EVERY = 4;

/** The play screen: one game at a time, from the first wave to its end. */
export class Play {
  /**
   * @param {{save: object, sound: object, pace: number, onPause: () => void, onEnd: (result: object) => void}} options
   *   `pace` is how many times faster than the clock the game runs (for tests)
   */
  constructor({ save, sound, pace, onPause, onEnd }) {
    Object.assign(this, { save, sound, pace, onEnd });
    this.stage = byId('screen-play');
    this.painter = new Painter(byId('scene'));
    this.grid = new Grid(byId('cells'), (x, y, event) => this.chooseCell(x, y, event));
    this.panel = createPanel(byId('panel'), (action, button) => this.act(action, button));
    this.hints = createHints(byId('hint'), this.stage);
    this.look = { cell: null, tower: null, ghost: null, aim: null };
    this.game = this.course = this.view = this.chosen = this.armed = null;
    this.count = createCount(sound);
    this.cell = this.behind = this.ended = this.sinceSave = 0;
    this.sinceText = TEXT_EVERY;
    this.teaching = false;
    this.listen(onPause);
  }

  listen(onPause) {
    byId('next-wave').addEventListener('click', () => this.callNext());
    byId('pause').addEventListener('click', () => onPause());
    byId('powers').addEventListener('click', (event) => {
      const button = event.target.closest('[data-power]');
      if (button) this.power(button.dataset.power);
    });
    const shop = byId('panel');
    const preselect = (event) => { this.look.ghost = event.target.closest('[data-tower]')?.dataset.tower ?? null; };
    for (const what of ['pointerover', 'pointerdown', 'focusin']) shop.addEventListener(what, preselect);
    shop.addEventListener('pointerleave', () => { this.look.ghost = null; });
    byId('cells').addEventListener('pointermove', (event) => { if (this.armed) this.look.aim = this.spot(event); });
    byId('cells').addEventListener('focusin', (event) => {
      const { x, y } = event.target.dataset;
      if (this.armed && x) this.look.aim = { x: Number(x), y: Number(y) };
    });
  }

  get running() {
    return this.game !== null && this.ended === 0;
  }

  /** Starts a course afresh. */
  start(course) {
    this.begin(course, gameOf(course));
  }

  /** Goes on with a saved game, after a count of three. */
  resume(course, game) {
    this.begin(course, game);
    this.countDown();
  }

  begin(course, game) {
    this.course = course;
    this.game = game;
    this.behind = this.ended = this.sinceSave = 0;
    this.count.start(false);
    this.armed = null;
    this.teaching = course.key === 'garden' && !this.save.progress.hints;
    const rewards = [['mill', 'garden'], ['lantern', 'orchard']];
    this.panel.lock(course.day || course.endless ? [] : rewards.filter(([name]) => !game.tools.includes(name)));
    this.painter.clear();
    this.fit();
    this.select(null);
    this.write();
    this.keep();
  }

  /** Holds a running game still for a count of three. */
  countDown() {
    this.count.start(this.game.status === 'running');
  }

  /** Saves the game in progress. */
  keep() {
    this.sinceSave = 0;
    if (this.running && (this.game.status === 'ready' || this.game.status === 'running')) this.save.keepGame(this.course, this.game);
  }

  /** Fits board and controls to the window. */
  fit() {
    const box = this.stage.getBoundingClientRect();
    if (!this.game || !box.width) return;
    const plan = layout(box.width, box.height);
    const { dataset } = document.body;
    dataset.layout = plan.tall ? 'tall' : 'wide';
    dataset.roomy = plan.roomy ? 'yes' : 'no';
    if (plan.float) dataset.float = 'bottom';
    else delete dataset.float;
    this.stage.style.setProperty('--side', `${plan.side}px`);
    this.cell = plan.cell;
    if (!this.view || this.view.turned !== plan.tall) {
      this.view = createView(plan.tall);
      this.grid.lay(this.view);
    }
    const { style } = byId('board');
    style.width = `${plan.cell * this.view.columns}px`;
    style.height = `${plan.cell * this.view.rows}px`;
    this.painter.fit(this.game.map, this.view, plan.cell, this.course.endless);
    this.translate();
  }

  setCalm(calm) {
    this.painter.calm = calm;
  }

  translate() {
    layPowers(byId('powers'));
    if (!this.game) return;
    const { map } = this.game;
    setText(byId('play-title'), this.course.day ? `${t('daily')}: ${t(map.id)}` : this.course.endless ? t('endlessOf', { map: t(map.id) }) : t(map.id));
    this.refresh(true);
    this.write();
  }

  focusBoard() {
    this.grid.focus();
  }

  /** Chooses a cell, `{x, y, there}`, or none. */
  select(next) {
    this.chosen = next;
    this.look.cell = next;
    this.look.tower = next?.there?.tower ? next.there : null;
    this.look.ghost = null;
    this.refresh();
  }

  /** Forgets the chosen cell when something else stands there now, such as nothing where a stump was. */
  dropStale() {
    const { chosen } = this;
    if (chosen && cellAt(this.game, chosen.x, chosen.y) !== chosen.there) this.chosen = this.look.cell = this.look.tower = null;
  }

  refresh(force = false) {
    if (!this.game) return;
    this.dropStale();
    this.panel.show(this.game, this.chosen, force);
    this.panel.afford(this.game);
    if (document.body.dataset.float && this.chosen) {
      document.body.dataset.float = down(this.view, this.chosen.x, this.chosen.y) >= this.view.rows / 2 ? 'top' : 'bottom';
    }
    this.sinceText = TEXT_EVERY;
  }

  spot(event) {
    return spotAt(byId('cells'), this.view, this.cell, event);
  }

  aimAt(target) {
    const now = setFocus(this.game, target);
    say(now ? t('focused', { name: t(target.type ?? target.obstacle) }) : t('unfocused'));
    this.sound.play('tap');
  }

  chooseCell(x, y, event) {
    if (this.armed) {
      this.strike(event.detail === 0 ? { x, y } : this.spot(event));
      return;
    }
    const { chosen, game } = this;
    const there = cellAt(game, x, y);
    if (there === 'path' || there === 'carrot') {
      const guest = guestAt(game, this.view, event.detail === 0 ? { x, y } : this.spot(event));
      if (guest) this.aimAt(guest);
      this.select(null);
      return;
    }
    if (chosen && chosen.x === x && chosen.y === y && event.detail !== 0) {
      this.select(null);
      return;
    }
    if (there?.obstacle && !there.fixed && game.focus !== there) this.aimAt(there);
    else this.sound.play('tap');
    this.select({ x, y, there });
    if (event.detail === 0) this.panel.focusFirst();
  }

  /** Uses a power; hail waits for the place to fall on, or is put away again. */
  power(name) {
    const { game } = this;
    if (!game || !canUse(game, name) || this.count.on) {
      this.sound.play('no');
      say(t('notReady'));
      return;
    }
    if (name === 'freeze') {
      usePower(game, name);
      say(t('frozen'));
      this.keep();
    } else this.arm(this.armed ? null : name);
    this.write();
  }

  arm(name) {
    this.armed = name;
    this.look.aim = null;
    byId('banner').hidden = !name;
    if (!name) return;
    this.select(null);
    setText(byId('banner'), t('aimHail'));
    say(t('aimHail'));
    const held = document.activeElement;
    if (held?.dataset.power && held.matches(':focus-visible')) this.grid.focus();
  }

  strike({ x, y }) {
    const name = this.armed;
    this.arm(null);
    if (usePower(this.game, name, x, y)) say(t('hailed'));
    this.keep();
    this.write();
  }

  /** Does what a button of the panel says. */
  act(action, button) {
    const { chosen, game } = this;
    if (action === 'unaim' || (action === 'close' && !chosen)) {
      setFocus(game, null);
      this.refresh();
      this.focusBoard();
      return;
    }
    if (!chosen) return;
    if (!usable(button)) {
      this.sound.play('no');
      say(t('poor'));
      return;
    }
    const { x, y, there } = chosen;
    if (action === 'build') {
      const tower = build(game, x, y, button.dataset.tower);
      if (!tower) return;
      say(t('built', { name: t(tower.tower) }));
      this.close();
    } else if (action === 'upgrade') {
      if (!upgrade(game, there)) return;
      say(t('upgraded', { name: t(there.tower), n: there.level }));
      this.refresh();
    } else if (action === 'sell') {
      const before = game.coins;
      if (!sell(game, there)) return;
      say(t('sold', { n: game.coins - before }));
      this.close();
    } else if (action === 'target') {
      setMode(there, nextMode(there.mode));
      say(`${t('target')}: ${t(there.mode)}`);
      this.sound.play('tap');
      this.refresh();
    } else if (action === 'focus') {
      this.aimAt(there);
      this.refresh();
    } else if (action === 'close') this.close();
    this.keep();
  }

  /** Closes the panel's menu; the focus goes back to its cell. */
  close() {
    const back = byId('panel').contains(document.activeElement) ? this.chosen : null;
    this.select(null);
    if (back) this.grid.focus(back.x, back.y);
  }

  callNext() {
    if (!this.game || this.count.on || !callWave(this.game)) {
      this.sound.play('no');
      return;
    }
    this.refresh();
    this.keep();
  }

  /** Shows and sounds what the rules report. */
  drain() {
    const { events } = this.game;
    let newWave = false;
    for (const event of events) {
      this.painter.event(event);
      this.sound.play(event.what);
      if (event.what === 'bite') say(t('bitten', { n: this.game.lives }));
      else if (event.what === 'cleared') say(t('cleared', { n: event.amount }));
      else if (event.what === 'wave') {
        newWave = true;
        say(t('waveStarts', { n: event.amount }));
      }
    }
    events.length = 0;
    if (newWave) this.keep();
  }

  /** Brings texts, labels and hints up to date. */
  write() {
    const { game } = this;
    this.sinceText = 0;
    this.dropStale();
    const { chosen } = this;
    writeHud(game, this.armed);
    this.panel.show(game, chosen);
    this.panel.afford(game);
    this.grid.update(game);
    const hint = this.teaching && !game.focus && !this.armed && !this.count.on ? nextHint(game, chosen) : null;
    if (!hint) this.hints.show('', null);
    else this.hints.show(hint[0], typeof hint[1] === 'string' ? document.querySelector(hint[1]) : this.grid.button(hint[1].x, hint[1].y));
  }

  finish() {
    const { map, status, lives, wave, beaten, cleared, obstacles, score, ticks, twist } = this.game;
    const won = status === 'won';
    if (this.teaching && won) this.save.progress.hints = true;
    this.hints.show('', null);
    this.arm(null);
    const tidy = obstacles.every((thing) => thing.fixed);
    const stars = starsFor(lives, twist.lives);
    this.onEnd({ map, course: this.course, won, lives, full: twist.lives, wave, beaten, cleared, score, seconds: ticks * STEP, stars, tidy });
  }

  /** Moves the rules on by the time that has passed. */
  advance(seconds, rate) {
    if (this.count.on) {
      this.count.pass(Math.min(seconds, 0.1) * this.pace);
      return;
    }
    this.behind += Math.min(seconds, 0.1) * rate;
    while (this.behind >= STEP) {
      step(this.game);
      this.behind -= STEP;
      if (this.game.events.length > 60) this.drain();
    }
    this.sinceSave += seconds;
    if (this.sinceSave > SAVE_EVERY) this.keep();
  }

  /** One frame; `moving` is false while paused. */
  frame(seconds, moving) {
    const { game } = this;
    if (!game) return;
    const rate = this.pace * (this.save.settings.fast ? 2 : 1);
    if (moving && this.ended === 0) this.advance(seconds, rate);
    this.drain();
    this.painter.draw(game, this.behind / STEP, moving && !this.count.on ? seconds : 0, this.look, rate);
    this.sinceText += seconds;
    if (this.sinceText > TEXT_EVERY) this.write();
    if (game.status !== 'won' && game.status !== 'lost') return;
    if (this.ended === 0) this.write();
    const before = this.ended;
    this.ended += seconds;
    if (before < BREATH && this.ended >= BREATH) this.finish();
  }

  /** Keys of the play screen; true when the key was used. */
  key(event) {
    const { chosen } = this;
    const number = Number(event.key);
    const key = event.key.toLowerCase();
    if (key === 'escape' && this.armed) {
      this.arm(null);
      this.write();
    } else if (key === 'escape' && chosen) this.close();
    else if (key === 'n') this.callNext();
    else if (key === 'q') this.power('hail');
    else if (key === 'w') this.power('freeze');
    else if (number >= 1 && number <= 6 && chosen && chosen.there === null) {
      const button = byId('panel').querySelectorAll('[data-tower]')[number - 1];
      if (button) this.act('build', button);
    } else return false;
    return true;
  }
}
