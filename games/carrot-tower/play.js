import { STEP, WAVES } from './rules/catalog.js';
import {
  build, callWave, canCall, cellAt, createGame, earlyBonus, sell, setFocus, setMode, starsFor, step, upgrade,
} from './rules/game.js';
import { preview } from './rules/waves.js';
import { Painter, createView } from './art/draw.js';
import { across, down } from './art/scene.js';
import { icon } from './art/sprites.js';
import { t } from './text.js';
import { byId, el, say, setText, setUsable, usable } from './ui/dom.js';
import { Grid } from './ui/grid.js';
import { createHints, nextHint } from './ui/hints.js';
import { layout } from './ui/layout.js';
import { createPanel, nextMode } from './ui/panel.js';

/** Seconds between two updates of texts and labels. */
const TEXT_EVERY = 0.12;
/** Seconds from the last bite, or the last critter, to the end screen. */
const BREATH = 0.7;

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
    this.look = { cell: null, tower: null, ghost: null };
    this.game = null;
    this.view = null;
    this.cell = 0;
    this.chosen = null;
    this.behind = 0;
    this.sinceText = TEXT_EVERY;
    this.ended = 0;
    this.teaching = false;
    this.soonFor = '';
    this.listen(onPause);
  }

  listen(onPause) {
    byId('next-wave').addEventListener('click', () => this.callNext());
    byId('pause').addEventListener('click', () => onPause());
    const shop = byId('panel');
    const preselect = (event) => { this.look.ghost = event.target.closest('[data-tower]')?.dataset.tower ?? null; };
    shop.addEventListener('pointerover', preselect);
    shop.addEventListener('focusin', preselect);
    shop.addEventListener('pointerleave', () => { this.look.ghost = null; });
  }

  get running() {
    return this.game !== null && this.ended === 0;
  }

  /** Starts a map afresh. */
  start(mapId, seed, tools) {
    this.game = createGame(mapId, { seed, tools });
    this.behind = this.ended = 0;
    this.soonFor = '';
    this.teaching = mapId === 'garden' && !this.save.progress.hints;
    this.painter.clear();
    this.fit();
    this.select(null);
    this.write();
  }

  /** Fits board and controls to the window. */
  fit() {
    const box = this.stage.getBoundingClientRect();
    if (!this.game || !box.width) return;
    const plan = layout(box.width, box.height);
    document.body.dataset.layout = plan.tall ? 'tall' : 'wide';
    if (plan.float) document.body.dataset.float = 'bottom';
    else delete document.body.dataset.float;
    this.stage.style.setProperty('--side', `${plan.side}px`);
    this.cell = plan.cell;
    if (!this.view || this.view.turned !== plan.tall) {
      this.view = createView(plan.tall);
      this.grid.lay(this.view);
    }
    const { style } = byId('board');
    style.width = `${plan.cell * this.view.columns}px`;
    style.height = `${plan.cell * this.view.rows}px`;
    this.painter.fit(this.game.map, this.view, plan.cell);
    this.refresh(true);
    this.write();
  }

  setCalm(calm) {
    this.painter.calm = calm;
  }

  translate() {
    this.soonFor = '';
    this.refresh(true);
    if (this.game) this.write();
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

  /** The critter that a tap on a cell of the path means: the nearest to the finger, or to the cell's middle for keys. */
  guestAt(event, x, y) {
    const { view, cell } = this;
    const box = byId('cells').getBoundingClientRect();
    const byKey = event.detail === 0;
    const px = byKey ? across(view, x, y) : (event.clientX - box.left) / cell - 0.5;
    const py = byKey ? down(view, x, y) : (event.clientY - box.top) / cell - 0.5;
    let best = null;
    let nearest = 0.7;
    for (const monster of this.game.monsters) {
      const far = Math.hypot(across(view, monster.x, monster.y) + monster.lane - px, down(view, monster.x, monster.y) - (monster.kind.flies ? 0.2 : 0) - py);
      if (far < nearest) {
        nearest = far;
        best = monster;
      }
    }
    return best;
  }

  aimAt(target) {
    const now = setFocus(this.game, target);
    say(now ? t('focused', { name: t(target.type ?? target.obstacle) }) : t('unfocused'));
    this.sound.play('tap');
  }

  chooseCell(x, y, event) {
    const { chosen, game } = this;
    const there = cellAt(game, x, y);
    if (there === 'path' || there === 'carrot') {
      const guest = this.guestAt(event, x, y);
      if (guest) this.aimAt(guest);
      this.select(null);
      return;
    }
    if (chosen && chosen.x === x && chosen.y === y && event.detail !== 0) {
      this.select(null);
      return;
    }
    if (there?.obstacle && game.focus !== there) this.aimAt(there);
    else this.sound.play('tap');
    this.select({ x, y, there });
    if (event.detail === 0) this.panel.focusFirst();
  }

  /** Does what a button of the panel says. */
  act(action, button) {
    const { chosen, game } = this;
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
  }

  /** Closes the panel's menu; the focus goes back to its cell. */
  close() {
    const back = byId('panel').contains(document.activeElement) ? this.chosen : null;
    this.select(null);
    if (back) this.grid.focus(back.x, back.y);
  }

  callNext() {
    if (!this.game || !callWave(this.game)) {
      this.sound.play('no');
      return;
    }
    this.refresh();
  }

  /** Shows and sounds what the rules report. */
  drain() {
    const { events } = this.game;
    for (const event of events) {
      this.painter.event(event);
      this.sound.play(event.what);
      if (event.what === 'bite') say(t('bitten', { n: this.game.lives }));
      else if (event.what === 'wave') say(t('waveStarts', { n: event.amount }));
      else if (event.what === 'cleared') say(t('cleared', { n: event.amount }));
    }
    events.length = 0;
  }

  writeNext() {
    const { game } = this;
    const open = canCall(game);
    const button = byId('next-wave');
    setUsable(button, open);
    button.classList.toggle('ready', open);
    const words = game.wave === 0 ? t('start') : game.wave >= WAVES ? t('lastWave') : open ? t('next') : t('coming', { n: game.wave });
    setText(byId('next-text'), words);
    setText(byId('next-more'), open && game.wave > 0 ? `${t('inSeconds', { n: Math.ceil(game.rest) })} (+${earlyBonus(game)})` : '');
    const soon = `${game.map.id}${game.wave}`;
    if (soon === this.soonFor) return;
    this.soonFor = soon;
    byId('soon').replaceChildren(...preview(game.map, game.wave + 1).map(([type, count]) => el('span', {}, icon(type, 32), `${count}`)));
  }

  /** Brings texts, labels and hints up to date. */
  write() {
    const { game, chosen } = this;
    this.sinceText = 0;
    setText(byId('coins'), String(game.coins));
    setText(byId('lives'), String(game.lives));
    setText(byId('wave'), `${game.wave}/${WAVES}`);
    this.writeNext();
    this.dropStale();
    this.panel.show(game, this.chosen);
    this.panel.afford(game);
    this.grid.update(game);
    const hint = this.teaching && !game.focus ? nextHint(game, chosen) : null;
    if (!hint) this.hints.show('', null);
    else this.hints.show(hint[0], typeof hint[1] === 'string' ? document.querySelector(hint[1]) : this.grid.button(hint[1].x, hint[1].y));
  }

  finish() {
    const { map, status, lives, wave, beaten, cleared, obstacles } = this.game;
    const won = status === 'won';
    if (this.teaching && won) this.save.progress.hints = true;
    this.hints.show('', null);
    this.onEnd({ map, won, lives, wave, beaten, cleared, stars: starsFor(lives), tidy: obstacles.length === 0 });
  }

  /** One frame; `moving` is false while paused. */
  frame(seconds, moving) {
    const { game } = this;
    if (!game) return;
    const rate = this.pace * (this.save.settings.fast ? 2 : 1);
    if (moving && this.ended === 0) {
      this.behind += Math.min(seconds, 0.1) * rate;
      while (this.behind >= STEP) {
        step(game);
        this.behind -= STEP;
        if (game.events.length > 60) this.drain();
      }
    }
    this.drain();
    this.painter.draw(game, this.behind / STEP, moving ? seconds : 0, this.look, rate);
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
    if (event.key === 'Escape' && chosen) this.close();
    else if (event.key === 'n' || event.key === 'N') this.callNext();
    else if (number >= 1 && number <= 6 && chosen && chosen.there === null) {
      const button = byId('panel').querySelectorAll('[data-tower]')[number - 1];
      if (button) this.act('build', button);
    } else return false;
    return true;
  }
}
