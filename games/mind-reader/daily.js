// The duel of the day, the same for everyone, and what is counted of the duels. No DOM.
import { newDuel, outcome } from './duel.js';

const DAYS_KEPT = 60;

/** Today's date where the player is, as YYYY-MM-DD. */
export function dateOf(now) {
  const two = (number) => String(number).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** The seed of a date (FNV-1a). */
export function seedOf(date) {
  let hash = 0x811c9dc5;
  for (const letter of `mind-reader ${date}`) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0;
  return hash;
}

/** The duel of a date; at weekends it is a hard one. */
export function dailyDuel(ids, date) {
  const day = new Date(`${date}T12:00:00Z`).getUTCDay();
  return newDuel(ids, seedOf(date), day === 0 || day === 6 ? 'hard' : 'easy', date);
}

/** The date one day earlier. */
export function dayBefore(date) {
  const day = new Date(`${date}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

export const freshDuels = () => ({ played: 0, won: 0, tries: {}, streak: 0, longest: 0, last: null, days: {} });

const count = (value) => (Number.isSafeInteger(value) && value > 0 ? value : 0);
const isDate = (text) => typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text);

/** Counts from anything at all: fields that make no sense begin at zero. */
export function readDuels(data) {
  const duels = freshDuels();
  if (!data || typeof data !== 'object') return duels;
  for (const key of ['played', 'won', 'streak', 'longest']) duels[key] = count(data[key]);
  if (isDate(data.last)) duels.last = data.last;
  for (const [tries, times] of Object.entries(data.tries ?? {})) if (/^[1-8]$/.test(tries) && count(times)) duels.tries[tries] = times;
  for (const [date, tries] of Object.entries(data.days ?? {})) if (isDate(date) && (tries === 0 || count(tries))) duels.days[date] = tries;
  return duels;
}

/** Counts a finished duel; a daily one counts once, and its days in a row are those that were won. */
export function recordDuel(duels, duel) {
  const { date, guesses } = duel;
  if (date && date in duels.days) return;
  const won = outcome(duel) === 'won';
  duels.played += 1;
  if (won) {
    duels.won += 1;
    duels.tries[guesses.length] = (duels.tries[guesses.length] ?? 0) + 1;
  }
  if (!date) return;
  duels.days[date] = won ? guesses.length : 0;
  if (!duels.last || date > duels.last) {
    duels.streak = won ? (duels.last === dayBefore(date) ? duels.streak + 1 : 1) : 0;
    duels.last = date;
    duels.longest = Math.max(duels.longest, duels.streak);
  }
  for (const old of Object.keys(duels.days).sort().slice(0, -DAYS_KEPT)) delete duels.days[old];
}

/** Days won in a row up to today; a day still to be played does not break the row. */
export function streakOf({ last, streak }, today) {
  return last === today || last === dayBefore(today) ? streak : 0;
}
