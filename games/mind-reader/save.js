// What the browser remembers. Nothing here may throw: storage can be blocked, full, or hold anything at all.
import { freshDuels, readDuels } from './daily.js';
import { isDuel } from './duel.js';
import { RECENT } from './rules.js';
import { revive, TRICKS } from './show.js';
import { IDS } from './symbols.js';

const PREFIX = 'mind-reader:';
const VERSION = 2;
const TOTALS_KEPT = 12;

/** What is remembered before anything was. `reads` counts the minds read by each trick. */
export function fresh() {
  return {
    version: VERSION, language: null, muted: false, volume: 0.6, friend: false,
    reads: Object.fromEntries(TRICKS.map((trick) => [trick, 0])),
    recent: { nines: [], envelope: [] },
    duels: freshDuels(),
  };
}

const count = (value) => (Number.isSafeInteger(value) && value > 0 ? value : 0);

/** The memory that `text` holds, or null when it holds none; single fields that make no sense are left at their beginnings. */
export function parse(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  if (!data || typeof data !== 'object' || Array.isArray(data)) return null;
  // Version 1 had one trick: its rounds and its answers of late.
  if (data.version === undefined) data = { ...data, reads: { nines: data.rounds }, recent: { nines: data.recent } };
  const memory = fresh();
  if (data.language === 'en' || data.language === 'zh') memory.language = data.language;
  memory.muted = data.muted === true;
  if (typeof data.volume === 'number' && data.volume >= 0 && data.volume <= 1) memory.volume = data.volume;
  memory.friend = data.friend === true;
  for (const trick of TRICKS) memory.reads[trick] = count(data.reads?.[trick]);
  const { nines, envelope } = data.recent ?? {};
  if (Array.isArray(nines)) memory.recent.nines = nines.filter((id) => IDS.includes(id)).slice(-RECENT);
  if (Array.isArray(envelope)) memory.recent.envelope = envelope.filter(Number.isSafeInteger).slice(-TOTALS_KEPT);
  memory.duels = readDuels(data.duels);
  return memory;
}

/**
 * The store on top of what `open` returns (it may throw).
 * `fault` is called with 'broken' when something stored could not be read, and with 'blocked' when nothing can be stored.
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
  const write = (key, value) => {
    try {
      if (value === null) open().removeItem(PREFIX + key);
      else open().setItem(PREFIX + key, JSON.stringify(value));
      held.delete(key);
    } catch {
      held.set(key, value && JSON.stringify(value));
      fault('blocked');
    }
  };
  /** What `make` builds of the stored object; null when there is none, and a fault when it cannot be used. */
  const readWith = (key, make) => {
    const text = read(key);
    if (text === null) return null;
    let made = null;
    try {
      const data = JSON.parse(text);
      if (data?.version === 1) made = make(data);
    } catch { /* reported below */ }
    if (!made) fault('broken');
    return made;
  };
  return {
    load() {
      const text = read('memory');
      const memory = text === null ? fresh() : parse(text);
      if (!memory) fault('broken');
      return memory ?? fresh();
    },
    save(memory) { write('memory', memory); },
    /** Takes over into `memory` what another tab has kept; says whether `key` is that of a memory that could be read. */
    follow(key, memory) {
      const kept = key === `${PREFIX}memory` ? parse(read('memory')) : null;
      return Boolean(kept && Object.assign(memory, kept));
    },
    /** The trick that was under way, or null. */
    show() { return readWith('show', revive); },
    saveShow(state) { write('show', state && { version: 1, ...state }); },
    /** The duel of the day, or the free one; null when none was begun. */
    duel(daily) {
      return readWith(daily ? 'duel-daily' : 'duel', ({ version, ...duel }) => (isDuel(duel, IDS) && Boolean(duel.date) === daily ? duel : null));
    },
    saveDuel(duel) { write(duel.date ? 'duel-daily' : 'duel', { version: 1, ...duel }); },
    /** Which screen the player was on: 'show', 'duel', 'duel-daily' or null. */
    place() {
      const text = read('place');
      return ['show', 'duel', 'duel-daily'].find((name) => text === JSON.stringify(name)) ?? null;
    },
    savePlace(place) { write('place', place); },
  };
}
