import { TWISTS, challengeOf } from './rules/daily.js';
import { createGame } from './rules/game.js';
import { TOWER_NAMES } from './rules/catalog.js';
import { findMap } from './rules/maps.js';

/**
 * What is played: `{key, mapId, endless, seed, tools}`, and for a daily challenge also `day`, `twist` and `missing`.
 * The key names the place of its save.
 */
export function mapCourse(mapId, seed, tools) {
  return { key: mapId, mapId, endless: false, seed, tools };
}

export function endlessCourse(mapId, seed) {
  return { key: `endless-${mapId}`, mapId, endless: true, seed, tools: TOWER_NAMES };
}

export function dailyCourse(day) {
  return { key: 'daily', endless: false, ...challengeOf(day) };
}

/** A new game of a course. */
export function gameOf({ mapId, seed, tools, endless, twist }) {
  return createGame(mapId, { seed, tools, endless, twist: TWISTS[twist] ?? {} });
}

/** Whether something read from a save is a course. */
export function isCourse(course) {
  return Boolean(course) && ['key', 'mapId'].every((name) => typeof course[name] === 'string') && findMap(course.mapId) !== undefined
    && Array.isArray(course.tools) && course.tools.every((name) => TOWER_NAMES.includes(name)) && Number.isFinite(course.seed);
}
