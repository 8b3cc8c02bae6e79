/** The shed's shop: lasting improvements for brass, in the order of the shelf. */
export const WARES = {
  chime: { price: 40 },
  trowel: { price: 50 },
  can: { price: 80 },
  basket: { price: 90 },
  spare: { price: 120 },
  compost: { price: 140 },
  slot: { price: 180 },
};

export const CAN_DEW = 50;
export const COMPOST = 0.85;
export const TROWEL_BACK = 0.8;

/** Brass for a game: for winning, for each star that is new, and a little for the way to a defeat. */
export function brassFor(game, stars, starsBefore) {
  if (game.status === 'won') return 10 + 10 * Math.max(0, stars - starsBefore) + (starsBefore ? 0 : 10);
  return game.waves ? Math.floor((10 * game.wave) / game.waves) : Math.floor(game.wave / 2);
}

/** Progress with a ware bought, or null when it cannot be. */
export function buy(progress, id) {
  if (!Object.hasOwn(WARES, id) || progress.perks.includes(id) || progress.brass < WARES[id].price) return null;
  return { ...progress, brass: progress.brass - WARES[id].price, perks: [...progress.perks, id] };
}
