// The rules of the board: no DOM, no clock; chance comes from a seed kept in the game itself.

export const SIZES = [3, 4, 5, 6];
export const DIRECTIONS = ['up', 'right', 'down', 'left'];
export const UNDO_STEPS = 20;

const CHANCE_OF_TWO = 0.9;

/** The tile that wins. A 3x3 board cannot hold a chain up to 2048 (1024 is its limit), so its goal is lower. */
export function goalOf(size) {
  return size === 3 ? 256 : 2048;
}

/**
 * A new game with its first two tiles on the board.
 * A cell is null or an immutable `{ id, value }`; ids let the drawing follow a tile from move to move.
 * A daily challenge has its date in `daily` and a number of moves in `limit`; it has no undo and no pause at the goal.
 * `tally` is what the statistics already counted of this game; undo leaves it alone.
 */
export function newGame(size, seed, { daily = null, limit = 0 } = {}) {
  const game = {
    size,
    daily,
    limit,
    tally: { started: false, won: false, tile: 0 },
    cells: new Array(size * size).fill(null),
    score: 0,
    moves: 0,
    random: seed >>> 0,
    nextId: 1,
    won: false,
    continued: false,
    history: [],
  };
  spawn(game);
  spawn(game);
  return game;
}

/** The next number in [0, 1) of the game's own random sequence (mulberry32). */
export function roll(game) {
  game.random = (game.random + 0x6d2b79f5) >>> 0;
  let mixed = game.random;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

/** Puts a 2 (nine times in ten) or a 4 on a random empty cell. Returns `{ id, value, at }`, or null on a full board. */
export function spawn(game) {
  const empty = [];
  game.cells.forEach((tile, at) => { if (!tile) empty.push(at); });
  if (empty.length === 0) return null;
  const at = empty[Math.floor(roll(game) * empty.length)];
  const value = roll(game) < CHANCE_OF_TWO ? 2 : 4;
  const tile = { id: game.nextId++, value };
  game.cells[at] = tile;
  return { ...tile, at };
}

/** The cells of every line of the board, each line beginning at the wall that the tiles are pushed to. */
export function linesOf(size, direction) {
  const lines = [];
  for (let line = 0; line < size; line++) {
    const cells = [];
    for (let step = 0; step < size; step++) {
      const along = direction === 'left' || direction === 'up' ? step : size - 1 - step;
      cells.push(direction === 'left' || direction === 'right' ? line * size + along : along * size + line);
    }
    lines.push(cells);
  }
  return lines;
}

/**
 * Pushes all tiles. Returns null when nothing moves; otherwise the game is changed and the answer says what happened:
 * `{ direction, slides: [{ id, to }], merges: [{ id, value, at, sources: [id, id] }], gained, spawned, reached }`,
 * where `reached` is true on the move that makes the goal tile for the first time.
 */
export function move(game, direction) {
  const before = snapshot(game);
  const result = { direction, slides: [], merges: [], gained: 0, spawned: null, reached: false };
  for (const line of linesOf(game.size, direction)) pushLine(game, line, result);
  if (result.slides.length === 0 && result.merges.length === 0) return null;
  game.score += result.gained;
  game.moves += 1;
  result.spawned = spawn(game);
  if (!game.won && largest(game) >= goalOf(game.size)) {
    game.won = true;
    result.reached = true;
  }
  if (game.limit) return result;
  before.merges = result.merges;
  game.history.push(before);
  if (game.history.length > UNDO_STEPS) game.history.shift();
  return result;
}

function pushLine(game, line, result) {
  const { cells } = game;
  let target = 0;
  let waiting = null; // the tile before, while it may still merge, with the cell it came from
  const settle = () => {
    if (waiting && waiting.from !== waiting.to) result.slides.push({ id: waiting.tile.id, to: waiting.to });
    waiting = null;
  };
  for (const from of line) {
    const tile = cells[from];
    if (!tile) continue;
    cells[from] = null;
    if (waiting && waiting.tile.value === tile.value) {
      const merged = { id: game.nextId++, value: tile.value * 2 };
      cells[waiting.to] = merged;
      result.merges.push({ ...merged, at: waiting.to, sources: [waiting.tile.id, tile.id] });
      result.gained += merged.value;
      waiting = null;
      continue;
    }
    settle();
    const to = line[target++];
    cells[to] = tile;
    waiting = { tile, from, to };
  }
  settle();
}

function snapshot(game) {
  return {
    cells: game.cells.slice(),
    score: game.score,
    moves: game.moves,
    random: game.random,
    won: game.won,
    continued: game.continued,
  };
}

/**
 * Takes the last move back, chance included, so that the same move brings the same tile again.
 * Returns the merges that came apart, or null when there is nothing to take back.
 */
export function undo(game) {
  const before = game.history.pop();
  if (!before) return null;
  const { merges = [], ...rest } = before;
  Object.assign(game, rest, { cells: before.cells.slice() });
  return merges;
}

/** Plays on after the goal. */
export function keepGoing(game) {
  game.continued = true;
}

/** 'won' waits for the player to keep going or to start again; 'lost' means that no move is left; 'done' ends a daily challenge. */
export function status(game) {
  if (game.limit) return game.moves < game.limit && canMove(game) ? 'play' : 'done';
  if (game.won && !game.continued) return 'won';
  return canMove(game) ? 'play' : 'lost';
}

/** Whether any tile can still slide or merge. */
export function canMove({ cells, size }) {
  return cells.some((tile, at) => {
    if (!tile) return true;
    const right = at % size < size - 1 ? cells[at + 1] : null;
    const below = cells[at + size] ?? null;
    return right?.value === tile.value || below?.value === tile.value;
  });
}

/** The value of the largest tile. */
export function largest({ cells }) {
  return cells.reduce((most, tile) => Math.max(most, tile ? tile.value : 0), 0);
}

/** A position made by hand, from rows of numbers with 0 for an empty cell: for demonstrations and tests. */
export function fromRows(rows, seed = 1) {
  const size = rows.length;
  const game = { ...newGame(size, seed), nextId: 1 };
  game.cells = rows.flat().map((value) => (value ? { id: game.nextId++, value } : null));
  return game;
}

/** The board as rows of numbers. */
export function toRows({ cells, size }) {
  return Array.from({ length: size }, (_, row) =>
    cells.slice(row * size, (row + 1) * size).map((tile) => (tile ? tile.value : 0)));
}
