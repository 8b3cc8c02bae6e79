import { dayBefore } from './rules/daily.js';
import { GARDENS } from './rules/gardens.js';
import { LEVELS, MINIS, plantsFor } from './rules/levels.js';
import { WARES } from './rules/shop.js';
import { freeze, thaw } from './rules/snapshot.js';

const SLUG = 'garden-defense:';
const VERSION = 2;
const DAYS_KEPT = 60;

const whole = (value, from, to) => Number.isInteger(value) && value >= from && value <= to;
const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const counters = ['games', 'won', 'toys', 'planted', 'dew', 'seconds', 'days'];

/** Progress to begin with: the first level open, nothing won. */
export const freshProgress = () => ({
  version: VERSION, open: 1, stars: {}, picks: [], gifts: [], brass: 0, perks: [], minis: {}, best: {}, daily: {},
  stats: Object.fromEntries(counters.map((name) => [name, 0])),
});

/** The order in which version 1 gave its plants, so that nobody loses one that the new order brings later. */
const OLD_ORDER = ['dewcup', 'rosehip', 'hedge', 'touchmenot', 'honeysuckle', 'nettle', 'thistle', 'chamomile', 'trumpet', 'lupin'];

function fromVersion1(data, edition) {
  if (!whole(data.open, 1, 11) || !whole(data.endlessBest, 0, 1e6) || !isRecord(data.stars) || !Array.isArray(data.picks)) return null;
  const stars = edition === 'standard' ? data.stars : {};
  const open = edition === 'standard' ? data.open : 1;
  const had = OLD_ORDER.slice(0, open + 1);
  const now = plantsFor(open);
  return {
    ...freshProgress(), open, stars, picks: data.picks, gifts: had.filter((id) => !now.includes(id)),
    brass: Object.values(data.stars).reduce((sum, n) => sum + (whole(n, 1, 3) ? n * 10 : 0), 0),
    best: data.endlessBest ? { day: { wave: data.endlessBest, score: 0 } } : {},
  };
}

const results = (record, ok) => Object.fromEntries(Object.entries(isRecord(record) ? record : {})
  .filter(([key, one]) => ok(key) && whole(one?.wave, 0, 1e6) && whole(one?.score, 0, 1e9)).map(([key, { wave, score }]) => [key, { wave, score }]));
const starsIn = (record, keys) => Object.fromEntries(keys.filter((key) => whole(record?.[key], 1, 3)).map((key) => [key, record[key]]));

/** Reads progress out of stored text, an older version moved forward; null when it is broken. */
export function readProgress(text, edition = 'standard') {
  try {
    let data = JSON.parse(text);
    if (data?.version === 1) data = fromVersion1(data, edition);
    if (data?.version !== VERSION || !whole(data.open, 1, LEVELS.length + 1) || !whole(data.brass, 0, 1e9) || !isRecord(data.stars)) return null;
    if (!Array.isArray(data.picks) || !Array.isArray(data.perks)) return null;
    const words = (list) => (Array.isArray(list) ? list.filter((id) => typeof id === 'string') : []);
    return {
      version: VERSION, open: data.open, brass: data.brass, stars: starsIn(data.stars, LEVELS.map((_, i) => i + 1)), minis: starsIn(data.minis, Object.keys(MINIS)),
      picks: words(data.picks), gifts: words(data.gifts), perks: words(data.perks).filter((id) => Object.hasOwn(WARES, id)),
      best: results(data.best, (key) => Object.hasOwn(GARDENS, key)), daily: results(data.daily, (key) => /^\d{4}-\d\d-\d\d$/.test(key)),
      stats: Object.fromEntries(counters.map((name) => [name, whole(data.stats?.[name], 0, 1e12) ? data.stats[name] : 0])),
    };
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
    open: Math.max(progress.open, Math.min(LEVELS.length + 1, level + 1)),
    stars: { ...progress.stars, [level]: Math.max(progress.stars[level] ?? 0, stars) },
  };
}

