// What is counted over all games: for each size, and for the daily challenges. No DOM.
import { goalOf, largest, SIZES } from './rules.js';

const VERSION = 1;
/** Results of this many days are kept; totals are kept for good. */
export const DAYS_KEPT = 60;
/** The smallest tile that the statistics list. */
export const FIRST_LISTED = 64;

const freshSize = () => ({ games: 0, wins: 0, moves: 0, tile: 0, fastest: 0, reached: {} });
const freshDaily = () => ({ played: 0, best: 0, streak: 0, longest: 0, last: null, results: {} });
const count = (value) => (Number.isSafeInteger(value) && value > 0 ? value : 0);
const isDate = (text) => typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text);
const isObject = (value) => Boolean(value) && typeof value === 'object' && !Array.isArray(value);

export function freshStatistics() {
  return { version: VERSION, sizes: Object.fromEntries(SIZES.map((size) => [size, freshSize()])), daily: freshDaily() };
}

/** Statistics from anything at all: fields that make no sense begin at zero. */
export function readStatistics(data) {
  const statistics = freshStatistics();
  for (const size of SIZES) {
    const from = isObject(data?.sizes?.[size]) ? data.sizes[size] : {};
    const into = statistics.sizes[size];
    for (const key of ['games', 'wins', 'moves', 'tile', 'fastest']) into[key] = count(from[key]);
    for (const [tile, times] of Object.entries(isObject(from.reached) ? from.reached : {})) {
      if (Number.isInteger(Math.log2(Number(tile))) && count(times)) into.reached[tile] = times;
    }
  }
  const daily = isObject(data?.daily) ? data.daily : {};
  for (const key of ['played', 'best', 'streak', 'longest']) statistics.daily[key] = count(daily[key]);
  if (isDate(daily.last)) statistics.daily.last = daily.last;
  for (const [date, result] of Object.entries(isObject(daily.results) ? daily.results : {})) {
    if (!isDate(date) || !isObject(result)) continue;
    const cells = Array.isArray(result.cells) ? result.cells.map(count) : [];
    statistics.daily.results[date] = { score: count(result.score), tile: count(result.tile), moves: count(result.moves), cells };
  }
  return statistics;
}

/** The statistics of a player who comes from a version without them: what the saved games still tell. */
export function recoverStatistics(games) {
  const statistics = freshStatistics();
  for (const game of games) {
    if (!game || game.moves === 0) continue;
    Object.assign(statistics.sizes[game.size], {
      games: 1, wins: game.won ? 1 : 0, moves: game.moves, tile: largest(game),
      reached: Object.fromEntries(tilesUpTo(largest(game)).map((tile) => [tile, 1])),
    });
  }
  return statistics;
}

/** All listed tiles up to this one. */
export function tilesUpTo(tile) {
  const tiles = [];
  for (let value = FIRST_LISTED; value <= tile; value *= 2) tiles.push(value);
  return tiles;
}

/** Counts the move that was just made. A move, a tile or a win that was undone and made again counts once. */
export function recordMove(statistics, game) {
  const into = statistics.sizes[game.size];
  const { tally } = game;
  if (!tally.started) into.games += 1;
  tally.started = true;
  into.moves += 1;
  const tile = largest(game);
  if (tile > tally.tile) {
    for (const value of tilesUpTo(tile)) if (value > tally.tile) into.reached[value] = (into.reached[value] ?? 0) + 1;
    tally.tile = tile;
    into.tile = Math.max(into.tile, tile);
  }
  if (tile >= goalOf(game.size) && !tally.won) {
    tally.won = true;
    into.wins += 1;
    if (!into.fastest || game.moves < into.fastest) into.fastest = game.moves;
  }
}

/** Keeps the result of a finished daily challenge; only the first result of a day counts. */
export function recordDaily(statistics, game) {
  const { daily } = statistics;
  if (daily.results[game.daily]) return;
  const cells = game.cells.map((tile) => tile?.value ?? 0);
  daily.results[game.daily] = { score: game.score, tile: largest(game), moves: game.moves, cells };
  daily.played += 1;
  daily.best = Math.max(daily.best, game.score);
  if (!daily.last || game.daily > daily.last) {
    daily.streak = daily.last === dayBefore(game.daily) ? daily.streak + 1 : 1;
    daily.last = game.daily;
  }
  daily.longest = Math.max(daily.longest, daily.streak);
  for (const date of Object.keys(daily.results).sort().slice(0, -DAYS_KEPT)) delete daily.results[date];
}

/** The date one day earlier. */
export function dayBefore(date) {
  const day = new Date(`${date}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

/** How many days in a row have a result, up to today; a day still to be played does not break the row. */
export function streakOf({ last, streak }, today) {
  return last === today || last === dayBefore(today) ? streak : 0;
}
