import { GARDENS, OPEN_GARDENS } from './gardens.js';
import { createRandom, pick, shuffle } from './random.js';
import { specOf } from './levels.js';

/** The day as 'YYYY-MM-DD' on the player's own calendar: everyone in a room has the same. */
export function dayOf(date) {
  const two = (n) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The day before, as 'YYYY-MM-DD'. */
export function dayBefore(day) {
  const [year, month, date] = day.split('-').map(Number);
  return dayOf(new Date(year, month - 1, date - 1, 12));
}

/** A seed from a text: FNV-1a. */
export function seedOf(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The garden and the six seeds of a day: something that grows dew, two shooters, a hedge, and two surprises. */
export function drawDay(day, edition) {
  const random = createRandom(seedOf(`${edition} ${day}`));
  const garden = OPEN_GARDENS[pick(random, OPEN_GARDENS.length)];
  const shooters = shuffle(random, ['rosehip', 'honeysuckle', 'thistle', 'lupin']);
  const extras = shuffle(random, ['touchmenot', 'nettle', 'chamomile', 'trumpet', 'sundew', 'dandelion', 'fern', shooters[2]]);
  const first = edition === 'unlimited' ? shooters[3] : GARDENS[garden].night ? 'moonflower' : 'dewcup';
  const picks = [first, shooters[0], shooters[1], 'hedge', ...(GARDENS[garden].water ? ['lily'] : []), ...extras.filter((id) => id !== first)];
  return { garden, picks: [...new Set(picks)].slice(0, 6) };
}

export const specFor = (id, edition) => specOf(id, edition, drawDay);
