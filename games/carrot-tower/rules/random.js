/**
 * A small seeded random source (mulberry32): the same seed gives the same game.
 * Its `state` can be read and written, so that a saved game continues where it stopped.
 * @param {number} seed any integer
 * @returns {{(): number, state: number}} numbers from 0 up to, not including, 1
 */
export function createRandom(seed) {
  const random = () => {
    random.state = (random.state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(random.state ^ (random.state >>> 15), 1 | random.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  random.state = seed >>> 0;
  return random;
}

/** A copy of a list in random order. */
export function shuffled(list, random) {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}
