import { moodOf } from '../draw/board.js';
import { Effects } from '../draw/effects.js';
import { Scene } from '../draw/scene.js';
import { plantIn } from '../rules/beds.js';
import { STEP } from '../rules/data.js';
import { collect, createGame, digUp, setPlant, step, whyNot } from '../rules/game.js';
import { createRandom } from '../rules/random.js';
import { plantName, t, taught } from '../text.js';
import { createBar } from './bar.js';
import { createCards } from './cards.js';
import { el, setText } from './dom.js';
import { Field } from './field.js';
import { createHint } from './hint.js';

const refusals = { dear: 'tooDear', recharging: 'notYet', taken: 'taken', unknown: 'notYet', over: 'notYet' };
const heard = new Set(['plant', 'dig', 'shot', 'hit', 'shell', 'collect', 'defeat', 'eaten', 'splash', 'hop', 'rise', 'sting', 'burst', 'blast', 'barrel', 'won', 'lost']);

function flash(node, text) {
  node.textContent = text;
  node.classList.remove('on');
  void node.offsetWidth;
  node.classList.add('on');
}

/** One level (0: endless) being played: the clock, the player's hand, and what is shown and said of the game. */
export class Play {
  /**
   * `app`: store, sound, speed, seed, calm; `root`: the element to play in. `over(game)` is called when it is decided,
   * `paused(why)` when it is to stop for a while.
   */
  constructor(app, root, { level, picks, over, paused }) {
    Object.assign(this, { app, root, level, over, paused, held: null, ghost: null, view: null, scene: null, frame: 0, lastTime: 0, debt: 0, relabelled: 0, decided: 0 });
    this.game = createGame({ level, edition: app.edition, picks, random: createRandom(app.seed()) });
    this.effects = new Effects(app.calm);
    this.tick = this.tick.bind(this);
    this.build();
    this.fit();
    this.retext();
    flash(this.banner, taught(level));
    this.say(taught(level));
    this.go();
  }

