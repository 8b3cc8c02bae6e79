/** Seconds in one step of the rules. */
export const STEP = 1 / 30;
/** The board, in cells. */
export const COLUMNS = 11;
export const ROWS = 7;
/** Bites the carrot can take. */
export const LIVES = 10;
/** Waves on every map. */
export const WAVES = 15;
/** Seconds between the last critter of a wave and the next wave. */
export const REST = 15;
/** Coins for each second by which a wave is called early. */
export const EARLY_COINS = 2;
/** Coins that every wave after the first brings when it starts: the garden's own harvest. */
export const HARVEST = 20;
/** Percent of everything spent on a tower that selling it gives back. */
export const SELL_PERCENT = 70;
/** However many misters puff at a critter, it keeps this part of its speed. */
export const SLOWEST = 0.4;
/** Armour cannot take more than this away: a hit always does a fifth of its damage. */
export const LEAST_HIT = 0.2;
/** Seconds after a gust in which a critter cannot be blown back again. */
export const STEADY = 2.4;
/** Each hop of the bees hurts this much of the one before. */
export const HOP_FADE = 0.8;
/** Cells per second of a pea, and seconds a pumpkin is in the air. */
export const PEA_SPEED = 9;
export const LOB_TIME = 0.7;

export const TARGET_MODES = ['first', 'last', 'strong', 'near'];

/**
 * Towers. `price[n]` is what level n + 1 costs; ranges are cells, `period` seconds between shots.
 * kind: shot (one target), lob (splash, ground only), mist (slows all in range), chain (hops, ignores armour),
 * gust (a fan-shaped blast, twice as hard on flyers), aura (makes neighbours hit harder).
 */
export const TOWERS = {
  sling: {
    kind: 'shot', price: [80, 90, 170],
    levels: [
      { damage: 14, range: 2.1, period: 0.75 },
      { damage: 24, range: 2.3, period: 0.7 },
      { damage: 42, range: 2.6, period: 0.62 },
    ],
  },
  mortar: {
    kind: 'lob', price: [130, 120, 210],
    levels: [
      { damage: 30, range: 2.6, period: 2.1, splash: 0.8 },
      { damage: 56, range: 2.8, period: 2.0, splash: 0.9 },
      { damage: 105, range: 3.1, period: 1.8, splash: 1.05 },
    ],
  },
  mister: {
    kind: 'mist', price: [100, 90, 140],
    levels: [
      { damage: 3, range: 1.6, period: 1, slow: 0.66, hold: 1.3 },
      { damage: 5, range: 1.8, period: 1, slow: 0.55, hold: 1.5 },
      { damage: 9, range: 2.1, period: 1, slow: 0.45, hold: 1.8 },
    ],
  },
  hive: {
    kind: 'chain', price: [160, 140, 230],
    levels: [
      { damage: 20, range: 2.0, period: 1.3, hops: 3, reach: 1.4 },
      { damage: 35, range: 2.2, period: 1.25, hops: 4, reach: 1.5 },
      { damage: 62, range: 2.4, period: 1.15, hops: 5, reach: 1.7 },
    ],
  },
  mill: {
    kind: 'gust', price: [140, 120, 190],
    levels: [
      { damage: 16, range: 1.9, period: 1.5, push: 0.3, spread: 0.65 },
      { damage: 29, range: 2.1, period: 1.4, push: 0.4, spread: 0.75 },
      { damage: 54, range: 2.4, period: 1.3, push: 0.5, spread: 0.85 },
    ],
  },
  lantern: {
    kind: 'aura', price: [150, 130, 200],
    levels: [
      { range: 1.5, boost: 0.25 },
      { range: 1.5, boost: 0.4 },
      { range: 2.1, boost: 0.55 },
    ],
  },
};

export const TOWER_NAMES = Object.keys(TOWERS);

/**
 * Critters. `speed` is cells per second, `coins` the reward, `bite` the lives it takes.
 * regen: part of full health a second; splits: what is left behind; boss: stands firm against gusts, half slowed.
 */
export const MONSTERS = {
  mouse: { health: 46, speed: 0.85, armour: 0, coins: 8, bite: 1 },
  hopper: { health: 36, speed: 1.55, armour: 0, coins: 8, bite: 1 },
  ant: { health: 20, speed: 1.05, armour: 0, coins: 4, bite: 1 },
  snail: { health: 85, speed: 0.52, armour: 8, coins: 13, bite: 1 },
  crow: { health: 60, speed: 1.0, armour: 0, coins: 12, bite: 1, flies: true },
  slug: { health: 110, speed: 0.62, armour: 0, coins: 14, bite: 1, regen: 0.05 },
  crawler: { health: 90, speed: 0.68, armour: 0, coins: 8, bite: 1, splits: ['grub', 2] },
  grub: { health: 30, speed: 1.0, armour: 0, coins: 4, bite: 1 },
  hedgehog: { health: 240, speed: 0.6, armour: 12, coins: 26, bite: 2 },
  hare: { health: 560, speed: 0.55, armour: 2, coins: 120, bite: 4, boss: true, leap: { every: 6, lasts: 0.8, pace: 3 } },
  boar: { health: 800, speed: 0.5, armour: 8, coins: 150, bite: 4, boss: true, rage: { below: 0.5, pace: 1.6 } },
  badger: { health: 1200, speed: 0.48, armour: 5, coins: 200, bite: 4, boss: true, calls: { every: 7, type: 'ant', count: 3 } },
};

/** Things in the way: towers clear them when the player says so. */
export const OBSTACLES = {
  stone: { health: 260, coins: 60 },
  stump: { health: 180, coins: 45 },
  crate: { health: 110, coins: 25, surprise: 20 },
};
