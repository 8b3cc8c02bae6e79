import { TOWER_NAMES } from './catalog.js';
import { MAPS } from './maps.js';
import { createRandom } from './random.js';

/** What a day may change: name -> values that differ from `PLAIN`. */
export const TWISTS = {
  hasty: { speed: 1.1 },
  thick: { armour: 3 },
  rich: { coins: 260, harvest: 6 },
  brief: { rest: 7 },
  frail: { lives: 5 },
  harvest: { coins: -60, harvest: 32 },
};

/** A date's name, by the player's own calendar: `2026-11-26`. */
export function dayOf(date) {
  const two = (n) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Days from one named day to another. */
export const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/**
 * The challenge of a day, the same for everybody: a map, its waves, a twist, and one tower that is not to be had.
 * @returns {{day: string, mapId: string, seed: number, tools: string[], missing: string, twist: string}}
 */
export function challengeOf(day) {
  let seed = 2166136261;
  for (const letter of day) seed = Math.imul(seed ^ letter.charCodeAt(0), 16777619) >>> 0;
  const random = createRandom(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const mapId = pick(MAPS).id;
  const twist = pick(Object.keys(TWISTS));
  const missing = pick(TOWER_NAMES.filter((name) => name !== 'sling'));
  return { day, mapId, seed, twist, missing, tools: TOWER_NAMES.filter((name) => name !== missing) };
}
