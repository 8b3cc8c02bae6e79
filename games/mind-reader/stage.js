// Puts the theatre on the page and lets the ball show things. Everything that moves by itself moves in stage.css.
import { curtainFolds, FIGURE, LAYERS } from './actor.js';
import { faceOf } from './piles.js';
import { SYMBOLS } from './symbols.js';

const SVG = 'http://www.w3.org/2000/svg';
const RANKS = [null, 'A', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K'];
const SUITS = ['spade', 'heart', 'diamond', 'club'];
const DRAWINGS = {
  spade: '<path d="M16 2c4 6 12 10 12 17a6.5 6.5 0 0 1-10.5 5c.4 3 1.5 4.5 3.5 6h-10c2-1.5 3.1-3 3.5-6A6.5 6.5 0 0 1 4 19C4 12 12 8 16 2Z"/>',
  heart: '<path d="M16 29C4 20 2 15 2 11a7.2 7.2 0 0 1 14-2.5A7.2 7.2 0 0 1 30 11c0 4-2 9-14 18Z"/>',
  diamond: '<path d="M16 2 27 16 16 30 5 16Z"/>',
  envelope: '<path fill-rule="evenodd" d="M3 7h26v19H3Zm2.6 2.4v.8L16 18l10.4-7.8v-.8Z"/><circle cx="16" cy="19" r="3.4" fill="#c8102e"/>',
  lock: '<path fill-rule="evenodd" d="M6 14h2v-3a8 8 0 0 1 16 0v3h2v16H6Zm6 0h8v-3a4 4 0 0 0-8 0Z"/>',
  club: '<path d="M16 2a6.5 6.5 0 0 1 5.5 10A6.5 6.5 0 1 1 17.5 22c.4 3.5 1.5 6 3.5 8H11c2-2 3.1-4.5 3.5-8A6.5 6.5 0 1 1 10.5 12 6.5 6.5 0 0 1 16 2Z"/>',
};

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

/** Adds all symbols to the page once, so that `picture` can refer to them. */
export function addSymbols() {
  const sheet = element('svg', { width: 0, height: 0, class: 'sheet', 'aria-hidden': 'true' });
  const add = (id, drawing) => { element('symbol', { id: `symbol-${id}`, viewBox: '0 0 32 32' }, sheet).innerHTML = drawing; };
  for (const { id, drawing } of SYMBOLS) add(id, drawing);
  for (const [id, drawing] of Object.entries(DRAWINGS)) add(id, drawing);
  document.body.prepend(sheet);
}

/** A picture of one symbol in the colour of the text around it. */
export function picture(id) {
  const made = element('svg', { class: 'symbol', viewBox: '0 0 32 32', fill: 'currentColor', 'aria-hidden': 'true' });
  element('use', { href: `#symbol-${id}` }, made);
  return made;
}

/** The rank as it is printed on a card, the picture of its suit, and whether it is a red one. */
export function cardParts(card) {
  const { rank, suit } = faceOf(card);
  return { rank: RANKS[rank], suit: SUITS[suit], red: suit === 1 || suit === 2 };
}

/** A playing card's face: rank and suit. */
export function cardFace(card) {
  const { rank, suit, red } = cardParts(card);
  const face = document.createElement('span');
  face.className = red ? 'card red' : 'card';
  face.dataset.card = card;
  const text = document.createElement('b');
  text.textContent = rank;
  face.append(text, picture(suit));
  return face;
}

function build({ name, box, drawing, inside }, parent, [left, top, width, height]) {
  const [x, y, w, h] = box;
  const made = inside ? document.createElement('div') : element('svg', { viewBox: box.join(' ') });
  made.setAttribute('class', `layer ${name}`);
  Object.assign(made.style, {
    left: `${((x - left) / width) * 100}%`, top: `${((y - top) / height) * 100}%`, width: `${(w / width) * 100}%`, height: `${(h / height) * 100}%`,
  });
  if (inside) for (const part of inside) build(part, made, box);
  else made.innerHTML = drawing;
  parent.append(made);
}

/** Builds the stage; returns what the show can do on it. */
export function createStage(root) {
  const figure = root.querySelector('.figure');
  for (const layer of LAYERS) build(layer, figure, [0, 0, FIGURE.width, FIGURE.height]);
  for (const curtain of root.querySelectorAll('.curtain')) curtain.innerHTML = curtainFolds();
  const vision = figure.querySelector('.vision');
  vision.id = 'vision';
  vision.setAttribute('aria-hidden', 'true');
  const label = (words, size, y) => {
    element('text', { x: 180, y, 'font-size': size, 'text-anchor': 'middle', fill: 'currentColor' }, vision).textContent = words;
  };
  return {
    /** Shows in the ball: `{ symbol }`, `{ card }`, `{ number }`, `{ words }`, or nothing for null. */
    reveal(seen) {
      vision.replaceChildren();
      for (const key of ['symbol', 'card', 'number']) delete vision.dataset[key];
      if (!seen) return;
      const { symbol, card, number, words } = seen;
      for (const [key, value] of Object.entries({ symbol, card, number })) if (value !== undefined) vision.dataset[key] = value;
      if (symbol) element('use', { href: `#symbol-${symbol}`, x: 142, y: 280, width: 76, height: 76, fill: 'currentColor' }, vision);
      else if (card !== undefined) {
        const parts = cardParts(card);
        element('rect', { x: 149, y: 273, width: 62, height: 90, rx: 9, fill: '#fffdf4' }, vision);
        const group = element('g', { fill: parts.red ? '#c8102e' : '#1c1038', color: parts.red ? '#c8102e' : '#1c1038' }, vision);
        element('text', { x: 180, y: 313, 'font-size': 34, 'text-anchor': 'middle' }, group).textContent = parts.rank;
        element('use', { href: `#symbol-${parts.suit}`, x: 165, y: 324, width: 30, height: 30 }, group);
      } else if (number !== undefined) label(number, 62, 340);
      else label(words, words.length > 2 ? 40 : 56, 336);
    },
  };
}