  build() {
    const { app, game, root, level } = this;
    this.says = el('p', { class: 'quiet', 'aria-live': 'polite', role: 'status', 'data-testid': 'status' });
    this.toast = el('p', { class: 'toast', 'aria-hidden': 'true' });
    this.banner = el('p', { class: 'banner', 'aria-hidden': 'true' });
    this.bar = createBar(game, app, { onPause: () => this.paused('asked') });
    this.cards = createCards(game, { choose: (tool) => this.hold(tool), drag: (tool) => this.drag(tool) });
    this.field = new Field(game, {
      act: (lane, cell) => this.act(lane, cell), gather: (id) => this.gather(id),
      point: (lane, cell) => { this.ghost = lane < 0 ? null : { lane, cell }; },
    });
    this.hint = level === 1 ? createHint(game, this.cards, this.field, (text) => this.say(text)) : null;
    this.stage = el('div', { class: 'stage' }, this.field.node, this.banner, this.toast);
    // A right click puts the seed back.
    this.stage.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      if (this.held) this.hold(null);
    });
    root.replaceChildren(this.bar.dew, this.bar.node, this.cards.node, this.stage, this.says, ...(this.hint ? [this.hint.node] : []));
    root.dataset.mood = moodOf(level);
    root.dataset.armed = '';
  }

  say(text) { setText(this.says, text); }

  refuse(key) {
    this.app.sound.play('no');
    flash(this.toast, t(key));
    this.say(t(key));
  }

  /** Takes a seed or the trowel in hand, or puts back what is held. */
  hold(tool) {
    const { game } = this;
    if (tool === this.held || tool === null) this.held = null;
    else if (tool !== 'trowel' && whyNot(game, tool)) this.refuse(refusals[whyNot(game, tool)]);
    else {
      this.held = tool;
      this.app.sound.play('pick');
      this.say(t('picked', { plant: tool === 'trowel' ? t('trowel') : plantName(tool) }));
    }
    this.root.dataset.armed = this.held ?? '';
    this.cards.update(this.held);
  }

  /** A card is being dragged: what it carries is set where it is let go. */
  drag(tool) {
    if (this.held !== tool) this.hold(tool);
    if (this.held !== tool) return;
    const move = (event) => { this.ghost = this.field.under(event.clientX, event.clientY); };
    const drop = (event) => {
      window.removeEventListener('pointermove', move);
      for (const type of ['pointerup', 'pointercancel']) window.removeEventListener(type, drop);
      const cell = event.type === 'pointerup' ? this.field.under(event.clientX, event.clientY) : null;
      if (cell) this.act(cell.lane, cell.cell);
      this.ghost = null;
    };
    window.addEventListener('pointermove', move);
    for (const type of ['pointerup', 'pointercancel']) window.addEventListener(type, drop);
  }

  /** What a press on a cell does: gather the dew there, and use what is in hand. */
  act(lane, cell) {
    const { game, held } = this;
    if (game.status !== 'play') return;
    const gained = this.gatherWhere((drop) => drop.age >= drop.falls && Math.round(drop.lane) === lane && Math.floor(drop.x) === cell);
    if (held === 'trowel') this.dig(lane, cell);
    else if (held) {
      const reason = setPlant(game, held, lane, cell);
      if (!reason) {
        this.say(t('planted', { plant: plantName(held) }));
        if (whyNot(game, held)) this.hold(null);
      } else if (!gained) this.refuse(refusals[reason]);
    }
    this.update();
    this.field.relabel();
  }

  dig(lane, cell) {
    const plant = plantIn(this.game, lane, cell);
    const back = digUp(this.game, lane, cell);
    if (back === null) return this.refuse('nothing');
    this.say(t('dug', { plant: plantName(plant.kind), n: back }));
    this.hold(null);
  }

  gatherWhere(wanted) {
    let sum = 0;
    for (const drop of this.game.drops.filter(wanted)) sum += collect(this.game, drop.id);
    if (sum) this.say(t('gathered', { n: sum }));
    return sum;
  }

  gather(id) {
    this.gatherWhere((drop) => drop.id === id);
    this.update();
  }

  listen() {
    const { game, app } = this;
    for (const event of game.events) {
      this.effects.take(this.view, event);
      if (heard.has(event.type) && !(event.type === 'collect' && event.byItself)) app.sound.play(event.type);
      if (event.type === 'wave' && event.flag) {
        const text = t(event.last ? 'lastWave' : 'flagWave');
        app.sound.play('wave');
        flash(this.banner, text);
        this.say(text);
      } else if (event.type === 'wave') this.say(t('sayWave', { n: event.wave }));
      else if (event.type === 'barrel') this.say(t('barrelRolls', { n: event.lane + 1 }));
    }
    game.events.length = 0;
  }

  update() {
    this.bar.update();
    this.cards.update(this.held);
    this.hint?.update(this.held);
  }

  /** Fits everything to the window. */
  fit() {
    const box = this.stage.getBoundingClientRect();
    if (box.width < 10 || box.height < 10) return;
    const tall = window.innerHeight > window.innerWidth * 1.05;
    this.view = this.field.fit(box.width, box.height, tall, Math.min(2, window.devicePixelRatio || 1));
    const ctx = this.field.canvas.getContext('2d', { alpha: false });
    this.scene = new Scene(ctx, this.view, this.level, this.effects, this.app.calm);
    this.draw(0);
  }

  draw(alpha) {
    const { held, ghost, game } = this;
    const shown = ghost && held ? { kind: held, lane: ghost.lane, cell: ghost.cell, taken: Boolean(plantIn(game, ghost.lane, ghost.cell)) } : null;
    this.scene.draw(game, alpha, shown);
  }

  tick(now) {
    const { app, game } = this;
    this.frame = requestAnimationFrame(this.tick);
    // The first frame may carry a time from before it was asked for.
    const seconds = Math.max(0, Math.min(0.1, (now - this.lastTime) / 1000));
    this.lastTime = now;
    if (!this.scene) return;
    const speed = app.speed * (app.fast ? 2 : 1);
    for (this.debt += seconds * speed; this.debt >= STEP; this.debt -= STEP) step(game);
    this.listen();
    this.effects.step(seconds * Math.min(3, speed));
    this.draw(game.status === 'play' ? this.debt / STEP : 1);
    this.field.moveDrops(this.bar.dew, app.calm);
    this.update();
    if (now - this.relabelled > 250) {
      this.relabelled = now;
      this.field.relabel();
    }
    if (game.status === 'play') return;
    this.decided ||= now;
    // The last toy runs down, or steps into the shed, before the panel covers it.
    if (now - this.decided > (app.speed > 1 ? 150 : 1200)) {
      this.stop();
      this.over(game);
    }
  }

  go() {
    cancelAnimationFrame(this.frame);
    this.lastTime = performance.now();
    this.frame = requestAnimationFrame(this.tick);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  /** A key that no button took: seeds, trowel, dew, pause. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const name = event.key.toLowerCase();
    const tool = name === 't' || name === '0' ? 'trowel' : /^[1-9]$/.test(name) ? this.cards.byNumber(Number(name)) : null;
    if (tool) {
      this.hold(tool);
      this.field.focus();
    } else if (name === 'c') {
      this.gatherWhere(() => true);
      this.update();
    } else if (name === 'escape' && this.held) this.hold(null);
    else if (name === 'escape' || name === 'p') this.paused('asked');
    else return;
    event.preventDefault();
  }

  retext() {
    this.bar.retext();
    this.cards.retext();
    this.update();
    this.field.relabel();
  }

  focus() { this.field.focus(); }

  end() {
    this.stop();
    this.root.replaceChildren();
  }
}
