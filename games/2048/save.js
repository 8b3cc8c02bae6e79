// What the browser remembers. Nothing here may throw: storage can be blocked, full, or hold anything at all.
import { SIZES, UNDO_STEPS } from './rules.js';
import { readStatistics } from './statistics.js';

const PREFIX = '2048:';
const VERSION = 2;
const LARGEST_EXPONENT = 40;

/** A game as text. */
export function serialise(game) {
  const { size, score, moves, random, won, continued, daily, limit, tally } = game;
  const values = (cells) => cells.map((tile) => (tile ? tile.value : 0));
  return JSON.stringify({
    version: VERSION, size, score, moves, random, won, continued, daily, limit, tally, cells: values(game.cells),
    history: game.history.map(({ merges, ...before }) => ({ ...before, cells: values(before.cells) })),
  });
}

/** Version 1 knew neither daily challenges nor what the statistics counted. */
function upgrade(data) {
  if (data?.version !== 1 || !Array.isArray(data.cells)) return data;
  const tally = { started: data.moves > 0, won: data.won === true, tile: Math.max(0, ...data.cells) };
  return { ...data, version: 2, daily: null, limit: 0, tally };
}

/** The game that `serialise` wrote, or null when the text is not one (broken, unknown version, tampered with). */
export function parse(text, size) {
  let data;
  try {
    data = upgrade(JSON.parse(text));
  } catch {
    return null;
  }
  if (!data || data.version !== VERSION || data.size !== size || !SIZES.includes(size)) return null;
  if (!isPosition(data, size) || !Array.isArray(data.history) || data.history.length > UNDO_STEPS) return null;
  if (!data.history.every((before) => isPosition(before, size))) return null;
  const { daily, limit, tally } = data;
  if (daily === null ? limit !== 0 : !(isDate(daily) && isCount(limit) && limit > 0)) return null;
  if (!tally || typeof tally.started !== 'boolean' || typeof tally.won !== 'boolean' || !isCount(tally.tile)) return null;
  let nextId = 1;
  const tiles = (position) => ({
    ...position,
    cells: position.cells.map((value) => (value ? { id: nextId++, value } : null)),
  });
  const history = data.history.map((before) => tiles(pick(before)));
  const { started, won, tile } = tally;
  return { size, daily, limit, tally: { started, won, tile }, ...tiles(pick(data)), history, nextId };
}

function pick({ cells, score, moves, random, won, continued }) {
  return { cells, score, moves, random, won, continued };
}

const isCount = (number) => Number.isSafeInteger(number) && number >= 0;
const isDate = (text) => typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text);

function isPosition(data, size) {
  if (!data || !Array.isArray(data.cells) || data.cells.length !== size * size) return false;
  const isTile = (value) => value >= 2 && value <= 2 ** LARGEST_EXPONENT && Number.isInteger(Math.log2(value));
  return data.cells.every((value) => value === 0 || (typeof value === 'number' && isTile(value)))
    && data.cells.some((value) => value !== 0)
    && [data.score, data.moves, data.random].every(isCount)
    && typeof data.won === 'boolean' && typeof data.continued === 'boolean';
}

/**
 * The store on top of `localStorage` (or whatever `open` returns; it may throw).
 * `fault` is called with 'broken' when something stored could not be used, and with 'blocked' when nothing can be stored.
 */
export function createStore(open, fault) {
  const held = new Map(); // what could not be written, for as long as the page is open
  const read = (key) => {
    if (held.has(key)) return held.get(key);
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
      held.delete(key);
    } catch {
      held.set(key, text);
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
  const readGame = (key, sizeOf) => {
    const text = read(key);
    if (text === null) return null;
    const game = parse(text, sizeOf(text));
    if (!game) fault('broken');
    return game;
  };
  const keyOf = (game) => (game.daily ? 'game-daily' : `game-${game.size}`);
  return {
    game(size) { return readGame(`game-${size}`, () => size); },
    /** The daily challenge that was begun last, of whatever day. */
    daily() { return readGame('game-daily', (text) => Number(text.match(/"size":(\d)/)?.[1])); },
    saveGame(game) { write(keyOf(game), serialise(game)); },
    /** The name under which a game is stored. */
    keyOf: (game) => PREFIX + keyOf(game),
    /** The game that "New game" replaced, for as long as Undo can bring it back. */
    aside(size) { return readGame(`aside-${size}`, () => size); },
    saveAside(size, game) { write(`aside-${size}`, game && serialise(game)); },
    best() {
      const data = readObject('best');
      return Object.fromEntries(SIZES.map((size) => [size, isCount(data[size]) ? data[size] : 0]));
    },
    saveBest(best) { write('best', JSON.stringify(best)); },
    /** Statistics: null when none were kept yet. */
    statistics() {
      if (read('statistics') === null) return null;
      return readStatistics(readObject('statistics'));
    },
    saveStatistics(statistics) { write('statistics', JSON.stringify(statistics)); },
    settings() {
      const data = readObject('settings');
      return {
        language: data.language === 'en' || data.language === 'zh' ? data.language : null,
        muted: data.muted === true,
        volume: typeof data.volume === 'number' && data.volume >= 0 && data.volume <= 1 ? data.volume : 0.6,
        size: SIZES.includes(data.size) ? data.size : 4,
        playing: data.playing === true || data.playing === 'daily' ? data.playing : false,
        lesson: Number.isInteger(data.lesson) && data.lesson >= 0 && data.lesson <= 3 ? data.lesson : 0,
        haptics: data.haptics !== false,
      };
    },
    saveSettings(settings) { write('settings', JSON.stringify(settings)); },
  };
}
