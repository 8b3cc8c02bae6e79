import { PLANTS, RAIN, SHOTS, WIND } from './data.js';

/** Whether a gust is blowing at this moment. */
export const gusting = (game) => Boolean(game.spec.garden.wind) && game.time % WIND.every >= WIND.every - WIND.blows;

/** How far a shot flies now. */
export const rangeOf = (game) => (gusting(game) ? WIND.range : Infinity);

/** How long a shot's nectar sticks. */
export const stickinessOf = (game, kind) => (SHOTS[kind].slow ? (game.spec.garden.rain ? RAIN.slow : SHOTS[kind].slow) : 0);

/** Seconds from one action of a plant to the next, before ferns and fatigue. */
export function paceOfPlant(game, kind) {
  const data = PLANTS[kind];
  return (game.spec.garden.night ? data.night : data.day) ?? data.every ?? 0;
}
