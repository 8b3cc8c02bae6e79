import { LEVELS } from './rules/levels.js';

const SLUG = 'garden-defense:';
const VERSION = 1;

const whole = (value, from, to) => Number.isInteger(value) && value >= from && value <= to;

/** Progress to begin with: the first level open, nothing won. */
export const freshProgress = () => ({ version: VERSION, open: 1, stars: {}, endlessBest: 0, picks: [] });

/** Reads progress out of stored text; null when it is broken or from another version. */
export function readProgress(text) {
  try {
    const data = JSON.parse(text);
    if (data?.version !== VERSION || !whole(data.open, 1, LEVELS.length + 1) || !whole(data.endlessBest, 0, 1e6)) return null;
    if (typeof data.stars !== 'object' || !data.stars || !Array.isArray(data.picks)) return null;
    const stars = {};
    for (let level = 1; level <= LEVELS.length; level++) if (whole(data.stars[level], 1, 3)) stars[level] = data.stars[level];
    return { version: VERSION, open: data.open, stars, endlessBest: data.endlessBest, picks: data.picks.filter((id) => typeof id === 'string') };
  } catch {
    return null;
  }
}

/** What is remembered of the player's settings; anything odd falls back to the default. */
export function readSettings(text) {
  const settings = { lang: null, muted: false, volume: 0.7 };
  try {
    const data = JSON.parse(text);
    if (typeof data?.lang === 'string') settings.lang = data.lang;
    if (typeof data?.muted === 'boolean') settings.muted = data.muted;
    if (typeof data?.volume === 'number' && data.volume >= 0 && data.volume <= 1) settings.volume = data.volume;
  } catch {
    // Nothing remembered, or nothing readable: the defaults do.
  }
  return settings;
}

/** Progress after a level is won. */
export function withWin(progress, level, stars) {
  return {
    ...progress,
    open: Math.max(progress.open, level + 1),
    stars: { ...progress.stars, [level]: Math.max(progress.stars[level] ?? 0, stars) },
  };
}

/**
 * The store of one edition. `storage` may be null (blocked); nothing here throws.
 * `trouble` is 'badSave' or 'noSave' when there is something to tell the player.
 */
export function openStore(storage, edition) {
  const progressKey = edition === 'unlimited' ? `${SLUG}unlimited:progress` : `${SLUG}progress`;
  const settingsKey = `${SLUG}settings`;
  const store = { progress: freshProgress(), settings: readSettings(null), trouble: null, saveProgress, saveSettings };
  const get = (key) => {
    try {
      return storage.getItem(key);
    } catch {
      store.trouble = 'noSave';
      return null;
    }
  };
  const set = (key, value) => {
    try {
      storage.setItem(key, JSON.stringify(value));
    } catch {
      store.trouble = 'noSave';
    }
  };
  function saveProgress(progress) {
    store.progress = progress;
    set(progressKey, progress);
  }
  function saveSettings(change) {
    Object.assign(store.settings, change);
    set(settingsKey, store.settings);
  }
  store.settings = readSettings(get(settingsKey));
  const saved = get(progressKey);
  if (saved !== null) {
    const progress = readProgress(saved);
    if (progress) store.progress = progress;
    else {
      store.trouble = 'badSave';
      set(progressKey, store.progress);
    }
  }
  return store;
}
