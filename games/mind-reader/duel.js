// The duel: the owl thinks of some symbols in a row, and the player reads the owl's mind. No DOM.
import { createRandom, shuffle } from './random.js';

export const TRIES = 8;

/** How many symbols are in the row, and of how many kinds. Symbols may repeat. */
export const LEVELS = { easy: { slots: 4, kinds: 6 }, hard: { slots: 5, kinds: 6 } };

/** A new duel. `date` is that of a daily challenge, or null. `kinds` are symbols, `secret` counts in them. */
export function newDuel(ids, seed, level, date = null) {
  const random = createRandom(seed);
  const { slots, kinds } = LEVELS[level];
  return {
    date, level,
    kinds: shuffle(ids.slice(), random).slice(0, kinds),
    secret: Array.from({ length: slots }, () => Math.floor(random() * kinds)),
    guesses: [],
    draft: [],
  };
}

/** How many symbols of a guess are in the right place, and how many more are right but elsewhere. */
export function judge(secret, guess) {
  let exact = 0;
  const left = new Map();
  secret.forEach((kind, slot) => {
    if (guess[slot] === kind) exact += 1;
    else left.set(kind, (left.get(kind) ?? 0) + 1);
  });
  let near = 0;
  guess.forEach((kind, slot) => {
    if (secret[slot] === kind || !left.get(kind)) return;
    left.set(kind, left.get(kind) - 1);
    near += 1;
  });
  return { exact, near };
}

/** 'play', 'won' or 'lost'. */
export function outcome({ secret, guesses }) {
  if (guesses.length && String(guesses.at(-1)) === String(secret)) return 'won';
  return guesses.length >= TRIES ? 'lost' : 'play';
}

/** The marks of a guess as squares that any messenger can show: right place, right symbol, neither. */
export function marksOf(secret, guess) {
  const { exact, near } = judge(secret, guess);
  return '🟡'.repeat(exact) + '⚪'.repeat(near) + '⚫'.repeat(secret.length - exact - near);
}

/** Whether a saved duel can be played. */
export function isDuel(duel, ids) {
  const level = LEVELS[duel?.level];
  if (!level || !(duel.date === null || /^\d{4}-\d\d-\d\d$/.test(duel.date))) return false;
  const isRow = (row, full) => Array.isArray(row) && (full ? row.length === level.slots : row.length <= level.slots)
    && row.every((kind) => kind === null && !full || Number.isInteger(kind) && kind >= 0 && kind < level.kinds);
  return Array.isArray(duel.kinds) && duel.kinds.length === level.kinds && new Set(duel.kinds).size === level.kinds && duel.kinds.every((id) => ids.includes(id))
    && isRow(duel.secret, true) && isRow(duel.draft, false) && Array.isArray(duel.guesses) && duel.guesses.length <= TRIES && duel.guesses.every((guess) => isRow(guess, true));
}
