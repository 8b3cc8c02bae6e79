// Draws the board with one element per tile. The elements stand in their final places at once; CSS shows the way there.
import { bloom, powerOf } from './bloom.js';

const LEAVE_MS = 130; // a little longer than the slide in style.css
const calm = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)') ?? { matches: true };

/**
 * @param root the element of the board
 * @param describe (value, row, column) => the tile's name for screen readers, rows and columns counted from 1
 */
export function createBoard(root, describe) {
  const grid = root.querySelector('.grid');
  const layer = root.querySelector('.tiles');
  let size = 0;
  let tiles = new Map();
  let leaving = [];
  let timer = 0;

  function setSize(next) {
    if (next === size) return;
    size = next;
    root.style.setProperty('--n', size);
    grid.replaceChildren(...Array.from({ length: size * size }, () => document.createElement('i')));
  }

  function place(tile, at) {
    const row = Math.floor(at / size);
    const column = at % size;
    // Not by custom properties: they would be inherited, and every petal styled again at each move.
    tile.style.transform = `translate(calc(${column} * (100% + var(--gap))), calc(${row} * (100% + var(--gap))))`;
    tile.dataset.row = row;
    tile.dataset.column = column;
    tile.setAttribute('aria-label', describe(Number(tile.dataset.value), row + 1, column + 1));
  }

  function build({ id, value }, at, entrance) {
    const tile = document.createElement('div');
    tile.className = `tile power-${Math.min(powerOf(value), 12)}`;
    tile.setAttribute('role', 'img');
    tile.dataset.value = value;
    tile.style.setProperty('--digits', Math.max(2, String(value).length));
    const face = document.createElement('div');
    face.className = `face ${entrance}`;
    const number = document.createElement('span');
    number.textContent = value;
    face.append(bloom(value), number);
    tile.append(face);
    place(tile, at);
    tiles.set(id, tile);
    layer.append(tile);
    return tile;
  }

  // A tile that is no longer on the board slides under the one that took its place, unseen by screen readers and tests.
  function retire(id, to) {
    const tile = tiles.get(id);
    if (!tile) return;
    tiles.delete(id);
    if (to === undefined) {
      tile.remove();
      return;
    }
    place(tile, to);
    for (const name of ['row', 'column', 'value']) delete tile.dataset[name];
    tile.removeAttribute('aria-label');
    tile.setAttribute('aria-hidden', 'true');
    tile.classList.add('leaving');
    leaving.push(tile);
  }

  /** Ends what is still under way, so that the next move begins from a clean board without waiting. */
  function settle() {
    clearTimeout(timer);
    for (const tile of leaving) tile.remove();
    leaving = [];
    for (const tile of tiles.values()) tile.firstChild.className = 'face';
  }

  function tidyLater() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const tile of leaving) tile.remove();
      leaving = [];
    }, LEAVE_MS);
  }

  return {
    setSize,

    /** Shows a position without sliding; `entrance` is the way its tiles come in. */
    show(game, entrance = 'fresh') {
      settle();
      setSize(game.size);
      layer.replaceChildren();
      tiles = new Map();
      game.cells.forEach((tile, at) => { if (tile) build(tile, at, entrance); });
    },

    /** Shows the result of a move. */
    move(result) {
      settle();
      for (const { id, to } of result.slides) place(tiles.get(id), to);
      for (const merge of result.merges) {
        for (const id of merge.sources) retire(id, merge.at);
        build(merge, merge.at, 'pop');
      }
      if (result.spawned) build(result.spawned, result.spawned.at, 'appear');
      tidyLater();
    },

    /** Shows the position after a move was taken back: merged tiles come apart, the others slide back. */
    undo(game, merges) {
      settle();
      const origin = new Map();
      for (const merge of merges) for (const id of merge.sources) origin.set(id, merge.at);
      const wanted = new Set(game.cells.filter(Boolean).map((tile) => tile.id));
      for (const id of [...tiles.keys()]) if (!wanted.has(id)) retire(id);
      const apart = [];
      game.cells.forEach((tile, at) => {
        if (!tile) return;
        if (tiles.has(tile.id)) place(tiles.get(tile.id), at);
        else if (origin.has(tile.id)) apart.push([build(tile, origin.get(tile.id), ''), at]);
        else build(tile, at, 'fresh');
      });
      // One layout between the two places, or there would be nothing to slide from.
      if (apart.length) void layer.offsetWidth;
      for (const [tile, at] of apart) place(tile, at);
    },

    /** Names the tiles again after a change of language. */
    rename() {
      for (const tile of tiles.values()) {
        place(tile, Number(tile.dataset.row) * size + Number(tile.dataset.column));
      }
    },

    /** A small shove against the wall: nothing can move that way. */
    nudge(direction) {
      const [x, y] = { left: [-5, 0], right: [5, 0], up: [0, -5], down: [0, 5] }[direction];
      layer.animate([{}, { transform: `translate(${x}px, ${y}px)`, offset: 0.4 }, {}], calm.matches ? 1 : 130);
    },
  };
}
