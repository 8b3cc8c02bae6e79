// Numbers of the game. Lengths are in cells, times in seconds, speeds in cells per second.

export const LANES = 5;
export const CELLS = 9;
/** The rules advance by this much at a time, always. */
export const STEP = 1 / 30;
/** Where invaders come in, where a barrel is set rolling, and where the garden is lost. */
export const ENTRY = 9.6;
export const SHED = -0.35;
export const LOST = -0.8;
/** A plant shoots only at what is already on the beds. */
export const SIGHT = 9.15;
export const BARREL_SPEED = 5;
export const BARREL_DAMAGE_TO_BOSS = 2500;
export const SHOT_SPEED = 6;
export const DROP = { value: 25, every: 6.5, first: 4, falls: 3.2, rises: 0.6, rests: 7 };

/**
 * The plants, in the order in which they are won.
 * `job`: what it does; `fuse`: seconds until it goes off by itself, out of reach of bites.
 */
export const PLANTS = {
  dewcup: { cost: 50, recharge: 4, health: 300, job: 'grow', every: 13, first: 6 },
  rosehip: { cost: 100, recharge: 3, health: 300, job: 'shoot', every: 1.4, shot: { kind: 'hip', damage: 20 } },
  hedge: { cost: 50, recharge: 16, health: 2600, job: 'stand' },
  touchmenot: { cost: 150, recharge: 28, health: 300, job: 'burst', fuse: 0.8, damage: 1800, reach: 1.6 },
  honeysuckle: { cost: 150, recharge: 6, health: 300, job: 'shoot', every: 1.6, shot: { kind: 'nectar', damage: 18, slow: 4 } },
  nettle: { cost: 125, recharge: 6, health: 700, job: 'sting', every: 0.9, damage: 42, reach: 1.5 },
  thistle: { cost: 200, recharge: 6, health: 300, job: 'shoot', every: 1.5, shot: { kind: 'needle', damage: 22, pierce: true } },
  chamomile: { cost: 75, recharge: 10, health: 300, job: 'mend', every: 1, heals: 22 },
  trumpet: { cost: 125, recharge: 32, health: 300, job: 'blast', fuse: 0.9, damage: 1800 },
  lupin: { cost: 250, recharge: 7, health: 300, job: 'shoot', every: 1.5, lanes: [0, -1, 1], shot: { kind: 'seed', damage: 20 } },
};
export const PLANT_ORDER = Object.keys(PLANTS);

/**
 * The wind-up invaders. `armour` is a shell that has to come off before `health` suffers;
 * `weight` is what one of them counts for when endless waves are drawn up.
 */
export const INVADERS = {
  ant: { health: 180, speed: 0.2, bite: 45, weight: 1 },
  mouse: { health: 150, speed: 0.42, bite: 45, weight: 1.4 },
  thimble: { health: 180, armour: 320, speed: 0.19, bite: 45, weight: 2.2 },
  frog: { health: 260, speed: 0.3, after: 0.19, hops: 1, bite: 45, weight: 2 },
  moth: { health: 220, speed: 0.22, flies: true, bite: 0, weight: 2 },
  snail: { health: 420, speed: 0.14, bite: 45, range: 3.2, oil: 45, every: 2.2, weight: 3 },
  kettle: { health: 220, armour: 700, speed: 0.17, bite: 60, weight: 4 },
  mole: { health: 300, speed: 0.5, after: 0.18, digs: 4.5, bite: 60, weight: 3 },
  drummer: { health: 360, speed: 0.2, bite: 45, haste: 1.6, near: 1.7, weight: 3.5 },
  mainspring: { health: 4400, speed: 0.075, bite: 700, boss: true, every: 9, weight: 25 },
};

/** How the two editions differ. `count` multiplies the small waves, `health` the invaders' health and armour. */
export const EDITIONS = {
  standard: { free: false, count: 1, health: 1, pace: 1, ahead: 0 },
  unlimited: { free: true, count: 4, health: 2.4, pace: 0.8, ahead: 1 },
};
export const SLOWED = 0.5;
