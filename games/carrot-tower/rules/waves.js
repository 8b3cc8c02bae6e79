import { WAVES } from './catalog.js';

/**
 * When each critter of a wave comes out, counted in seconds from the call.
 * A group is `[type, count, gap, start = 0]`; on a map with two entrances a group's critters take turns.
 * @returns {{time: number, type: string, path: number}[]} in order of time
 */
export function timetable(map, wave) {
  const list = [];
  let turn = 0;
  for (const [type, count, gap, start = 0] of map.waves[wave - 1]) {
    for (let i = 0; i < count; i++) {
      list.push({ time: start + i * gap, type, path: turn % map.paths.length });
      turn++;
    }
  }
  return list.sort((a, b) => a.time - b.time);
}

/** What the next wave brings: `[[type, count], ...]`, the same critter only once; empty after the last wave. */
export function preview(map, wave) {
  if (wave > WAVES) return [];
  const sums = new Map();
  for (const [type, count] of map.waves[wave - 1]) sums.set(type, (sums.get(type) ?? 0) + count);
  return [...sums];
}

/** How many times its catalogue health a critter of this wave has. */
export function healthScale(map, wave) {
  const n = wave - 1;
  return map.toughness * (1 + map.growth * n + map.curve * n * n);
}
