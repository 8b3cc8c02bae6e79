import { cellAt } from '../rules/game.js';
import { COLUMNS, ROWS } from '../rules/catalog.js';
import { across, down } from '../art/scene.js';
import { t } from '../text.js';
import { el } from './dom.js';

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** What stands on a cell, as `[kind, words]`. */
function describe(game, x, y) {
  const there = cellAt(game, x, y);
  if (there === null) return ['free', t('free')];
  if (there === 'carrot') return ['carrot', t('carrot')];
  if (there.tower) return ['tower', t('levelled', { name: t(there.tower), n: there.level })];
  if (there.obstacle) return ['obstacle', game.focus === there ? t('aimed', { name: t(there.obstacle) }) : t(there.obstacle)];
  const guests = new Map();
  for (const monster of game.monsters) {
    if (Math.round(monster.x) === x && Math.round(monster.y) === y) guests.set(monster.type, (guests.get(monster.type) ?? 0) + 1);
  }
  return ['path', [t('path'), ...[...guests].map(([type, n]) => (n > 1 ? `${t(type)} ×${n}` : t(type)))].join(', ')];
}

/** The transparent buttons over the board, one a cell: for taps, keys, screen readers and tests. */
export class Grid {
  /**
   * @param {HTMLElement} root
   * @param {(x: number, y: number, event: MouseEvent) => void} choose called with the cell of the rules
   */
  constructor(root, choose) {
    this.root = root;
    this.view = null;
    this.cells = [];
    this.current = 0;
    root.addEventListener('keydown', (event) => this.walk(event));
    root.addEventListener('click', (event) => {
      const index = this.cells.findIndex((cell) => cell.button === event.target);
      if (index < 0) return;
      this.move(index, false);
      choose(this.cells[index].x, this.cells[index].y, event);
    });
  }

  /** Lays the buttons out anew for a view. */
  lay(view) {
    this.view = view;
    const list = [];
    for (let y = 0; y < ROWS; y++) {
      for (let x = 0; x < COLUMNS; x++) list.push({ x, y, column: across(view, x, y), row: down(view, x, y), label: '', kind: '' });
    }
    this.cells = list.sort((a, b) => a.row - b.row || a.column - b.column);
    for (const cell of this.cells) cell.button = el('button', { type: 'button', tabindex: '-1', 'data-x': cell.x, 'data-y': cell.y });
    this.root.style.gridTemplateColumns = `repeat(${view.columns}, 1fr)`;
    this.root.style.gridTemplateRows = `repeat(${view.rows}, 1fr)`;
    this.root.replaceChildren(...this.cells.map((cell) => cell.button));
    this.move(Math.floor(view.rows / 2) * view.columns, false);
  }

  /** Brings the labels up to date with the game. */
  update(game) {
    for (const cell of this.cells) {
      const [kind, what] = describe(game, cell.x, cell.y);
      const label = t('cell', { row: cell.row + 1, column: cell.column + 1, what });
      if (label !== cell.label) cell.button.setAttribute('aria-label', cell.label = label);
      if (kind !== cell.kind) cell.button.dataset.kind = cell.kind = kind;
    }
  }

  index(x, y) {
    return down(this.view, x, y) * this.view.columns + across(this.view, x, y);
  }

  /** The button of a cell of the rules. */
  button(x, y) {
    return this.cells[this.index(x, y)].button;
  }

  /** Puts the focus on a cell of the rules, or on the present one. */
  focus(x, y) {
    this.move(x === undefined ? this.current : this.index(x, y));
  }

  move(index, focus = true) {
    this.cells[this.current].button.setAttribute('tabindex', '-1');
    this.current = index;
    this.cells[index].button.setAttribute('tabindex', '0');
    if (focus) this.cells[index].button.focus({ preventScroll: true });
  }

  walk(event) {
    const way = STEPS[event.key];
    if (!way) return;
    event.preventDefault();
    const { columns, rows } = this.view;
    const column = Math.min(columns - 1, Math.max(0, (this.current % columns) + way[0]));
    const row = Math.min(rows - 1, Math.max(0, Math.floor(this.current / columns) + way[1]));
    this.move(row * columns + column);
  }
}