const better = (old, wave, score) => ({ wave: Math.max(old?.wave ?? 0, wave), score: Math.max(old?.score ?? 0, score) });

/** Progress after an endless game; `best` tells whether its score is a new best. */
export function withResult(progress, garden, wave, score) {
  const old = progress.best[garden];
  return { progress: { ...progress, best: { ...progress.best, [garden]: better(old, wave, score) } }, best: score > (old?.score ?? 0) };
}

/** Progress after a daily challenge; only the last days are kept. */
export function withDay(progress, day, wave, score) {
  const daily = { ...progress.daily, [day]: better(progress.daily[day], wave, score) };
  const days = Object.keys(daily).sort().slice(-DAYS_KEPT);
  const stats = { ...progress.stats, days: progress.stats.days + (progress.daily[day] ? 0 : 1) };
  return { ...progress, stats, daily: Object.fromEntries(days.map((key) => [key, daily[key]])) };
}

/** How many days in a row the daily challenge was played, up to today or yesterday. */
export function streakOf(progress, today) {
  let day = progress.daily[today] ? today : dayBefore(today);
  let count = 0;
  for (; progress.daily[day] && count < DAYS_KEPT; day = dayBefore(day)) count++;
  return count;
}

/** Progress with a finished game counted. */
export function withStats(progress, game) {
  const { stats } = progress;
  return {
    ...progress,
    stats: {
      ...stats, games: stats.games + 1, won: stats.won + (game.status === 'won' ? 1 : 0), toys: stats.toys + game.defeated, planted: stats.planted + game.planted,
      dew: stats.dew + game.collected, seconds: stats.seconds + Math.round(game.time),
    },
  };
}

/**
 * The store of one edition. `storage` may be null (blocked); nothing here throws.
 * `trouble` is 'badSave', 'badGame' or 'noSave' when there is something to tell the player.
 */
export function openStore(storage, edition) {
  const prefix = edition === 'unlimited' ? `${SLUG}unlimited:` : SLUG;
  const settingsKey = `${SLUG}settings`;
  const store = { progress: freshProgress(), settings: readSettings(null), trouble: null, saveProgress, saveSettings, saveGame, loadGame, loadPicks, follow };
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
      if (value === null) storage.removeItem(key);
      else storage.setItem(key, JSON.stringify(value));
    } catch {
      store.trouble = 'noSave';
    }
  };
  function saveProgress(progress) {
    store.progress = progress;
    set(`${prefix}progress`, progress);
  }
  function saveSettings(change) {
    Object.assign(store.settings, change);
    set(settingsKey, store.settings);
  }
  /** Keeps the game in progress, or null for none. */
  function saveGame(game) {
    set(`${prefix}game`, game && { ...freeze(game), saved: Date.now() });
  }
  /** The game in progress, or null. A broken one is forgotten and told of. */
  function loadGame() {
    const text = get(`${prefix}game`);
    if (text === null) return null;
    const game = thaw(text, edition);
    if (!game) {
      store.trouble = 'badGame';
      set(`${prefix}game`, null);
    }
    return game;
  }
  function loadPicks(known) {
    return store.progress.picks.filter((id) => known.includes(id));
  }
  /** Takes over the progress that another tab has kept, so that this one does not write an older over it; whether `key` is this edition's. */
  function follow(key) {
    if (key === `${prefix}progress`) store.progress = readProgress(get(key), edition) ?? store.progress;
    return [`${prefix}progress`, `${prefix}game`].includes(key);
  }
  store.settings = readSettings(get(settingsKey));
  const saved = get(`${prefix}progress`);
  if (saved !== null) {
    const progress = readProgress(saved, edition);
    if (progress) store.progress = progress;
    else {
      store.trouble = 'badSave';
      set(`${prefix}progress`, store.progress);
    }
  }
  return store;
}
