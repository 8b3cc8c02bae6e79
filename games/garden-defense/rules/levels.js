import { EDITIONS, INVADERS, LANES, PLANT_ORDER } from './data.js';
import { pick, shuffle } from './random.js';

const w = (at, list) => ({ at, list, flag: false });
const f = (at, list) => ({ at, list, flag: true });

/**
 * The ten levels: `dew` to begin with, `slots` for seed cards, which invader is `met` here first, and the waves.
 * `only` keeps the invaders of a first level in the middle lanes.
 */
export const LEVELS = [
  { dew: 150, slots: 2, met: 'ant', only: [1, 2, 3], waves: [
    w(18, { ant: 1 }), w(36, { ant: 1 }), w(52, { ant: 1 }), w(66, { ant: 2 }), w(82, { ant: 2 }), f(98, { ant: 4 })] },
  { dew: 150, slots: 3, met: 'mouse', waves: [
    w(20, { ant: 1 }), w(38, { ant: 1 }), w(54, { mouse: 1 }), w(68, { ant: 2 }), w(82, { ant: 1, mouse: 1 }),
    w(98, { ant: 2, mouse: 1 }), f(116, { ant: 4, mouse: 3 })] },
  { dew: 150, slots: 4, met: 'thimble', waves: [
    w(20, { ant: 1 }), w(36, { ant: 1, mouse: 1 }), w(52, { thimble: 1 }), w(68, { ant: 2, mouse: 1 }), f(84, { ant: 4, thimble: 1 }),
    w(106, { ant: 2, mouse: 2 }), w(120, { thimble: 2 }), f(138, { ant: 4, mouse: 2, thimble: 2 })] },
  { dew: 150, slots: 4, met: 'frog', waves: [
    w(20, { ant: 1 }), w(34, { ant: 2 }), w(48, { frog: 1 }), w(64, { ant: 2, mouse: 1 }), w(78, { frog: 1, thimble: 1 }),
    f(96, { ant: 4, frog: 2, mouse: 2 }), w(118, { frog: 2, ant: 2 }), w(132, { thimble: 2, mouse: 2 }), f(150, { ant: 5, frog: 4, thimble: 2 })] },
  { dew: 150, slots: 5, met: 'moth', waves: [
    w(18, { ant: 1 }), w(32, { ant: 1, mouse: 1 }), w(46, { moth: 1 }), w(60, { ant: 3 }), w(74, { moth: 2 }),
    f(92, { ant: 4, moth: 3, thimble: 1 }), w(114, { frog: 2, mouse: 2 }), w(128, { moth: 3, thimble: 1 }), w(142, { ant: 3, frog: 2 }),
    f(160, { ant: 5, moth: 5, thimble: 2, frog: 1 })] },
  { dew: 150, slots: 6, met: 'snail', waves: [
    w(18, { ant: 1 }), w(32, { ant: 2 }), w(46, { snail: 1 }), w(62, { ant: 2, mouse: 2 }), w(78, { snail: 1, thimble: 1 }),
    f(96, { ant: 4, snail: 2, frog: 2 }), w(118, { moth: 3, ant: 2 }), w(134, { snail: 2, mouse: 3 }), w(150, { thimble: 3, frog: 2 }),
    f(170, { ant: 6, snail: 3, thimble: 2, mouse: 3 })] },
  { dew: 150, slots: 6, met: 'kettle', waves: [
    w(18, { ant: 2 }), w(32, { mouse: 2 }), w(46, { kettle: 1 }), w(64, { ant: 3, frog: 1 }), w(80, { kettle: 1, moth: 2 }),
    f(98, { ant: 5, kettle: 2, thimble: 2 }), w(120, { snail: 2, mouse: 3 }), w(136, { kettle: 2, frog: 2 }), w(152, { ant: 4, moth: 3 }),
    f(174, { ant: 6, kettle: 4, thimble: 2, mouse: 3 })] },
  { dew: 175, slots: 6, met: 'mole', waves: [
    w(18, { ant: 2 }), w(32, { ant: 2 }), w(46, { mole: 1 }), w(62, { thimble: 2, mouse: 1 }), w(78, { mole: 1, ant: 2 }),
    f(96, { ant: 5, mole: 2, frog: 2 }), w(118, { kettle: 2, moth: 2 }), w(134, { mole: 2, snail: 2 }), w(150, { thimble: 3, mouse: 4 }),
    f(172, { ant: 6, mole: 5, kettle: 2, frog: 2 })] },
  { dew: 175, slots: 6, met: 'drummer', waves: [
    w(18, { ant: 2 }), w(32, { thimble: 1, mouse: 1 }), w(46, { drummer: 1, ant: 2 }), w(62, { frog: 2, moth: 2 }), w(78, { drummer: 1, thimble: 3 }),
    f(96, { ant: 6, drummer: 2, kettle: 2 }), w(118, { mole: 3, snail: 1 }), w(134, { drummer: 2, mouse: 4 }), w(150, { kettle: 3, moth: 3 }),
    w(166, { snail: 2, thimble: 3 }), f(186, { ant: 8, drummer: 3, kettle: 3, frog: 3, moth: 2 })] },
  { dew: 200, slots: 6, met: 'mainspring', waves: [
    w(18, { ant: 2 }), w(32, { mouse: 2, ant: 1 }), w(46, { thimble: 2 }), w(60, { frog: 2, moth: 1 }), w(76, { kettle: 1, ant: 3 }),
    f(94, { ant: 5, drummer: 1, thimble: 3, mouse: 2 }), w(114, { mole: 2, snail: 2 }), w(128, { kettle: 2, moth: 3 }),
    f(150, { mainspring: 1, ant: 4, thimble: 2 }), w(180, { mouse: 3, frog: 2 }), w(200, { drummer: 1, ant: 4, kettle: 1 })] },
];

