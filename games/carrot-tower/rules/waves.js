import { BOSSES, MONSTERS, WAVES } from './catalog.js';
import { createRandom, shuffled } from './random.js';

/** What a critter counts for in a wave: about its health beside a field mouse's, and how hard it is to stop. */
const COST = {
  mouse: 1, hopper: 1.1, ant: 0.52, snail: 2.2, crow: 1.6, moth: 1, slug: 2.4, ladybird: 2.4, crawler: 2.5, mole: 2.3, hedgehog: 5,
};
/** Seconds between two critters of a kind in an early wave. */
const GAP = { mouse: 1.2, hopper: 1, ant: 0.55, snail: 1.9, crow: 1.4, moth: 0.8, slug: 1.7, ladybird: 2.2, crawler: 1.6, mole: 1.6, hedgehog: 2.8 };

/** What a wave is about: the critters it is made of, each with its share. */
const THEMES = {
  crowd: [['mouse', 1]],
  swarm: [['ant', 0.8], ['mouse', 0.2]],
  speed: [['hopper', 0.85], ['mouse', 0.15]],
  armour: [['snail', 0.75], ['ant', 0.25]],
  spikes: [['hedgehog', 0.65], ['snail', 0.35]],
  air: [['crow', 0.8], ['mouse', 0.2]],
  dust: [['moth', 0.85], ['hopper', 0.15]],
  heal: [['slug', 0.7], ['ladybird', 0.3]],
  nurse: [['ladybird', 0.35], ['mouse', 0.65]],
  split: [['crawler', 0.8], ['hopper', 0.2]],
  dig: [['mole', 0.75], ['ant', 0.25]],
};
/** Themes by name, for tests. */
export const THEME_NAMES = Object.keys(THEMES);

/**
 * The waves of a game, made one after another from its seed; the same seed gives the same waves.
 * No theme comes twice in a row, and every theme of the map comes before one comes again.
 */
export function createWaves(map, seed) {
  return { map, random: createRandom((seed ^ 0x5eed) >>> 0), list: [], bag: [], last: '' };
}

function drawTheme(waves, number) {
  const open = waves.map.themes.filter(([, from]) => from <= number).map(([theme]) => theme);
  let usable = waves.bag.filter((theme) => open.includes(theme) && theme !== waves.last);
  if (!usable.length) {
    waves.bag = shuffled(open, waves.random);
    usable = waves.bag.filter((theme) => theme !== waves.last);
  }
  // A theme that has just become possible comes first, so that late ones are not left over.
  const fresh = waves.map.themes.find(([theme, from]) => from === number && theme !== waves.last);
  const theme = fresh ? fresh[0] : usable[0];
  waves.bag = waves.bag.filter((other) => other !== theme);
  return theme;
}

/** Turns a theme and its points into groups `[critter, how many, seconds between two, seconds after the call]`. */
function fill(theme, points, number, start) {
  return THEMES[theme].map(([type, share], i) => {
    const count = Math.max(1, Math.round((points * share) / COST[type]));
    return [type, count, Math.round((GAP[type] / (1 + 0.045 * number)) * 100) / 100, start + i * 3];
  });
}

function makeWave(waves, number) {
  const { map, random } = waves;
  const points = map.crowd * (5.6 + 1.45 * (number - 1)) * (0.93 + random() * 0.14);
  const isBoss = number % WAVES === 0;
  const theme = number === 1 ? 'crowd' : drawTheme(waves, number);
  waves.last = theme;
  const side = number > 5 ? shuffled(map.themes.filter(([other, from]) => other !== theme && from <= number), random)[0]?.[0] : null;
  if (isBoss) {
    const boss = number === WAVES ? map.boss : BOSSES[(BOSSES.indexOf(map.boss) + number / WAVES - 1) % BOSSES.length];
    return { theme: 'boss', groups: [...fill(theme, points * 0.42, number, 0), [boss, 1, 1, 6], ...(side ? fill(side, points * 0.28, number, 10) : [])] };
  }
  return { theme, groups: side ? [...fill(theme, points * 0.72, number, 0), ...fill(side, points * 0.28, number, 5)] : fill(theme, points, number, 0) };
}

/** A wave by its number, from 1 on: `{theme, groups}`. */
export function waveOf(waves, number) {
  while (waves.list.length < number) waves.list.push(makeWave(waves, waves.list.length + 1));
  return waves.list[number - 1];
}

/**
 * When each critter of a wave comes out, counted in seconds from the call.
 * On a map with two entrances a group's critters take turns.
 * @returns {{time: number, type: string, path: number}[]} in order of time
 */
export function timetable({ groups }, entrances) {
  const list = [];
  let turn = 0;
  for (const [type, count, gap, start = 0] of groups) {
    for (let i = 0; i < count; i++) {
      list.push({ time: start + i * gap, type, path: turn % entrances });
      turn++;
    }
  }
  return list.sort((a, b) => a.time - b.time);
}

/** What a wave brings: `[[type, count], ...]`, the same critter only once. */
export function preview({ groups }) {
  const sums = new Map();
  for (const [type, count] of groups) sums.set(type, (sums.get(type) ?? 0) + count);
  return [...sums];
}

/** How many times its catalogue health a critter of this wave has. */
export function healthScale(map, wave) {
  const n = wave - 1;
  return map.toughness * (1 + map.growth * n + map.curve * n * n);
}

/** Every critter that a game on a map may bring within its own waves. */
export function guestsOf(map) {
  const types = new Set(['mouse', map.boss]);
  for (const [theme] of map.themes) for (const [type] of THEMES[theme]) types.add(type);
  for (const type of [...types]) {
    const { splits, calls } = MONSTERS[type];
    if (splits) types.add(splits[0]);
    if (calls) types.add(calls.type);
  }
  return [...types];
}
