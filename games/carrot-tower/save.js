import { MAPS } from './rules/maps.js';
import { TOWER_NAMES } from './rules/catalog.js';
import { daysBetween } from './rules/daily.js';
import { pack, unpack } from './rules/snapshot.js';
import { isCourse } from './courses.js';

const PROGRESS = 'carrot-tower:progress';
const SETTINGS = 'carrot-tower:settings';
const CURRENT = 'carrot-tower:current';
const GAME = 'carrot-tower:game:';
const VERSION = 2;

const freshStats = () => ({ games: 0, wins: 0, waves: 0, beaten: 0, seconds: 0 });
const freshDaily = () => ({ day: '', played: 0, streak: 0, longest: 0, tries: 0, best: null });
const freshProgress = () => ({ version: VERSION, stars: {}, tidy: {}, endless: {}, hints: false, stats: freshStats(), daily: freshDaily() });
const freshSettings = () => ({ language: null, volume: 0.6, muted: false, fast: false });

const isCount = (n) => Number.isFinite(n) && n >= 0;

function must(condition) {
  if (!condition) throw new Error('not a saved progress');
}

/** Reads counts over fresh ones; anything else in their place is an error. */
function readCounts(fresh, data = {}) {
  for (const name of Object.keys(fresh)) {
    if (data[name] === undefined) continue;
    must(isCount(data[name]));
    fresh[name] = data[name];
  }
  return fresh;
}

function readDaily(data = {}) {
  const daily = freshDaily();
  const { day, best, ...counts } = data;
  const { played, streak, longest, tries } = readCounts({ played: 0, streak: 0, longest: 0, tries: 0 }, counts);
  Object.assign(daily, { played, streak, longest, tries });
  if (typeof day === 'string') daily.day = day;
  if (best) {
    must(isCount(best.wave) && isCount(best.score) && isCount(best.lives));
    daily.best = { wave: best.wave, score: best.score, lives: best.lives, won: best.won === true };
  }
  return daily;
}

/** Version 1 held stars, tidied maps and whether the hints were through; version 2 adds the rest. */
function readProgress(text) {
  const data = JSON.parse(text);
  must(data && [1, VERSION].includes(data.version) && typeof data.stars === 'object' && data.stars);
  const progress = freshProgress();
  progress.hints = data.hints === true;
  for (const { id } of MAPS) {
    const stars = data.stars[id];
    if (stars !== undefined) {
      must([1, 2, 3].includes(stars));
      progress.stars[id] = stars;
      if (data.tidy?.[id] === true) progress.tidy[id] = true;
    }
    const record = data.endless?.[id];
    if (record) progress.endless[id] = readCounts({ wave: 0, score: 0 }, record);
  }
  progress.stats = readCounts(freshStats(), data.stats);
  progress.daily = readDaily(data.daily);
  return progress;
}

function readSettings(text) {
  const data = JSON.parse(text);
  const settings = freshSettings();
  if (typeof data.language === 'string') settings.language = data.language;
  if (Number.isFinite(data.volume)) settings.volume = Math.min(1, Math.max(0, data.volume));
  settings.muted = data.muted === true;
  settings.fast = data.fast === true;
  return settings;
}

/**
 * Opens the saved progress, settings and games in progress.
 * @param {() => Storage} getStorage handed in as a function, because even naming `localStorage` can throw
 * @returns {{progress: object, settings: object, trouble: null|'broken'|'blocked', keep: () => void, follow: (key: string) => boolean}}
 */
