// Numbers of the game. Lengths are in cells, times in seconds, speeds in cells per second.

export const LANES = 5;
export const CELLS = 9;
/** The rules advance by this much at a time, always. */
export const STEP = 1 / 30;
/** Where invaders enter, where a barrel is set rolling, and where the garden is lost. */
export const ENTRY = 9.6;
export const SHED = -0.35;
export const LOST = -0.8;
/** A plant shoots only at what is already on the beds. */
export const SIGHT = 9.15;
export const BARREL_SPEED = 5;
export const BARREL_DAMAGE_TO_BOSS = 2500;
export const SHOT_SPEED = 6;
/** Dewdrops: `value` when gathered by hand, `alone` when nobody does; every `chain`-th in a row by hand counts twice. */
export const DROP = { value: 25, alone: 15, chain: 5, every: 6.5, rain: 4.6, first: 4, falls: 3.2, rises: 0.6, rests: 7 };

/**
 * The plants, in the order in which they are won.
 * `job`: its action; `fuse`: seconds until it goes off, out of reach of bites; `night`, `day`: its pace at that time.
 */
export const PLANTS = {
  dewcup: { cost: 50, recharge: 4, health: 300, job: 'grow', every: 13, night: 17, first: 6 },
  rosehip: { cost: 100, recharge: 3, health: 300, job: 'shoot', every: 1.4, shot: 'hip' },
  hedge: { cost: 50, recharge: 12, health: 2600, job: 'stand' },
  touchmenot: { cost: 125, recharge: 24, health: 300, job: 'burst', fuse: 0.8, damage: 1800, reach: 1.6 },
  honeysuckle: { cost: 150, recharge: 6, health: 300, job: 'shoot', every: 1.6, shot: 'nectar' },
  moonflower: { cost: 50, recharge: 4, health: 300, job: 'grow', every: 10, day: 22, first: 5 },
  nettle: { cost: 125, recharge: 6, health: 700, job: 'sting', every: 0.9, damage: 34, reach: 1.5 },
  thistle: { cost: 225, recharge: 8, health: 300, job: 'shoot', every: 2.1, shot: 'needle' },
  lily: { cost: 25, recharge: 2, health: 300, job: 'float' },
  chamomile: { cost: 75, recharge: 10, health: 300, job: 'mend', every: 1, heals: 22 },
  trumpet: { cost: 125, recharge: 32, health: 300, job: 'blast', fuse: 0.9, damage: 1800 },
  sundew: { cost: 150, recharge: 9, health: 400, job: 'trap', every: 20, damage: 700, reach: 1.2 },
  lupin: { cost: 250, recharge: 7, health: 300, job: 'shoot', every: 1.5, lanes: [0, -1, 1], shot: 'seed' },
  dandelion: { cost: 75, recharge: 20, health: 300, job: 'puff', fuse: 0.6, reach: 2.2, back: 2.6 },
  fern: { cost: 100, recharge: 10, health: 300, job: 'feed', haste: 1.4 },
};
/**
 * Fighters get dearer: each that stands beyond `free` of its kind, or `rare` of one whose price is `dear` from the first, adds `more` of
 * the price to the next. So one kind alone does not hold a garden.
 */
export const SCARCE = { jobs: ['shoot', 'sting', 'trap'], free: 4, rare: 3, dear: 150, more: 0.5 };
export const PLANT_ORDER = Object.keys(PLANTS);

/** What flies through the air. `slow`: seconds at half pace. */
export const SHOTS = {
  hip: { damage: 20 },
  nectar: { damage: 18, slow: 4 },
  needle: { damage: 22, pierce: true },
  seed: { damage: 20 },
  oil: { damage: 45 },
};

/**
 * The wind-up invaders. `armour` is a shell that has to come off before `health` suffers; `plate` is what the shell
 * takes off each blow. `weight`: what one counts for when waves are drawn up, and for the score.
 */
export const INVADERS = {
  ant: { health: 180, speed: 0.2, bite: 45, weight: 1 },
  mouse: { health: 150, speed: 0.42, bite: 45, weight: 1.4 },
  thimble: { health: 180, armour: 300, plate: 11, speed: 0.19, bite: 45, weight: 2.4 },
  frog: { health: 260, speed: 0.3, after: 0.19, hops: 1, bite: 45, swims: true, weight: 2 },
  moth: { health: 220, speed: 0.22, flies: true, bite: 0, weight: 2 },
  snail: { health: 420, speed: 0.14, bite: 45, range: 3.2, every: 2.2, weight: 3 },
  kettle: { health: 220, armour: 640, plate: 13, speed: 0.17, bite: 60, weight: 4.2 },
  duck: { health: 260, speed: 0.21, bite: 45, swims: true, afloat: true, weight: 1.8 },
  mole: { health: 280, speed: 0.5, after: 0.18, digs: 4.5, bite: 50, weight: 3.6 },
  mainspring: { health: 4400, speed: 0.075, bite: 700, boss: true, every: 9, lets: ['ant', 'mouse', 'ant'], weight: 25 },
  drummer: { health: 360, speed: 0.2, bite: 45, haste: 1.6, near: 1.7, weight: 3.5 },
  jack: { health: 340, speed: 0.21, after: 0.17, springs: 3000, bite: 45, weight: 3 },
  top: { health: 260, speed: 0.34, bite: 70, whirls: 2.6, weight: 2.4 },
  musicbox: { health: 400, speed: 0.16, bite: 45, winds: 15, near: 1.9, weight: 3.6 },
  carousel: { health: 7600, speed: 0.066, bite: 900, boss: true, every: 8, lets: ['top', 'mouse', 'moth'], swerves: 13, weight: 45 },
};
export const SLOWED = 0.5;
/** In the rain nectar washes off after this many seconds, and plants mend by so much a second. */
export const RAIN = { slow: 0.8, mends: 4 };
/** A gust blows in the last `blows` seconds of every `every`; shots fall to the ground after `range` cells, moths fly faster. */
export const WIND = { every: 24, blows: 7, range: 3.6, moths: 1.6 };

/**
 * The two editions. Unlimited: plants are free, but only so many fit (`beds`, one more every other wave), each tires as it
 * works (`tires`: share of its vigour an action costs), and each wave answers to what grows.
 */
export const EDITIONS = {
  standard: { free: false, recharge: 1 },
  unlimited: { free: true, recharge: 0.7, beds: 12, most: 22, tires: 0.014, rests: 0.03, least: 0.35, answers: true },
};
