// Small parts of the page that are built from data: the title's tricks, steps, examples and buttons.
import { TRICKS } from './show.js';
import { picture } from './stage.js';

const get = (id) => document.getElementById(id);
const ICONS = { nines: 'star', veils: 'mask', piles: 'spade', envelope: 'envelope' };

/** Builds the buttons of the four tricks. */
export function buildTricks(root, start) {
  for (const trick of TRICKS) {
    const button = document.createElement('button');
    const words = document.createElement('span');
    words.append(document.createElement('b'), document.createElement('span'));
    button.append(picture(ICONS[trick]), words);
    button.dataset.trick = trick;
    button.addEventListener('click', () => start(trick));
    root.append(button);
  }
}

/** Fills the title screen. */
export function showTitle({ text, memory, duelLine }) {
  for (const button of get('tricks').children) {
    const { trick } = button.dataset;
    button.querySelector('b').textContent = text.tricks[trick].name;
    button.querySelector('span span').textContent = memory.reads[trick] ? text.timesRead(memory.reads[trick]) : text.tricks[trick].line;
  }
  get('mode-self').setAttribute('aria-pressed', !memory.friend);
  get('mode-friend').setAttribute('aria-pressed', memory.friend);
  get('duel-state').textContent = duelLine;
}

/** Shows numbers and signs in a row, or nothing. */
export function showExample(parts) {
  const example = get('example');
  example.hidden = !parts;
  example.replaceChildren(...(parts ?? []).map((part) => {
    const shown = document.createElement(typeof part === 'number' ? 'b' : 'span');
    shown.textContent = part;
    return shown;
  }));
}

/** Shows the steps of a trick. */
export function showSteps({ names, at }, hidden) {
  get('steps').hidden = hidden;
  get('steps').replaceChildren(...names.map((name, index) => {
    const item = document.createElement('li');
    const mark = document.createElement('i');
    const label = document.createElement('span');
    mark.textContent = index < at ? '✓' : index + 1;
    label.textContent = name;
    item.append(mark, label);
    if (index < at) item.className = 'past';
    if (index === at) item.setAttribute('aria-current', 'step');
    return item;
  }));
}

/** Shows the buttons of a screen; each calls `act` with its name. */
export function showButtons(buttons, act) {
  get('choices').hidden = buttons.length === 0;
  get('choices').replaceChildren(...buttons.map(([action, label, kind]) => {
    const button = document.createElement('button');
    button.className = kind;
    button.dataset.action = action;
    button.textContent = label;
    button.addEventListener('click', () => act(action));
    return button;
  }));
}
