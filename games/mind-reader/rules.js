// The arithmetic of the trick and the dealing of the table: no DOM, chance handed in.
import { shuffle } from './random.js';

/** Numbers 0 to 99 stand in the table. */
export const CELLS = 100;
/** How many different symbols one table shows. */
export const KINDS = 9;
/** An answer does not come back within this many rounds. */
export const RECENT = 8;

const EXTRA = 3; // places where the answer's symbol stands without being an answer
const STRIPES = 4;

/** What the player works out: the number less the sum of its two digits. Always nine times the first digit. */
export function resultOf(number) {
  const tens = Math.floor(number / 10);
  const ones = number % 10;
  return number - (tens + ones);
}

/** Whether a two-digit number can lead to this cell: 9, 18 ... 81. The cells 0, 90 and 99 cannot be reached. */
export function isReachable(cell) {
  return cell > 0 && cell < 90 && cell % 9 === 0;
}

/**
 * A new table.
 * @param ids all symbols there are
 * @param recent the answers of the rounds before, the latest last; none of the last `RECENT` becomes the answer again
 * @param random a source of numbers in [0, 1)
 * @returns `{ answer, cells }`, where `cells[number]` is the symbol beside the number
 */
export function deal(ids, recent, random) {
  const lately = recent.slice(-RECENT);
  const [answer] = shuffle(ids.filter((id) => !lately.includes(id)), random);
  const others = shuffle(ids.filter((id) => id !== answer), random).slice(0, KINDS - 1);
  const cells = new Array(CELLS).fill(null);
  for (let cell = 0; cell < CELLS; cell++) if (isReachable(cell)) cells[cell] = answer;

  const left = new Map(others.map((id) => [id, (CELLS - 9 - EXTRA) / others.length]));
  drawStripes(cells, others, left, random);
  scatterAnswer(cells, answer, random);
  const bag = [];
  for (const [id, count] of left) for (let index = 0; index < count; index++) bag.push(id);
  shuffle(bag, random);
  for (let cell = 0; cell < CELLS; cell++) cells[cell] ??= bag.pop();
  return { answer, cells };
}

// In rows of ten the nine answers form a slanting line. Lines of other symbols beside it keep it from standing out.
function drawStripes(cells, others, left, random) {
  const sums = shuffle([4, 5, 6, 7, 8, 10, 11, 12, 13, 14], random).slice(0, STRIPES);
  sums.forEach((sum, index) => {
    const id = others[index];
    const line = [];
    for (let row = 0; row < 10; row++) {
      const column = sum - row;
      if (column >= 0 && column < 10 && !cells[row * 10 + column]) line.push(row * 10 + column);
    }
    const gaps = line.length > 6 ? 1 : 0;
    for (const cell of shuffle(line, random).slice(gaps)) {
      if (left.get(id) === 0) break;
      cells[cell] = id;
      left.set(id, left.get(id) - 1);
    }
  });
}

// 0, 90 and 99 never get the answer's symbol: multiples of nine that differ lead those astray who count along.
function scatterAnswer(cells, answer, random) {
  const free = [];
  for (let cell = 1; cell < CELLS; cell++) if (!cells[cell] && cell % 9 !== 0) free.push(cell);
  for (const cell of shuffle(free, random).slice(0, EXTRA)) cells[cell] = answer;
}

/** The list of recent answers with one more, no longer than it needs to be. */
export function remember(recent, answer) {
  return [...recent, answer].slice(-RECENT);
}
