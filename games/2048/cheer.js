// Celebrations: petals from a new largest tile, and a proper feast for the goal before the sheet comes up.
import { powerOf } from './bloom.js';

const FEAST_MS = 2600;
const HOLD_MS = 700; // presses of a fast player within this time do not cut the feast short
const FIRST_PETALS = 64;
const COLOURS = ['#86dfb2', '#43cbc2', '#3fafe6', '#7d4fd8', '#aa38c4', '#cf2f86', '#c8431d', '#ffc933', '#ffe38a'];
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');

/** `burst` throws petals; `done()` is called when the feast is over. */
export function createCheer(root, burst, done) {
  const banner = root.querySelector('#cheer');
  let timers = [];
  let began = 0;

  function middleOf(at, size) {
    const { left, top, width } = root.getBoundingClientRect();
    return [left + ((at % size) + 0.5) * (width / size), top + (Math.floor(at / size) + 0.5) * (width / size)];
  }

  function end() {
    if (!timers.length) return;
    timers.forEach(clearTimeout);
    timers = [];
    banner.hidden = true;
    root.classList.remove('feast');
    for (const tile of root.querySelectorAll('.crowned')) tile.classList.remove('crowned');
    done();
  }

  return {
    /** Whether the feast is going on. */
    get running() { return timers.length > 0; },
    end,
    /** Ends the feast on a press, unless it has only just begun. */
    skip() { if (performance.now() - began > HOLD_MS) end(); },
    /** A few petals for a tile that is the largest of its game so far. */
    puff(value, at, size) {
      if (value < FIRST_PETALS) return;
      const power = powerOf(value);
      burst(...middleOf(at, size), 4 + power * 2, COLOURS.slice(Math.max(0, power - 6), power - 1), 140 + power * 16);
    },
    /** The feast for the goal tile at a cell. */
    feast(words, value, at, size) {
      end();
      began = performance.now();
      banner.textContent = words;
      banner.hidden = false;
      root.classList.add('feast');
      root.querySelector(`.tile[data-value="${value}"]`)?.classList.add('crowned');
      const bursts = calm.matches ? [] : [120, 700, 1300];
      timers = bursts.map((ms, index) => setTimeout(() => {
        const spot = index === 0 ? middleOf(at, size) : middleOf(index === 1 ? 0 : size - 1, size);
        burst(...spot, index === 0 ? 70 : 36, COLOURS, index === 0 ? 620 : 420);
      }, ms));
      timers.push(setTimeout(end, calm.matches ? FEAST_MS / 2 : FEAST_MS));
    },
  };
}
