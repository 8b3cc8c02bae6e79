// What the browser remembers. Nothing here may throw: storage can be blocked, full, or hold anything at all.
import { RECENT } from './rules.js';
import { IDS } from './symbols.js';

const KEY = 'mind-reader:memory';

/** What is remembered before anything was. */
export const FRESH = Object.freeze({ language: null, muted: false, volume: 0.6, rounds: 0, recent: Object.freeze([]) });

/** The memory that `text` holds, or null when it holds none; single fields that make no sense are left at their beginnings. */
export function parse(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  if (!data || typeof data !== 'object' || Array.isArray(data)) return null;
  const { language, muted, volume, rounds, recent } = data;
  return {
    language: language === 'en' || language === 'zh' ? language : FRESH.language,
    muted: muted === true,
    volume: typeof volume === 'number' && volume >= 0 && volume <= 1 ? volume : FRESH.volume,
    rounds: Number.isSafeInteger(rounds) && rounds >= 0 ? rounds : FRESH.rounds,
    recent: Array.isArray(recent) ? recent.filter((id) => IDS.includes(id)).slice(-RECENT) : [],
  };
}

/**
 * The store on top of what `open` returns (it may throw).
 * `fault` is called with 'broken' when the memory could not be read, and with 'blocked' when nothing can be stored.
 */
export function createStore(open, fault) {
  return {
    load() {
      let text = null;
      try {
        text = open().getItem(KEY);
      } catch {
        fault('blocked');
      }
      const memory = text === null ? { ...FRESH, recent: [] } : parse(text);
      if (!memory) fault('broken');
      return memory ?? { ...FRESH, recent: [] };
    },
    save(memory) {
      try {
        open().setItem(KEY, JSON.stringify(memory));
      } catch {
        fault('blocked');
      }
    },
  };
}