/** From this level on the player chooses seed cards; from the level after `ENDLESS_AFTER` is won, endless play is open. */
export const CHOOSE_FROM = 4;
export const ENDLESS_AFTER = 5;
export const ENDLESS_SLOTS = 6;

/** The plants that may be used in a level: two to begin with, one more won with each level. */
export function plantsFor(level, edition) {
  const rules = EDITIONS[edition];
  const known = PLANT_ORDER.slice(0, Math.min(PLANT_ORDER.length, level + 1 + rules.ahead));
  return rules.free ? known.filter((id) => id !== 'dewcup') : known;
}

/** How many seed cards a level takes; at least one plant has to be left out from `CHOOSE_FROM` on. */
export function slotsFor(level, edition) {
  const slots = level ? LEVELS[level - 1].slots : ENDLESS_SLOTS;
  return Math.min(slots, plantsFor(level || LEVELS.length, edition).length);
}

/** The plant that winning a level brings, or null. */
export function rewardOf(level, edition) {
  const had = plantsFor(level, edition);
  return plantsFor(level + 1, edition).find((id) => !had.includes(id)) ?? null;
}

/** The invaders of a level, in the order of the table, for the choose screen. */
export function invadersOf(level) {
  const kinds = new Set(LEVELS[level - 1].waves.flatMap((wave) => Object.keys(wave.list)));
  return Object.keys(INVADERS).filter((kind) => kinds.has(kind));
}

/** How many of a kind come in the edition's version of a wave. There is only ever one boss more, not a multiple. */
function countOf(kind, count, rules) {
  if (rules.count === 1) return count;
  return INVADERS[kind].boss ? count + 1 : Math.round(count * rules.count);
}

/** The spawn list of one wave: kinds mixed, lanes dealt evenly, the flag bearer first; all in `within` seconds. */
function drawUp(wave, number, rules, random, { only, within = Infinity } = {}) {
  const kinds = [];
  for (const [kind, count] of Object.entries(wave.list)) {
    for (let i = 0; i < countOf(kind, count, rules); i++) kinds.push(kind);
  }
  shuffle(random, kinds);
  if (wave.flag) kinds.unshift('ant');
  const gap = Math.min(within / kinds.length, (wave.flag ? 1.1 : 2.2) / Math.max(1, rules.count * 0.8));
  const lanes = [];
  return kinds.map((kind, i) => {
    if (!lanes.length) lanes.push(...shuffle(random, [...(only ?? Array(LANES).keys())]));
    return { at: wave.at * rules.pace + i * gap, kind, lane: lanes.pop(), wave: number, flag: wave.flag && i === 0 };
  });
}

/** The whole timetable of a level: every invader with its time and lane, in order of time. */
export function timetable(level, edition, random) {
  const { waves, only } = LEVELS[level - 1];
  const list = waves.flatMap((wave, i) => drawUp(wave, i + 1, EDITIONS[edition], random, { only }));
  if (level === 1) list[0].lane = 2;
  return list.sort((a, b) => a.at - b.at);
}

const endlessKinds = ['ant', 'ant', 'mouse', 'thimble', 'frog', 'moth', 'snail', 'kettle', 'mole', 'drummer'];

/** Endless play: wave `number` (from 1), which begins at `at`. Every fifth carries a flag, every fifteenth brings the boss. */
export function endlessWave(number, at, edition, random) {
  const list = {};
  const flag = number % 5 === 0;
  let budget = (1 + number * 0.85) * (flag ? 1.6 : 1);
  if (number % 15 === 0) list.mainspring = 1;
  const known = Math.min(endlessKinds.length, 2 + Math.floor(number * 0.7));
  while (budget > 0) {
    const kind = endlessKinds[pick(random, known)];
    list[kind] = (list[kind] ?? 0) + 1;
    budget -= INVADERS[kind].weight;
  }
  const rules = EDITIONS[edition];
  return drawUp({ at: at / rules.pace, list, flag }, number, rules, random, { within: 22 });
}

/** Seconds from one endless wave to the next. */
export const endlessGap = (number) => (number < 3 ? 20 : Math.max(15, 20 - number * 0.2));

/** How much tougher the invaders of an endless wave are. Where plants are free it rises faster, or nothing would ever end. */
export function endlessToughness(number, edition) {
  return edition === 'unlimited' ? 1 + Math.max(0, number - 6) * 0.14 : 1 + Math.max(0, number - 12) * 0.04;
}
