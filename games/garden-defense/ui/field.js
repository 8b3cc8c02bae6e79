import { cellBox, createView, place } from '../draw/view.js';
import { groundOf, plantIn } from '../rules/beds.js';
import { CELLS, LANES } from '../rules/data.js';
import { invaderName, plantName, t } from '../text.js';
import { el, setAttr } from './dom.js';
import { icon } from './icons.js';

/** How much longer along the lane than across it a cell may be, at least and at most. */
const SHAPE = [0.78, 1.22];
const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The canvas with a transparent button over every cell, and a button for every drop of dew. */
export class Field {
  /** `act(lane, cell)`: a cell is pressed; `gather(id)`: a drop is; `point(lane, cell)`: what is pointed at, -1 for nothing. */
  constructor(game, { act, gather, point }) {
    Object.assign(this, { game, act, gather, point, view: null, at: { lane: 2, cell: 1 }, cells: [], shown: new Map() });
    this.canvas = el('canvas', { 'aria-hidden': 'true' });
    this.grid = el('div', { class: 'grid', role: 'group', onkeydown: (event) => this.key(event) });
    this.drops = el('div', { class: 'drops' });
    this.node = el('div', { class: 'field' }, this.canvas, this.grid, this.drops);
    for (let lane = 0; lane < LANES; lane++) for (let cell = 0; cell < CELLS; cell++) this.cells.push(this.button(lane, cell));
    this.grid.append(...this.cells);
  }

  button(lane, cell) {
    const { at } = this;
    return el('button', {
      type: 'button', class: 'cell', tabindex: lane === at.lane && cell === at.cell ? '0' : '-1',
      'data-lane': lane + 1, 'data-cell': cell + 1, 'data-testid': `cell-${lane + 1}-${cell + 1}`,
      onclick: () => {
        this.moveTo(lane, cell);
        this.act(lane, cell);
      },
      onfocus: () => {
        this.moveTo(lane, cell);
        if (document.body.dataset.input === 'keys') this.point(lane, cell);
      },
      onpointerenter: (event) => { if (event.pointerType !== 'touch') this.point(lane, cell); },
      onpointerleave: () => this.point(-1, -1), onblur: () => this.point(-1, -1),
    });
  }

  key(event) {
    if (!steps[event.key]) return;
    event.preventDefault();
    this.go(event.key);
  }

  /** Moves to the cell beside, by the name of an arrow key. */
  go(arrow) {
    const [dx, dy] = steps[arrow];
    // On a tall stage the lanes are columns and the far end is up.
    const lane = this.at.lane + (this.view.tall ? dx : dy);
    const cell = this.at.cell + (this.view.tall ? -dy : dx);
    if (lane < 0 || lane >= LANES || cell < 0 || cell >= CELLS) return;
    this.moveTo(lane, cell);
    this.focus();
  }

  /** The button of a cell. */
  cell(lane, cell) { return this.cells[lane * CELLS + cell]; }

  moveTo(lane, cell) {
    this.cell(this.at.lane, this.at.cell).tabIndex = -1;
    this.at = { lane, cell };
    this.cell(lane, cell).tabIndex = 0;
  }

  focus() { this.cell(this.at.lane, this.at.cell).focus({ preventScroll: true }); }

  /** Fits the board into the stage and places the buttons; returns the view to draw by. */
  fit(width, height, tall, dpr) {
    let along = tall ? height : width;
    let across = tall ? width : height;
    const share = (along / 10.45) / (across / 5.2);
    if (share > SHAPE[1]) along *= SHAPE[1] / share;
    if (share < SHAPE[0]) across *= share / SHAPE[0];
    const view = createView(Math.floor(tall ? across : along), Math.floor(tall ? along : across), tall, dpr);
    this.view = view;
    this.node.style.width = `${view.width}px`;
    this.node.style.height = `${view.height}px`;
    this.canvas.width = Math.round(view.width * dpr);
    this.canvas.height = Math.round(view.height * dpr);
    this.cells.forEach((button, i) => {
      const box = cellBox(view, Math.floor(i / CELLS), i % CELLS);
      for (const side of ['left', 'top', 'width', 'height']) button.style[side] = `${box[side]}px`;
    });
    for (const shown of this.shown.values()) shown.at = NaN;
    return view;
  }

  label(lane, cell) {
    const plant = plantIn(this.game, lane, cell);
    const ground = groundOf(this.game, lane, cell);
    let what = t(ground === 'soil' ? 'bare' : ground);
    if (plant) what = t(plant.vigour < 0.6 ? 'tired' : 'health', { plant: plantName(plant.kind), n: Math.max(1, Math.round((plant.health / plant.most) * 100)) });
    const near = this.game.invaders.filter((one) => one.lane === lane && Math.floor(one.x) === cell);
    if (near.length) what = t('withToys', { what, toys: near.map(({ kind }) => invaderName(kind)).join(', ') });
    return t('cell', { lane: lane + 1, cell: cell + 1, what });
  }

  /** Says what stands where, and which plant, if any: in one lane, or in all. */
  relabel(only = -1) {
    setAttr(this.grid, 'aria-label', t('lawn'));
    this.cells.forEach((button, i) => {
      const lane = Math.floor(i / CELLS);
      if (only >= 0 && lane !== only) return;
      setAttr(button, 'aria-label', this.label(lane, i % CELLS));
      setAttr(button, 'data-has', this.game.cells[i]?.kind ?? '');
      setAttr(button, 'data-ground', this.game.ground[i]);
    });
  }

  addDrop(drop) {
    const button = el('button', {
      type: 'button', class: 'drop', tabindex: '-1', 'data-drop': drop.id, 'aria-label': t('dropName', { n: drop.value }),
      onclick: () => this.gather(drop.id), onpointerenter: (event) => { if (event.pointerType === 'mouse') this.gather(drop.id); },
    }, icon('drop'));
    this.drops.append(button);
    const shown = { button, at: NaN };
    this.shown.set(drop.id, shown);
    return shown;
  }

  /** Moves the drops; those that are gone fly to `target`, unless it is to be `calm`. */
  moveDrops(target, calm) {
    const { game, view } = this;
    for (const drop of game.drops) {
      const shown = this.shown.get(drop.id) ?? this.addDrop(drop);
      const fallen = Math.min(1, drop.age / drop.falls);
      if (shown.at === fallen) continue;
      shown.at = fallen;
      place(view, drop.lane, drop.x);
      const lift = drop.sky ? (1 - fallen) * (view.y + 30) : Math.sin(fallen * Math.PI) * view.size * 0.4;
      shown.button.style.transform = `translate(${view.x}px, ${view.y - lift}px)`;
    }
    if (this.shown.size === game.drops.length) return;
    for (const [id, shown] of this.shown) {
      if (game.drops.some((drop) => drop.id === id)) continue;
      this.shown.delete(id);
      this.flyAway(shown.button, target, calm);
    }
  }

  flyAway(button, target, calm) {
    if (calm) return button.remove();
    const from = this.node.getBoundingClientRect();
    const to = target.getBoundingClientRect();
    button.classList.add('flying');
    button.disabled = true;
    button.style.transform = `translate(${to.left - from.left + 20}px, ${to.top - from.top + 20}px) scale(.5)`;
    setTimeout(() => button.remove(), 380);
  }

  anyDrop() { return this.drops.querySelector('.drop:not(.flying)'); }

  /** The cell under a point of the page, or null. */
  under(x, y) {
    const i = this.cells.indexOf(document.elementFromPoint(x, y));
    return i < 0 ? null : { lane: Math.floor(i / CELLS), cell: i % CELLS };
  }
}
