// What the browser remembers. Nothing here may throw: storage can be blocked, full, or hold anything at all.
import { SIZES, UNDO_STEPS } from './rules.js';

const PREFIX = '2048:';
const VERSION = 1;
const LARGEST_EXPONENT = 40;

/** A game as text. */
export function serialise(game) {
  const { size, score, moves, random, won, continued } = game;
  const values = (cells) => cells.map((tile) => (tile ? tile.value : 0));
  return JSON.stringify({
    version: VERSION, size, score, moves, random, won, continued, cells: values(game.cells),
    history: game.history.map(({ merges, ...before }) => ({ ...before, cells: values(before.cells) })),
  });
}

/** The game that `serialise` wrote, or null when the text is not one (broken, old, tampered with). */
export function parse(text, size) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  if (!data || data.version !== VERSION || data.size !== size || !SIZES.includes(size)) return null;
  if (!isPosition(data, size) || !Array.isArray(data.history) || data.history.length > UNDO_STEPS) return null;
  if (!data.history.every((before) => isPosition(before, size))) return null;
  let nextId = 1;
  const tiles = (position) => ({
    ...position,
    cells: position.cells.map((value) => (value ? { id: nextId++, value } : null)),
  });
  const history = data.history.map((before) => tiles(pick(before)));
  return { size, ...tiles(pick(data)), history, nextId };
}

function pick({ cells, score, moves, random, won, continued }) {
  return { cells, score, moves, random, won, continued };
}

function isPosition(data, size) {
  if (!data || !Array.isArray(data.cells) || data.cells.length !== size * size) return false;
  const isTile = (value) => value >= 2 && value <= 2 ** LARGEST_EXPONENT && Number.isInteger(Math.log2(value));
  return data.cells.every((value) => value === 0 || (typeof value === 'number' && isTile(value)))
    && data.cells.some((value) => value !== 0)
    && [data.score, data.moves, data.random].every((number) => Number.isSafeInteger(number) && number >= 0)
    && typeof data.won === 'boolean' && typeof data.continued === 'boolean';
}

/**
 * The store on top of `localStorage` (or whatever `open` returns; it may throw).
 * `fault` is called with 'broken' when something stored could not be used, and with 'blocked' when nothing can be stored.
 */
export function createStore(open, fault) {
  const read = (key) => {
    try {
      return open().getItem(PREFIX + key);
    } catch {
      fault('blocked');
      return null;
    }
  };
  const write = (key, text) => {
    try {
      if (text === null) open().removeItem(PREFIX + key);
      else open().setItem(PREFIX + key, text);
    } catch {
      fault('blocked');
    }
  };
  const readObject = (key) => {
    const text = read(key);
    if (text === null) return {};
    try {
      const data = JSON.parse(text);
      if (data && typeof data === 'object' && !Array.isArray(data)) return data;
    } catch { /* reported below */ }
    fault('broken');
    return {};
  };
  return {
    game(size) {
      const text = read(`game-${size}`);
      const game = text === null ? null : parse(text, size);
      if (text !== null && !game) fault('broken');
      return game;
    },
    saveGame(game) { write(`game-${game.size}`, serialise(game)); },
    best() {
      const data = readObject('best');
      return Object.fromEntries(SIZES.map((size) => [size, Number.isSafeInteger(data[size]) && data[size] > 0 ? data[size] : 0]));
    },
    saveBest(best) { write('best', JSON.stringify(best)); },
    settings() {
      const data = readObject('settings');
      return {
        language: data.language === 'en' || data.language === 'zh' ? data.language : null,
        muted: data.muted === true,
        volume: typeof data.volume === 'number' && data.volume >= 0 && data.volume <= 1 ? data.volume : 0.6,
        size: SIZES.includes(data.size) ? data.size : 4,
        playing: data.playing === true,
        lesson: Number.isInteger(data.lesson) && data.lesson >= 0 && data.lesson <= 3 ? data.lesson : 0,
      };
    },
    saveSettings(settings) { write('settings', JSON.stringify(settings)); },
  };
}
