import { MAPS } from './rules/maps.js';
import { TOWER_NAMES } from './rules/catalog.js';

const PROGRESS = 'carrot-tower:progress';
const SETTINGS = 'carrot-tower:settings';

const freshProgress = () => ({ version: 1, stars: {}, tidy: {}, hints: false });
const freshSettings = () => ({ language: null, volume: 0.6, muted: false, fast: false });

function readProgress(text) {
  const data = JSON.parse(text);
  if (!data || data.version !== 1 || typeof data.stars !== 'object' || !data.stars) throw new Error('not a saved progress');
  const progress = freshProgress();
  progress.hints = data.hints === true;
  for (const { id } of MAPS) {
    const stars = data.stars[id];
    if (stars === undefined) continue;
    if (![1, 2, 3].includes(stars)) throw new Error('no such number of stars');
    progress.stars[id] = stars;
    if (data.tidy?.[id] === true) progress.tidy[id] = true;
  }
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
 * Opens the saved progress and settings.
 * @param {() => Storage} getStorage handed in as a function, because even naming `localStorage` can throw
 * @returns {{progress: object, settings: object, trouble: null|'broken'|'blocked', keep: () => void}}
 */
export function openSave(getStorage) {
  const save = { progress: freshProgress(), settings: freshSettings(), trouble: null, keep };
  let storage = null;
  function keep() {
    try {
      storage.setItem(PROGRESS, JSON.stringify(save.progress));
      storage.setItem(SETTINGS, JSON.stringify(save.settings));
    } catch {
      save.trouble = 'blocked';
    }
  }
  try {
    storage = getStorage();
    const [progress, settings] = [storage.getItem(PROGRESS), storage.getItem(SETTINGS)];
    try {
      if (settings) save.settings = readSettings(settings);
      if (progress) save.progress = readProgress(progress);
    } catch {
      save.trouble = 'broken';
      keep();
    }
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
