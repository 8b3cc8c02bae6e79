/** Seconds in one step of the rules. */
export const STEP = 1 / 30;
/** The board, in cells. */
export const COLUMNS = 11;
export const ROWS = 7;
/** Bites the carrot can take. */
export const LIVES = 10;
/** Waves on every map; an endless game goes on after them. */
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
      { damage: 23, range: 2.3, period: 0.7 },
      { damage: 38, range: 2.5, period: 0.64 },
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
      { damage: 2, range: 1.6, period: 1, slow: 0.66, hold: 1.3 },
      { damage: 4, range: 1.8, period: 1, slow: 0.55, hold: 1.5 },
      { damage: 7, range: 2.1, period: 1, slow: 0.45, hold: 1.8 },
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
 * dusty: bees lose their way; digs: underground at times, where only bursts reach it; nurses: heals the others around it;
 * roars: silences the towers around it.
 */
export const MONSTERS = {
  mouse: { health: 46, speed: 0.85, armour: 0, coins: 8, bite: 1 },
  hopper: { health: 36, speed: 1.55, armour: 0, coins: 8, bite: 1 },
  ant: { health: 20, speed: 1.05, armour: 0, coins: 4, bite: 1 },
  snail: { health: 85, speed: 0.52, armour: 12, coins: 13, bite: 1 },
  crow: { health: 60, speed: 1.0, armour: 0, coins: 12, bite: 1, flies: true },
  moth: { health: 34, speed: 0.95, armour: 0, coins: 7, bite: 1, flies: true, dusty: true },
  slug: { health: 110, speed: 0.62, armour: 0, coins: 14, bite: 1, regen: 0.05 },
  ladybird: { health: 80, speed: 0.75, armour: 3, coins: 14, bite: 1, nurses: { every: 1.5, reach: 1.4, part: 0.12 } },
  crawler: { health: 90, speed: 0.68, armour: 0, coins: 8, bite: 1, splits: ['grub', 2] },
  grub: { health: 30, speed: 1.0, armour: 0, coins: 4, bite: 1 },
  mole: { health: 110, speed: 0.66, armour: 2, coins: 14, bite: 1, digs: { every: 5, lasts: 3 } },
  hedgehog: { health: 215, speed: 0.6, armour: 18, coins: 26, bite: 2 },
  hare: { health: 560, speed: 0.55, armour: 6, coins: 120, bite: 4, boss: true, leap: { every: 6, lasts: 0.8, pace: 3 } },
  boar: { health: 640, speed: 0.5, armour: 8, coins: 150, bite: 4, boss: true, rage: { below: 0.5, pace: 1.6 } },
  badger: { health: 580, speed: 0.48, armour: 10, coins: 200, bite: 4, boss: true, calls: { every: 7, type: 'ant', count: 3 } },
  goose: { health: 560, speed: 0.5, armour: 3, coins: 200, bite: 4, boss: true, flies: true, calls: { every: 8, type: 'moth', count: 2 } },
  ram: { health: 500, speed: 0.46, armour: 12, coins: 220, bite: 4, boss: true, leap: { every: 7, lasts: 1, pace: 3 } },
  bear: { health: 640, speed: 0.44, armour: 12, coins: 260, bite: 5, boss: true, roars: { every: 7, reach: 1.8, seconds: 2.5 } },
};
/** Bosses in the order in which an endless game brings them. */
export const BOSSES = Object.keys(MONSTERS).filter((type) => MONSTERS[type].boss);

/** Part by which armour grows with each wave. */
export const ARMOUR_GROWTH = 0.06;

/**
 * Things in the way: towers clear them when the player says so. Without `health` a thing stays for good.
 * weed: spreads each wave and slows towers beside it; appletree: drops apples on the path;
 * glowshroom: lights the night; spring: towers beside it work faster; boulder: stops peas and gusts;
 * molehill: critters come up beside it.
 */
export const OBSTACLES = {
  stone: { health: 260, coins: 60 },
  stump: { health: 180, coins: 45 },
  crate: { health: 110, coins: 25, surprise: 20 },
  weed: { health: 60, coins: 6 },
  appletree: { health: 240, coins: 90 },
  glowshroom: { health: 160, coins: 55 },
  reed: { health: 90, coins: 12 },
  spring: {},
  water: {},
  boulder: { health: 320, coins: 70 },
  molehill: { health: 240, coins: 30 },
};
/** A weed beside a tower takes this part of its speed, up to the most. */
export const WEED_CHOKE = 0.12;
export const WEED_MOST = 0.36;
export const WEED_LIMIT = 14;
/** How much faster towers beside a spring work. */
export const SPRING_HASTE = 0.25;
/** What the night leaves of a tower's range, and how far a glowshroom's light reaches. */
export const NIGHT_SIGHT = 0.78;
export const GLOW_REACH = 1.5;
/** Apple trees: seconds between two apples, how far they fall, and their burst. */
export const APPLE = { every: 6, reach: 1.8, splash: 0.7, damage: 26 };
/** From this wave on every so many-th critter comes up at a molehill. */
export const HILL = { from: 3, every: 3 };

/**
 * What the player can do by hand: `wait` is seconds until it is ready again.
 * hail: takes a part of full health from all around a place; freeze: stops every critter.
 */
export const POWERS = {
  hail: { wait: 40, radius: 1.3, part: 0.35, boss: 0.1 },
  freeze: { wait: 60, seconds: 3, boss: 0.5 },
};
export const POWER_NAMES = Object.keys(POWERS);
