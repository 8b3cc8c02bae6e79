// The boards that a trick plays on: symbols, columns of cards, a square of numbers.
import { openCells, SIDE } from './envelope.js';
import { columnsOf, deckAfter, faceOf } from './piles.js';
import { cardFace, picture } from './stage.js';
import { symbolOf } from './symbols.js';

function make(name, className, attributes = {}) {
  const made = document.createElement(name);
  made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Fills `root`; `pick(value)` is called with a symbol, a column, a cell or a card that the player taps. */
export function createBoards(root, pick) {
  const button = (className, value, label, ...content) => {
    const made = make('button', className, label ? { 'aria-label': label } : {});
    made.append(...content);
    made.addEventListener('click', () => pick(value));
    return made;
  };

  function symbols(ids, language, text, tap) {
    root.className = `board symbols of-${ids.length}`;
    if (tap) root.setAttribute('role', 'group');
    root.setAttribute('aria-label', text.grid);
    root.replaceChildren(...ids.map((id) => {
      const name = symbolOf(id)[language];
      const made = tap ? button('tile', id, name, picture(id)) : make('div', 'tile', { role: 'listitem', 'aria-label': name });
      if (!tap) made.append(picture(id));
      made.dataset.symbol = id;
      return made;
    }));
  }

  function columns(state, text) {
    root.className = 'board columns';
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', text.panel.deal.text(state.answers.length));
    const names = (cards) => cards.map((card) => text.card(faceOf(card)));
    root.replaceChildren(...columnsOf(deckAfter(state.round, state.answers)).map((cards, column) => {
      const name = make('span', 'unseen');
      name.textContent = text.column(column, names(cards));
      const faces = cards.map(cardFace);
      for (const face of faces) face.setAttribute('aria-hidden', 'true');
      return button('column', column, null, name, ...faces);
    }));
  }

  function cards(state, text) {
    root.className = 'board cards';
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', text.astray.ask.piles);
    root.replaceChildren(...state.round.deck.map((card) => button('single', card, text.card(faceOf(card)), cardFace(card))));
  }

  function square(state, text) {
    root.className = 'board square';
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', text.square);
    const open = openCells(state.answers);
    root.replaceChildren(...state.round.cells.map((number, cell) => {
      const made = button(state.answers.includes(cell) ? 'number picked' : 'number', cell, String(number), String(number));
      made.disabled = !open.includes(cell);
      made.dataset.cell = cell;
      made.style.setProperty('--turn', `${((cell % SIDE) + Math.floor(cell / SIDE)) * 30}ms`);
      return made;
    }));
  }

  return {
    /** Shows the board of a screen, by its name. */
    show(name, state, text, language) {
      root.hidden = !name || name === 'table';
      if (root.hidden) return;
      root.setAttribute('role', 'list');
      if (name === 'choose') symbols(state.round.grid, language, text, false);
      else if (name === 'veil') symbols(state.round.veils[state.answers.length], language, text, false);
      else if (name === 'astray-veils') symbols(state.round.grid, language, text, true);
      else if (name === 'deal') columns(state, text);
      else if (name === 'astray-piles') cards(state, text);
      else if (name === 'pick') square(state, text);
    },
  };
}