export function openSave(getStorage) {
  const save = { progress: freshProgress(), settings: freshSettings(), trouble: null, keep, keepGame, dropGame, loadGame, peekGame, leave, current, follow };
  let storage = null;
  /** Games in progress that could not be written, for as long as the page is open; null for one that is over. */
  const held = new Map();

  function write(act) {
    try {
      act();
      return true;
    } catch {
      save.trouble = 'blocked';
      return false;
    }
  }

  const gameText = (key) => (held.has(key) ? held.get(key) : storage.getItem(GAME + key));

  function keep() {
    write(() => {
      storage.setItem(PROGRESS, JSON.stringify(save.progress));
      storage.setItem(SETTINGS, JSON.stringify(save.settings));
    });
  }

  /** Keeps a game in progress under its course's key and notes that it is the one being played. */
  function keepGame(course, game) {
    const text = JSON.stringify({ course, game: pack(game) });
    const written = write(() => {
      storage.setItem(GAME + course.key, text);
      storage.setItem(CURRENT, course.key);
    });
    if (written) held.delete(course.key);
    else held.set(course.key, text);
  }

  function dropGame(key) {
    const written = write(() => {
      storage.removeItem(GAME + key);
      storage.removeItem(CURRENT);
    });
    if (written) held.delete(key);
    else held.set(key, null);
  }

  /** Notes that no game is being played; those in progress stay. */
  function leave() {
    write(() => storage.removeItem(CURRENT));
  }

  /** The key of the game that was being played when the page went away, or null. */
  function current() {
    try {
      return storage.getItem(CURRENT);
    } catch {
      return null;
    }
  }

  /** A game in progress, `{course, game}`, or null. A broken one is dropped and noted in `trouble`. */
  function loadGame(key) {
    let text = null;
    try {
      text = gameText(key);
    } catch {
      return null;
    }
    if (!text) return null;
    try {
      const { course, game } = JSON.parse(text);
      must(isCourse(course) && course.key === key);
      return { course, game: unpack(game) };
    } catch {
      dropGame(key);
      if (save.trouble === null) save.trouble = 'broken';
      return null;
    }
  }

  /** The wave of a game in progress, for the list of maps; null when there is none that can be read, or nothing was done in it. */
  function peekGame(key) {
    try {
      const { course, game } = JSON.parse(gameText(key));
      return isCourse(course) && (game.wave > 0 || game.towers.length > 0) ? { wave: game.wave, course } : null;
    } catch {
      return null;
    }
  }

  /** Takes over the progress that another tab has kept under `key`, so that this one does not write an older over it; whether it did. */
  function follow(key) {
    try {
      if (key !== PROGRESS) return false;
      save.progress = readProgress(storage.getItem(PROGRESS));
      return true;
    } catch {
      return false;
    }
  }

  /** Reads a part of the save; a broken one stays as it begins, and takes nothing else with it. */
  function take(name, read, text) {
    try {
      if (text) save[name] = read(text);
    } catch {
      save.trouble = 'broken';
    }
  }

  try {
    storage = getStorage();
    const [progress, settings] = [storage.getItem(PROGRESS), storage.getItem(SETTINGS)];
    take('settings', readSettings, settings);
    take('progress', readProgress, progress);
    if (save.trouble) keep();
  } catch {
    save.trouble = 'blocked';
  }
  return save;
}

/** Notes a win: stars only ever grow. Returns the name of a tower that this win opened, or null. */
export function noteWin(progress, mapId, stars, tidy) {
  const before = openTowers(progress);
  progress.stars[mapId] = Math.max(progress.stars[mapId] ?? 0, stars);
  if (tidy) progress.tidy[mapId] = true;
  return openTowers(progress).find((name) => !before.includes(name)) ?? null;
}

/** Notes how far an endless game went; true for a new record. */
export function noteEndless(progress, mapId, wave, score) {
  const before = progress.endless[mapId];
  if (before && before.score >= score) return false;
  progress.endless[mapId] = { wave, score };
  return true;
}

/** Notes that a day's challenge was begun: a day in a row makes the streak longer. */
export function beginDaily(progress, day) {
  const { daily } = progress;
  if (daily.day !== day) {
    daily.streak = daily.day && daysBetween(daily.day, day) === 1 ? daily.streak + 1 : 1;
    daily.longest = Math.max(daily.longest, daily.streak);
    daily.played++;
    Object.assign(daily, { day, tries: 0, best: null });
  }
  daily.tries++;
}

/** Notes the result of a day's challenge; the best of the day counts. */
export function noteDaily(progress, day, result) {
  const { daily } = progress;
  if (daily.day !== day || (daily.best && daily.best.score >= result.score)) return false;
  daily.best = { wave: result.wave, score: result.score, lives: result.lives, won: result.won };
  return true;
}

/** Counts a finished game in the statistics. */
export function noteGame({ stats }, { won, wave, beaten, seconds }) {
  stats.games++;
  if (won) stats.wins++;
  stats.waves += wave;
  stats.beaten += beaten;
  stats.seconds += Math.round(seconds);
}

/** Whether a map may be played: the first always, another once the one before it is won. */
export function isOpen(progress, mapId) {
  const at = MAPS.findIndex((map) => map.id === mapId);
  return at === 0 || (at > 0 && (progress.stars[MAPS[at - 1].id] ?? 0) > 0);
}

/** The towers a player may build: the windmill comes with the first map won, the lantern with the second. */
export function openTowers(progress) {
  return TOWER_NAMES.filter((name) => (name === 'mill' ? progress.stars.garden > 0 : name === 'lantern' ? progress.stars.orchard > 0 : true));
}

/** Stars of all maps together. */
export function totalStars(progress) {
  return MAPS.reduce((sum, map) => sum + (progress.stars[map.id] ?? 0), 0);
}
