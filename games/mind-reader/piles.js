// The lucky place: 27 cards, dealt three times into three columns, come to lie so that the chosen one is at a place
// that was named before. Numbers in base three. No DOM, chance handed in.
import { shuffle } from './random.js';

export const CARDS = 27;
export const DEALS = 3;
export const COLUMNS = 3;
const PACK = 52;

/** The rank (1 to 13) and the suit (0 to 3: spades, hearts, diamonds, clubs) of a card. */
export function faceOf(card) {
  return { rank: (card % 13) + 1, suit: Math.floor(card / 13) };
}

/** A new round: 27 of 52 cards. The lucky place begins in the middle; the player moves it. */
export function dealPiles(random) {
  const pack = shuffle(Array.from({ length: PACK }, (_, card) => card), random);
  return { deck: pack.slice(0, CARDS), lucky: 1 + Math.floor(random() * CARDS) };
}

/** The deck dealt into three columns, card by card. */
export function columnsOf(deck) {
  return Array.from({ length: COLUMNS }, (_, column) => deck.filter((_, at) => at % COLUMNS === column));
}

/** The three columns put together again, with one of them at the place 0, 1 or 2. */
export function gather(columns, chosen, place) {
  const others = columns.filter((_, column) => column !== chosen);
  others.splice(place, 0, columns[chosen]);
  return others.flat();
}

/** Where the chosen column goes in each of the three deals: the digits of the place in base three, the lowest first. */
export function placesOf(lucky) {
  return Array.from({ length: DEALS }, (_, deal) => Math.floor((lucky - 1) / COLUMNS ** deal) % COLUMNS);
}

/** The deck after the columns that were named so far. */
export function deckAfter({ deck, lucky }, answers) {
  const places = placesOf(lucky);
  return answers.reduce((current, column, deal) => gather(columnsOf(current), column, places[deal]), deck);
}

/** The card that lies at the lucky place after three deals. */
export function cardAtLucky(round, answers) {
  return deckAfter(round, answers)[round.lucky - 1];
}

/** The first deal in which a card was not in the column that was named: `{ deal, column }` with its real column, or null. */
export function wrongColumn(round, answers, card) {
  for (let deal = 0; deal < answers.length; deal++) {
    const column = columnsOf(deckAfter(round, answers.slice(0, deal))).findIndex((cards) => cards.includes(card));
    if (column !== answers[deal]) return { deal, column };
  }
  return null;
}

/** Whether a saved round can be played. */
export function isPiles(round) {
  return Array.isArray(round?.deck) && round.deck.length === CARDS && new Set(round.deck).size === CARDS
    && round.deck.every((card) => Number.isInteger(card) && card >= 0 && card < PACK)
    && Number.isInteger(round.lucky) && round.lucky >= 1 && round.lucky <= CARDS;
}
