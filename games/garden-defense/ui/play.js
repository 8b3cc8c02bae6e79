import { Effects } from '../draw/effects.js';
import { Scene } from '../draw/scene.js';
import { plantIn } from '../rules/beds.js';
import { PLANTS, STEP } from '../rules/data.js';
import { collect, comingLanes, digUp, priceOf, setPlant, step, tap, whyNot } from '../rules/game.js';
import { invadersOf } from '../rules/levels.js';
import { unfit } from '../rules/plants.js';
import { invaderName, nameOf, plantAbout, plantName, t, taught } from '../text.js';
import { createBar } from './bar.js';
import { createCards } from './cards.js';
import { el, setText } from './dom.js';
import { Field } from './field.js';
import { createHint } from './hint.js';

const refusals = {
  dear: 'tooDear', recharging: 'notYet', taken: 'taken', unknown: 'notYet', over: 'notYet', water: 'onWater', stone: 'onStone', dry: 'onDry', full: 'bedsFull', none: 'noneLeft',
};
const heard = new Set([
  'plant', 'dig', 'shot', 'hit', 'shell', 'collect', 'defeat', 'eaten', 'splash', 'hop', 'rise', 'sting', 'burst', 'blast', 'barrel', 'won', 'lost', 'puff', 'snap', 'whirl', 'spring', 'gust', 'seed', 'tap',
]);
/** Seconds of one number of the count of three. */
const BEAT = 0.8;
/** Pixels per CSS pixel, the finest first; a device that is too slow for one takes the next. */
const FINENESS = [2, 1.5, 1, 0.75];
/** A frame that took longer than this many seconds is late; so many late ones among `SAMPLE` are too many. */
const LATE = 0.022;
const SAMPLE = 90;
const TOO_MANY = 40;
/** How many seconds ahead the chime rings. */
const CHIME = 5;

function flash(node, text) {
  node.textContent = text;
  node.classList.remove('on');
  void node.offsetWidth;
  node.classList.add('on');
}

/** A game being played: the clock, the player's hand, and what is shown and said of it. */
export class Play {
  /**
   * `app`: store, sound, speed, calm; `root`: the element to play in. `decided(game)` is called at once when the game is over and
   * `over(game)` when its last picture has been seen; `paused(why)` when it is to stop for a while, `counted()` after the count of three.
   */
  constructor(app, root, { game, first, decided, over, paused, counted }) {
    Object.assign(this, {
      app, root, game, decided, over, paused, counted, held: null, ghost: null, view: null, scene: null, frame: 0, lastTime: 0, debt: 0, relabelled: 0, lane: 0, end: 0, counting: 0, shown: 0, frames: 0, late: 0, priced: false,
    });
    this.effects = new Effects(app.calm);
    this.tick = this.tick.bind(this);
    this.build(first);
    this.fit();
    this.retext();
  }

