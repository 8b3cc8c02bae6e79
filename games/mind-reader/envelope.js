// The sealed envelope: four numbers, freely chosen from a square with no two in one row or column, always have the
// same sum, which was sealed before. No DOM, chance handed in.
import { shuffle } from './random.js';

export const SIDE = 4;
const LEAST = 41;
const MOST = 98;
const ATTEMPTS = 3000;

/**
 * A new round. Each cell is the sum of one number for its row and one for its column, so four cells with each row and
 * each column once add up to all eight of them. Totals of late do not come back.
 */
export function dealEnvelope(recent, random) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const draw = (most) => shuffle(Array.from({ length: most }, (_, number) => number + 1), random).slice(0, SIDE);
    const [rows, columns] = [draw(24), draw(14)];
    if (!isSpread(rows) || !isSpread(columns)) continue;
    const cells = rows.flatMap((row) => columns.map((column) => row + column));
    const total = [...rows, ...columns].reduce((sum, number) => sum + number);
    if (new Set(cells).size === cells.length && total >= LEAST && total <= MOST && !recent.includes(total)) return { cells, total };
  }
  const cells = shuffle([0, 1, 2, 3], random).flatMap((row) => [4, 8, 12, 16].map((column) => row + column));
  return { cells, total: 46 };
}

// Neighbours that count up one by one would show how the square is made.
function isSpread(numbers) {
  return numbers.every((one, at) => numbers.slice(at + 1).every((other) => Math.abs(one - other) > 1));
}

/** The cells that can still be chosen: in no row and no column that was used. */
export function openCells(picks) {
  const used = (cell) => picks.some((pick) => Math.floor(pick / SIDE) === Math.floor(cell / SIDE) || pick % SIDE === cell % SIDE);
  return Array.from({ length: SIDE * SIDE }, (_, cell) => cell).filter((cell) => !used(cell));
}

/** Whether a saved round can be played: every choice must lead to the total. */
export function isEnvelope(round) {
  const { cells, total } = round ?? {};
  if (!Array.isArray(cells) || cells.length !== SIDE * SIDE || !cells.every((number) => Number.isInteger(number) && number > 0 && number < 100)) return false;
  const additive = cells.every((number, cell) => number + cells[0] === cells[cell - (cell % SIDE)] + cells[cell % SIDE]);
  return additive && total === [0, 1, 2, 3].reduce((sum, step) => sum + cells[step * (SIDE + 1)], 0);
}
