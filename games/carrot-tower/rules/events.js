/**
 * Notes something that drawing and sound want to know. The list stays short when nobody empties it.
 * @param {object} game
 * @param {string} what shot, lob, blast, mist, chain, gust, beaten, bite, built, ...
 */
export function tell(game, what, x, y, detail = null, amount = 0) {
  if (game.events.length < 120) game.events.push({ what, x, y, detail, amount });
}
