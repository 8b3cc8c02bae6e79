// Puts the theatre on the page and lets the ball show things. Everything that moves by itself moves in stage.css.
import { ACTOR, curtainFolds } from './actor.js';
import { SYMBOLS } from './symbols.js';

const SVG = 'http://www.w3.org/2000/svg';

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

/** Adds all symbols to the page once, so that `picture` can refer to them. */
export function addSymbols() {
  const sheet = element('svg', { width: 0, height: 0, class: 'sheet', 'aria-hidden': 'true' });
  for (const { id, drawing } of SYMBOLS) {
    element('symbol', { id: `symbol-${id}`, viewBox: '0 0 32 32' }, sheet).innerHTML = drawing;
  }
  document.body.prepend(sheet);
}

/** A picture of one symbol in the colour of the text around it. */
export function picture(id) {
  const made = element('svg', { class: 'symbol', viewBox: '0 0 32 32', fill: 'currentColor', 'aria-hidden': 'true' });
  element('use', { href: `#symbol-${id}` }, made);
  return made;
}

/** Builds the stage; returns what the show can do on it. */
export function createStage(root) {
  root.querySelector('.actor').innerHTML = ACTOR;
  for (const curtain of root.querySelectorAll('.curtain')) curtain.innerHTML = curtainFolds();
  const rays = root.querySelector('.rays');
  for (let ray = 0; ray < 16; ray++) {
    element('path', { d: `M180 318 ${ray % 2 ? '166 104h28' : '172 150h16'}Z`, transform: `rotate(${ray * 22.5} 180 318)` }, rays);
  }
  const sparks = root.querySelector('.sparks');
  for (let spark = 0; spark < 14; spark++) {
    const holder = element('g', { transform: `translate(180 318) rotate(${spark * 25.7})` }, sparks);
    element('path', { d: 'M0-78l3 8 8 3-8 3-3 8-3-8-8-3 8-3Z' }, holder);
  }
  const vision = root.querySelector('#vision');
  return {
    /** Shows a symbol in the ball, or nothing for null. */
    reveal(id, name) {
      vision.replaceChildren();
      if (id === null) {
        vision.removeAttribute('data-symbol');
        vision.removeAttribute('aria-label');
        return;
      }
      vision.dataset.symbol = id;
      vision.setAttribute('aria-label', name);
      element('use', { href: `#symbol-${id}`, x: 142, y: 280, width: 76, height: 76, fill: 'currentColor' }, vision);
    },
  };
}
