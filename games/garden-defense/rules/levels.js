import { INVADERS, PLANT_ORDER, PLANTS } from './data.js';
import { GARDENS, OPEN_GARDENS } from './gardens.js';

const row = (garden, dew, slots, waves, met, kinds, press, more) => ({ garden, dew, slots, waves, met, kinds: kinds.split(' '), press, ...more });

/**
 * The twenty levels: garden, dew to begin with, `slots` for seed cards, number of waves, the invader that is `met` here
 * first (or null), all invaders that come, and how hard they `press`: found by simulation, see garden-defense-strategy.test.mjs.
 */
export const LEVELS = [
  row('day', 150, 2, 8, 'ant', 'ant', 1.4, { only: [1, 2, 3] }),
  row('day', 150, 3, 9, 'mouse', 'ant mouse', 2.1),
  row('day', 150, 4, 9, 'thimble', 'ant mouse thimble', 2.46),
  row('day', 150, 4, 10, 'frog', 'ant mouse thimble frog', 2.42),
  row('night', 200, 5, 10, 'moth', 'ant mouse moth thimble thimble thimble', 1.87),
  row('night', 200, 5, 10, 'snail', 'ant snail frog thimble moth', 3),
  row('night', 200, 6, 11, 'kettle', 'ant mouse mouse mouse kettle snail moth frog', 2),
  row('pond', 200, 6, 11, 'duck', 'ant duck mouse mouse frog thimble moth', 2.5),
  row('pond', 200, 6, 11, 'mole', 'ant duck mole frog kettle moth thimble thimble', 1.94),
  row('pond', 225, 6, 11, 'mainspring', 'ant duck mouse thimble frog kettle moth', 2.12, { boss: 'mainspring' }),
  row('rain', 150, 6, 12, 'drummer', 'ant drummer thimble mouse kettle frog', 2.75),
  row('rain', 150, 6, 12, 'jack', 'ant jack mouse moth drummer kettle', 2.65),
  row('rain', 150, 6, 12, null, 'ant jack snail mole thimble kettle frog moth', 2.75),
  row('wind', 150, 6, 12, 'top', 'ant top mouse mouse moth thimble kettle', 1.88),
  row('wind', 150, 6, 12, null, 'ant top drummer frog snail jack kettle', 2.1),
  row('wind', 150, 6, 12, 'musicbox', 'ant musicbox mouse top moth kettle mole', 1.66),
  row('yard', 175, 6, 12, null, 'ant musicbox jack thimble frog drummer kettle', 1.98),
  row('lake', 225, 6, 13, null, 'ant duck frog moth mouse kettle musicbox', 1.47),
  row('storm', 175, 6, 13, null, 'ant top jack moth drummer kettle mole', 2.22),
  row('attic', 250, 6, 13, 'carousel', 'ant top jack moth musicbox kettle drummer', 1.17, { boss: 'carousel' }),
];

/** The mini-games, and the level that has to be won before each opens. */
export const MINIS = {
  hands: { after: 3, special: 'hands', garden: 'day', dew: 0, picks: [], waves: 9, kinds: 'ant mouse frog moth thimble'.split(' '), press: 3.8, hurry: 1.4 },
  cart: { after: 7, special: 'cart', garden: 'day', dew: 0, picks: ['rosehip', 'hedge', 'touchmenot', 'honeysuckle', 'nettle', 'trumpet'], waves: 10, kinds: 'ant mouse thimble frog moth kettle'.split(' '), press: 3.2 },
  purse: { after: 12, special: 'purse', garden: 'yard', dew: 1600, picks: ['rosehip', 'hedge', 'touchmenot', 'thistle', 'nettle', 'trumpet', 'chamomile'], waves: 9, kinds: 'ant mouse thimble frog kettle jack'.split(' '), press: 2.1 },
};
/** Seconds from one seed of the cart to the next. */
export const CART_EVERY = 6.5;

/** From this level on the player chooses seed cards; once `ENDLESS_AFTER` is won, endless play is open. */
export const CHOOSE_FROM = 4;
export const ENDLESS_AFTER = 5;
export const ENDLESS_SLOTS = 6;

const grows = (id) => PLANTS[id].job === 'grow';

/** The plants that a level offers: two to begin with, one more won with each level. All of them, except for dew, where they are free. */
export function plantsFor(level, edition = 'standard') {
  if (edition === 'unlimited') return PLANT_ORDER.filter((id) => !grows(id));
  return PLANT_ORDER.slice(0, Math.min(PLANT_ORDER.length, level + 1));
}

/** The plant that winning a level brings, or null. */
export const rewardOf = (level) => PLANT_ORDER[level + 1] ?? null;

const landKinds = Object.keys(INVADERS).filter((kind) => !INVADERS[kind].boss && !INVADERS[kind].afloat);
const endlessKinds = (garden) => [...landKinds, ...(GARDENS[garden].water ? ['duck'] : [])];
const usual = { level: 0, picks: null, met: null, boss: null, only: null, special: null, hurry: 1, perks: false, press: 1 };

const endless = (id, kind, garden, edition, more) => ({
  ...usual, id, kind, gardenId: garden, garden: GARDENS[garden], dew: GARDENS[garden].night ? 250 : 200,
  slots: ENDLESS_SLOTS, waves: 0, kinds: endlessKinds(garden), ...more,
});

/**
 * What is to be played: 'level-7', 'endless', 'garden-pond' (unlimited edition), 'mini-cart', or 'daily-2026-11-26', whose
 * garden and seeds `draw` finds out. Null for anything else.
 */
export function specOf(id, edition, draw) {
  const [kind, ...rest] = String(id).split('-');
  const name = rest.join('-');
  if (kind === 'level' && edition === 'standard' && LEVELS[name - 1] && String(Number(name)) === name) {
    const level = LEVELS[name - 1];
    return { ...usual, ...level, id, kind, level: Number(name), gardenId: level.garden, garden: GARDENS[level.garden], perks: true };
  }
  if (kind === 'mini' && edition === 'standard' && Object.hasOwn(MINIS, name)) {
    const mini = MINIS[name];
    return { ...usual, ...mini, id, kind, slots: mini.picks.length, gardenId: mini.garden, garden: GARDENS[mini.garden] };
  }
  if (id === 'endless' && edition === 'standard') return endless(id, 'endless', 'day', edition, { perks: true });
  if (kind === 'garden' && edition === 'unlimited' && OPEN_GARDENS.includes(name)) return endless(id, 'endless', name, edition);
  if (kind === 'daily' && /^\d{4}-\d\d-\d\d$/.test(name)) {
    const { garden, picks } = draw(name, edition);
    return endless(id, 'daily', garden, edition, { picks });
  }
  return null;
}

/** How many seed cards fit; at least one plant has to be left out from `CHOOSE_FROM` on. */
export const slotsFor = (spec, known, perks = []) => Math.min(spec.slots + (spec.perks && perks.includes('slot') ? 1 : 0), known.length);

/** The invaders to come, in the order of the table, for the choose screen. */
export const invadersOf = (spec) => Object.keys(INVADERS).filter((kind) => spec.kinds.includes(kind) || spec.boss === kind);
