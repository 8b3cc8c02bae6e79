import { CELLS, EDITIONS, INVADERS, LANES, PLANTS, SHOTS } from './data.js';
import { specFor } from './daily.js';
import { createRandom } from './random.js';

const VERSION = 1;

/** A game as plain data, to be kept as text. */
export function freeze(game) {
  const { spec, rules, random, chance, events, ...state } = game;
  return { version: VERSION, ...state, random: random.state(), chance: chance.state() };
}

const number = (value) => typeof value === 'number' && Number.isFinite(value);
const numbers = (one, names) => names.every((name) => number(one[name]));
const list = (value, ok) => Array.isArray(value) && value.every((one) => typeof one === 'object' && one && ok(one));
const lane = (value) => Number.isInteger(value) && value >= 0 && value < LANES;

const isPlant = (one) => Object.hasOwn(PLANTS, one.kind) && lane(one.lane)
  && numbers(one, ['id', 'cell', 'x', 'health', 'most', 'vigour', 'fed', 'wait', 'born', 'acted', 'bitten']);
const isInvader = (one) => Object.hasOwn(INVADERS, one.kind) && lane(one.lane) && ['walk', 'dig', 'hop', 'rise'].includes(one.state)
  && numbers(one, ['id', 'x', 'px', 'health', 'armour', 'most', 'shell', 'hops', 'slow', 'wait', 'until', 'from', 'to', 'hurt', 'moved', 'turn', 'was', 'since']);
const isShot = (one) => Object.hasOwn(SHOTS, one.kind) && lane(one.lane) && Array.isArray(one.hit) && numbers(one, ['id', 'from', 'x', 'px', 'start']);
const isDrop = (one) => numbers(one, ['id', 'lane', 'x', 'falls', 'age', 'value']);
const isComing = (one) => Object.hasOwn(INVADERS, one.kind) && lane(one.lane) && numbers(one, ['at', 'wave']);
const isBarrel = (one) => lane(one.lane) && ['ready', 'rolling', 'gone'].includes(one.state) && numbers(one, ['x', 'px']);
const isAnswer = (one) => Object.hasOwn(PLANTS, one.plant) && Object.hasOwn(INVADERS, one.toy);

const counters = [
  'seed', 'random', 'chance', 'tick', 'time', 'clock', 'ids', 'level', 'dew', 'spare', 'next', 'wave', 'waves', 'nextWave', 'nextDrop', 'nextSeed',
  'nextTap', 'chain', 'defeated', 'total', 'planted', 'collected', 'eaten', 'score', 'bare',
];

function sound(data) {
  return data?.version === VERSION && data.status === 'play' && numbers(data, counters)
    && Array.isArray(data.picks) && data.picks.every((id) => Object.hasOwn(PLANTS, id) && number(data.recharge?.[id]) && number(data.stock?.[id]))
    && Array.isArray(data.perks) && Array.isArray(data.cells) && data.cells.length === LANES * CELLS
    && data.cells.every((plant) => plant === null || (typeof plant === 'object' && isPlant(plant)))
    && Array.isArray(data.ground) && data.ground.length === LANES * CELLS && data.ground.every((one) => ['soil', 'water', 'pad', 'stone'].includes(one))
    && list(data.invaders, isInvader) && list(data.shots, isShot) && list(data.drops, isDrop) && list(data.answer, isAnswer)
    && list(data.queue, isComing) && data.queue.length > 0 && data.next >= 0 && data.next <= data.queue.length
    && list(data.barrels, isBarrel) && data.barrels.length === LANES;
}

/** The game in a kept text, to be played on; null when it is broken, decided, or of another edition or version. */
export function thaw(text, edition) {
  try {
    const data = JSON.parse(text);
    if (!sound(data) || data.edition !== edition) return null;
    const spec = specFor(data.id, edition);
    if (!spec || spec.waves !== data.waves || spec.level !== data.level) return null;
    const { version, ...state } = data;
    return { ...state, spec, rules: EDITIONS[edition], random: createRandom(data.random), chance: createRandom(data.chance), events: [] };
  } catch {
    return null;
  }
}
