// The daily challenge: the same board and the same chance for everyone on one day. No DOM.
import { newGame } from './rules.js';

// By the day of the week, Sunday first: the size of the board and the number of moves.
const WEEK = [
  { size: 4, limit: 150 },
  { size: 4, limit: 100 },
  { size: 5, limit: 150 },
  { size: 3, limit: 60 },
  { size: 4, limit: 120 },
  { size: 6, limit: 180 },
  { size: 5, limit: 200 },
];

// Tiles from 2 up to 4096 and more, as squares that any messenger can show.
const SQUARES = ['⬛', '⬜', '⬜', '🟩', '🟩', '🟦', '🟦', '🟪', '🟪', '🟥', '🟧', '🟨', '⭐'];

/** Today's date where the player is, as YYYY-MM-DD. */
export function dateOf(now) {
  const two = (number) => String(number).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** The seed of a date (FNV-1a). */
export function seedOf(date) {
  let hash = 0x811c9dc5;
  for (const letter of `2048 ${date}`) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0;
  return hash;
}

/** The size of the board and the number of moves of a date. */
export function challengeOf(date) {
  return WEEK[new Date(`${date}T12:00:00Z`).getUTCDay()];
}

/** The challenge of a date at its beginning. */
export function newDaily(date) {
  const { size, limit } = challengeOf(date);
  return newGame(size, seedOf(date), { daily: date, limit });
}

/** The final board as rows of coloured squares. */
export function squaresOf(cells, size) {
  const squares = cells.map((value) => SQUARES[value ? Math.min(Math.log2(value), SQUARES.length - 1) : 0]);
  return Array.from({ length: size }, (_, row) => squares.slice(row * size, (row + 1) * size).join('')).join('\n');
}
