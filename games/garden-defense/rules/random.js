/** A seedable source of numbers in [0, 1): the same seed gives the same game. `state()` is the seed of what is still to come. */
export function createRandom(seed) {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  random.state = () => state;
  return random;
}

/** A whole number from 0 to `count` - 1. */
export const pick = (random, count) => Math.min(count - 1, Math.floor(random() * count));

/** Shuffles the list in place and returns it. */
export function shuffle(random, list) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = pick(random, i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}
