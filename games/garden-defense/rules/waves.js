import { plantIn } from './beds.js';
import { CELLS, EDITIONS, INVADERS, LANES, PLANTS } from './data.js';
import { pick, shuffle } from './random.js';

const FIRST_AT = 16;
const GAP = 13;
const AFTER_FLAG = 6;

/** Whether an invader can come in on a lane: swimmers and fliers on water, and only ducks not on land. */
function suits(kind, lane, water) {
  const { swims, flies, afloat } = INVADERS[kind];
  return water.includes(lane) ? Boolean(swims || flies) : !afloat;
}

/** Kinds that come to more than `budget` in weight, none of them too heavy for it; ants and what is `met` here are commoner. */
function choose(random, kinds, budget, met) {
  const able = kinds.filter((kind) => INVADERS[kind].weight <= Math.max(1, budget * 0.75));
  const list = [];
  for (let left = budget; left > 0.4 && able.length;) {
    const bag = able.flatMap((kind) => (kind === met || kind === 'ant' ? [kind, kind] : [kind]));
    const kind = bag[pick(random, bag.length)];
    list.push(kind);
    left -= INVADERS[kind].weight;
  }
  return list.length ? list : ['ant'];
}

/** The spawn list of a wave: lanes dealt evenly from a bag (`lanes` may name some twice), the flag bearer first, all in `within` seconds. */
function drawUp(random, kinds, { at, wave, flag = false, lanes, water = [], within = 9 }) {
  const list = shuffle(random, [...kinds]);
  if (flag) list.unshift('ant');
  const gap = Math.min(1.6, within / list.length);
  let bag = [];
  return list.map((kind, i) => {
    let found = bag.findIndex((lane) => suits(kind, lane, water));
    if (found < 0) {
      bag.push(...shuffle(random, [...lanes]));
      found = bag.findIndex((lane) => suits(kind, lane, water));
    }
    const [lane] = found < 0 ? [0] : bag.splice(found, 1);
    return { at: at + i * gap, kind, lane, wave, flag: flag && i === 0 };
  });
}

const allLanes = [...Array(LANES).keys()];

/** The numbers of the waves that carry a flag: half-way and the last; in long levels every third or so. */
export const flagsOf = (waves) => (waves < 9 ? [waves] : waves < 11 ? [Math.ceil(waves / 2), waves] : [Math.ceil(waves / 3), Math.ceil((waves * 2) / 3), waves]);

/** The whole timetable of a level or mini-game: every invader with its time and lane, in order of time. */
export function timetable(spec, random, press = spec.press) {
  const flags = flagsOf(spec.waves);
  const lanes = spec.only ?? allLanes;
  const water = spec.garden.water ?? [];
  const bossAt = spec.boss ? spec.waves - 2 : 0;
  let at = FIRST_AT;
  const list = [];
  for (let wave = 1; wave <= spec.waves; wave++) {
    const flag = flags.includes(wave);
    const budget = press * (0.9 + 0.55 * wave) * (flag ? 1.8 : 1);
    const kinds = wave === 1 ? ['ant'] : choose(random, spec.kinds, budget, spec.met);
    if (wave === 3 && spec.met && !spec.boss && !kinds.includes(spec.met)) kinds.push(spec.met);
    if (wave === bossAt) list.push({ at: at + 1, kind: spec.boss, lane: water.includes(2) ? pick(random, 2) * 2 + 1 : 2, wave, flag: false });
    list.push(...drawUp(random, kinds, { at, wave, flag, lanes, water }));
    at += GAP + (flag ? AFTER_FLAG : 0);
  }
  if (spec.level === 1) list[0].lane = 2;
  return list.sort((a, b) => a.at - b.at);
}

/** Which invader is sent against which plant, where waves answer to what grows. */
export const ANSWERS = {
  rosehip: 'thimble', honeysuckle: 'kettle', lupin: 'kettle', thistle: 'top', nettle: 'snail', sundew: 'ant', hedge: 'frog',
  chamomile: 'jack', fern: 'jack', touchmenot: 'mouse', trumpet: 'mole', dandelion: 'thimble',
};

/** What the next wave answers: the two commonest kinds of plants and what is sent against them. */
export function answersOf(game) {
  if (!game.rules.answers) return [];
  const counts = new Map();
  for (const plant of game.cells) if (plant && ANSWERS[plant.kind]) counts.set(plant.kind, (counts.get(plant.kind) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= 2).sort((a, b) => b[1] - a[1]).slice(0, 2).map(([plant]) => ({ plant, toy: ANSWERS[plant] }));
}

/** The lanes of a bag, the two with the fewest fighters twice, where waves answer to what grows. */
function lanesAgainst(game) {
  if (!game.rules.answers) return allLanes;
  const force = (lane) => {
    let sum = 0;
    for (let cell = 0; cell < CELLS; cell++) sum += PLANTS[plantIn(game, lane, cell)?.kind]?.every ? 1 : 0;
    return sum;
  };
  return [...allLanes, ...[...allLanes].sort((a, b) => force(a) - force(b)).slice(0, 2)];
}

/** Endless play: wave `number` (from 1), which begins at `at`. Every fifth carries a flag, every fifteenth brings a boss. */
export function endlessWave(game, number, at) {
  const { spec, random } = game;
  const flag = number % 5 === 0;
  const budget = (1.2 + number * 0.8) * (flag ? 1.6 : 1) * (EDITIONS[game.edition].answers ? 1.3 : 1);
  const known = spec.kinds.slice(0, 2 + Math.floor(number * 0.75)).concat(spec.garden.water ? 'duck' : []);
  const answers = number > 2 ? game.answer.map(({ toy }) => toy) : [];
  // The same throw of the dice with and without an answer, so that the waves of a day stay alike for all.
  const kinds = choose(random, known, answers.length ? budget * 0.5 : budget, null);
  if (answers.length) kinds.push(...choose(random, answers, budget * 0.5, null).slice(0, 14));
  const list = drawUp(random, kinds, { at, wave: number, flag, lanes: lanesAgainst(game), water: spec.garden.water, within: Math.min(14, 5 + kinds.length) });
  if (number % 15 === 0) list.push({ at: at + 2, kind: number % 30 ? 'mainspring' : 'carousel', lane: spec.garden.water?.includes(2) ? 1 : 2, wave: number, flag: false });
  return list.sort((a, b) => a.at - b.at);
}

/** Seconds from one endless wave to the next. */
export const endlessGap = (number) => (number < 3 ? 18 : Math.max(14, 18 - number * 0.2));

/** How much tougher the invaders of an endless wave are. */
export const endlessToughness = (number) => 1 + Math.max(0, number - 8) * 0.06;