  build(first) {
    const { app, game, root } = this;
    this.title = el('h1', { class: 'quiet' });
    this.says = el('p', { class: 'quiet', 'aria-live': 'polite', role: 'status', 'data-testid': 'status' });
    this.toast = el('p', { class: 'toast', 'aria-hidden': 'true' });
    this.banner = el('p', { class: 'banner', 'aria-hidden': 'true' });
    this.tip = el('p', { class: 'tip', 'aria-hidden': 'true', 'data-testid': 'tip' });
    this.three = el('p', { class: 'three', 'aria-hidden': 'true', 'data-testid': 'three' });
    this.bar = createBar(game, app, { onPause: () => this.paused('asked') });
    this.cards = createCards(game, { choose: (tool) => this.hold(tool), drag: (tool) => this.drag(tool) });
    this.field = new Field(game, {
      act: (lane, cell) => this.act(lane, cell), gather: (id) => this.gather(id),
      point: (lane, cell) => { this.ghost = lane < 0 ? null : { lane, cell }; },
    });
    this.hint = first ? createHint(game, this.cards, this.field, (text) => this.say(text)) : null;
    this.stage = el('div', { class: 'stage' }, this.field.node, this.banner, this.tip, this.toast, this.three);
    // A right click puts the seed back.
    this.stage.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      if (this.held) this.hold(null);
    });
    root.replaceChildren(this.title, this.bar.dew, this.bar.node, this.cards.node, this.stage, this.says, ...(this.hint ? [this.hint.node] : []));
    root.dataset.garden = game.spec.gardenId;
    root.dataset.special = game.spec.special ?? '';
    root.dataset.armed = '';
  }

  say(text) { setText(this.says, text); }

  /** Opens the game with the line that explains it. */
  open() {
    flash(this.banner, taught(this.game.spec, this.app.edition));
    this.say(taught(this.game.spec, this.app.edition));
    this.go();
  }

  refuse(key) {
    this.app.sound.play('no');
    flash(this.toast, t(key));
    this.say(t(key));
  }

  /** Takes a seed or the trowel in hand, or puts back what is held; a seed's card opens for a moment. */
  hold(tool) {
    const { game } = this;
    if (tool && tool !== 'trowel') flash(this.tip, `${plantName(tool)}: ${plantAbout(tool)}`);
    if (tool === this.held || tool === null) {
      this.held = null;
      this.tip.classList.remove('on');
    } else if (tool !== 'trowel' && whyNot(game, tool)) this.refuse(refusals[whyNot(game, tool)]);
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
    if (game.status !== 'play' || this.counting) return;
    if (game.spec.special === 'hands') tap(game, lane, cell);
    const gained = this.gatherWhere((drop) => drop.age >= drop.falls && Math.round(drop.lane) === lane && Math.floor(drop.x) === cell);
    if (held === 'trowel') this.dig(lane, cell);
    else if (held) {
      const reason = setPlant(game, held, lane, cell);
      if (!reason) {
        this.say(t('planted', { plant: plantName(held) }));
        this.tip.classList.remove('on');
        this.tellPrice(held);
        if (whyNot(game, held)) this.hold(null);
        this.save();
      } else if (!gained) this.refuse(refusals[reason]);
    }
    this.update();
    this.field.relabel(lane);
  }

  /** Explains, once in a game, why a seed has become dearer. */
  tellPrice(id) {
    if (this.priced || this.game.rules.free || priceOf(this.game, id) <= PLANTS[id].cost) return;
    this.priced = true;
    flash(this.tip, t('dearer', { plant: plantName(id) }));
    this.say(t('dearer', { plant: plantName(id) }));
  }

  dig(lane, cell) {
    const plant = plantIn(this.game, lane, cell);
    const back = digUp(this.game, lane, cell);
    if (back === null) return this.refuse('nothing');
    this.say(t('dug', { plant: plantName(plant?.kind ?? 'lily'), n: back }));
    this.hold(null);
    return this.save();
  }

  gatherWhere(wanted) {
    let sum = 0;
    for (const drop of this.game.drops.filter(wanted)) sum += collect(this.game, drop.id);
    if (sum) this.say(t('gathered', { n: sum }));
    return sum;
  }

  gather(id) {
    if (this.counting) return;
    this.gatherWhere((drop) => drop.id === id);
    this.update();
  }

  listen() {
    const { game, app } = this;
    for (const event of game.events) {
      this.effects.take(this.view, event);
      if (heard.has(event.type) && !(event.type === 'collect' && event.byItself)) app.sound.play(event.type);
      this.announce(event);
    }
    game.events.length = 0;
  }

  announce(event) {
    const shout = (text) => {
      flash(this.banner, text);
      this.say(text);
    };
    if (event.type === 'wave') {
      if (event.flag) {
        this.app.sound.play('wave');
        shout(t(event.last ? 'lastWave' : 'flagWave'));
      } else this.say(t('sayWave', { n: event.wave }));
      this.save();
    } else if (event.type === 'barrel') this.say(t('barrelRolls', { n: event.lane + 1 }));
    else if (event.type === 'gust') shout(t('gust'));
    else if (event.type === 'boss') shout(t('boss', { kind: invaderName(event.kind) }));
    else if (event.type === 'answer') shout(t('answer', { plant: plantName(event.answer[0].plant), toy: invaderName(event.answer[0].toy) }));
    else if (event.type === 'collect' && event.bonus) flash(this.tip, t('chained', { n: event.worth }));
  }

  /** Keeps the game, so that it can be gone on with after anything that happens to the page. */
  save(left = false) {
    const { game } = this;
    if (game.status !== 'play') return;
    game.left = left;
    this.app.store.saveGame(game);
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
    const { game } = this;
    const tall = window.innerHeight > window.innerWidth * 1.05;
    this.view = this.field.fit(box.width, box.height, tall, Math.min(FINENESS[this.app.coarse], window.devicePixelRatio || 1));
    const ctx = this.field.canvas.getContext('2d', { alpha: false });
    this.scene = new Scene(ctx, this.view, game.spec, this.effects, this.app.calm);
    this.scene.expect(game.picks, invadersOf(game.spec).slice(0, 9));
    this.draw(0);
  }

  /** Draws on a coarser canvas from now on when too many frames come late. */
  watchPace(seconds) {
    this.frames++;
    if (seconds > LATE) this.late++;
    if (this.frames < SAMPLE) return;
    const slow = this.late > TOO_MANY;
    this.frames = this.late = 0;
    const coarser = FINENESS.findIndex((one) => one < this.view.dpr);
    if (!slow || coarser < 0) return;
    this.app.coarse = coarser;
    this.fit();
  }

  draw(alpha) {
    const { held, ghost, game } = this;
    const taken = ghost && held && (held === 'trowel' ? !plantIn(game, ghost.lane, ghost.cell) : Boolean(unfit(game, held, ghost.lane, ghost.cell)));
    const bells = game.perks.includes('chime') ? comingLanes(game, CHIME) : null;
    this.scene.draw(game, alpha, ghost && held ? { kind: held, lane: ghost.lane, cell: ghost.cell, taken } : null, bells);
  }

  tick(now) {
    const { app, game } = this;
    this.frame = requestAnimationFrame(this.tick);
    // The first frame may carry a time from before it was asked for.
    const seconds = Math.max(0, Math.min(0.1, (now - this.lastTime) / 1000));
    this.lastTime = now;
    if (!this.scene) return;
    this.scene.warm();
    this.watchPace(seconds);
    if (this.counting) return this.countDown(seconds * app.speed);
    const speed = app.speed * (app.fast ? 2 : 1);
    for (this.debt += seconds * speed; this.debt >= STEP; this.debt -= STEP) step(game);
    this.listen();
    this.effects.step(seconds * Math.min(3, speed));
    this.draw(game.status === 'play' ? this.debt / STEP : 1);
    this.field.moveDrops(this.bar.dew, app.calm);
    this.update();
    // The labels of one lane at a time, so that no frame does them all.
    if (now - this.relabelled > 60) {
      this.relabelled = now;
      this.field.relabel(this.lane++ % 5);
    }
    if (game.status !== 'play') this.finish(now);
  }

  /** The result counts at once; the last toy runs down, or steps into the shed, before the panel covers it. */
  finish(now) {
    if (!this.end) {
      this.end = now;
      this.decided(this.game);
    }
    if (now - this.end <= (this.app.speed > 1 ? 150 : 1200)) return;
    this.stop();
    this.over(this.game);
  }

  /** Goes on after three beats. */
  count() {
    this.counting = 3 * BEAT;
    this.shown = 0;
    this.root.dataset.counting = 'yes';
    this.draw(0);
    this.field.moveDrops(this.bar.dew, true);
    this.go();
  }

  countDown(seconds) {
    this.counting = Math.max(0, this.counting - seconds);
    // 3 * 0.8 is a hair more than 2.4.
    const n = Math.ceil(this.counting / BEAT - 1e-9);
    if (n !== this.shown) {
      this.shown = n;
      setText(this.three, n ? String(n) : '');
      if (n) this.say(t('count', { n }));
      if (n) this.app.sound.play('click');
    }
    if (this.counting) return;
    delete this.root.dataset.counting;
    this.counted();
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
    } else if (name === 'c') this.gatherAll();
    else if (name === 'escape' && this.held) this.hold(null);
    else if (name === 'escape' || name === 'p') this.paused('asked');
    else return;
    event.preventDefault();
  }

  gatherAll() {
    if (!this.counting) this.gatherWhere(() => true);
    this.update();
  }

  /** A button of a gamepad, by its meaning. */
  pad(name) {
    if (name.startsWith('Arrow')) this.field.go(name);
    else if (name === 'act') this.act(this.field.at.lane, this.field.at.cell);
    else if (name === 'back') this.hold(null);
    else if (name === 'dig') this.hold('trowel');
    else if (name === 'gather') this.gatherAll();
    else if (name === 'next' || name === 'previous') this.reach(name === 'next' ? 1 : -1);
    else if (name === 'start') this.paused('asked');
  }

  /** Takes the next tool of the shelf that can be had. */
  reach(by) {
    let tool = this.held;
    for (let i = 0; i <= this.game.picks.length; i++) {
      tool = this.cards.beside(tool, by);
      if (tool === 'trowel' || (PLANTS[tool] && !whyNot(this.game, tool))) return tool !== this.held && this.hold(tool);
    }
    return false;
  }

  retext() {
    setText(this.title, nameOf(this.game.spec));
    this.bar.retext();
    this.cards.retext();
    this.update();
    this.field.relabel();
  }

  focus() { this.field.focus(); }

  close() {
    this.stop();
    this.root.replaceChildren();
  }
}
