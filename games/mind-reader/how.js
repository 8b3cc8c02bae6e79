// The page that tells the secrets. Each is locked until its trick has succeeded once.
import { SIDE } from './envelope.js';
import { CELLS, isReachable, resultOf } from './rules.js';
import { placesOf } from './piles.js';
import { TRICKS } from './show.js';
import { cardFace, picture } from './stage.js';
import { symbolBehind } from './veils.js';

const get = (id) => document.getElementById(id);

function make(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** The last round of the five veils: each answer, what it counts, and the symbol with that number. */
function veilsDemo({ round, answers }, text) {
  const values = answers.map((yes, bit) => (yes ? 2 ** bit : 0));
  const rows = answers.map((yes, bit) => make('tr', '',
    make('td', '', ...round.veils[bit].slice(0, 5).map(picture), '…'),
    make('td', '', text.howVeil(yes)), make('td', '', String(values[bit]))));
  const sum = values.reduce((total, value) => total + value);
  return [make('table', 'sums', make('tbody', '', ...rows)), make('p', 'equation', `${values.join(' + ')} = ${sum} `, picture(symbolBehind(round, answers)))];
}

function pilesDemo({ round, found }, text) {
  const places = placesOf(round.lucky);
  return [
    make('p', 'equation', text.howBase(round.lucky, places.slice().reverse().join(''))),
    make('ol', 'plain-list', ...places.map((place, deal) => make('li', '', text.howPlace(deal + 1, place)))),
    make('p', 'shown-card', cardFace(found.card)),
  ];
}

function envelopeDemo({ round, answers }) {
  const { cells } = round;
  // One of the eight can be chosen freely; these stay positive.
  const base = Math.floor(Math.min(...cells) / 2);
  const rows = Array.from({ length: SIDE }, (_, row) => cells[row * SIDE] - cells[0] + Math.max(base, 1));
  const columns = Array.from({ length: SIDE }, (_, column) => cells[column] - Math.max(base, 1));
  const head = make('tr', '', make('td', '', '+'), ...columns.map((number) => make('th', '', String(number))));
  const body = rows.map((number, row) => make('tr', '', make('th', '', String(number)), ...Array.from({ length: SIDE }, (_, column) => {
    const cell = row * SIDE + column;
    return make('td', answers.includes(cell) ? 'hit' : '', String(cells[cell]));
  })));
  return [make('table', 'square-sums', make('tbody', '', head, ...body)), make('p', 'equation', `${[...rows, ...columns].join(' + ')} = ${round.total}`)];
}

/**
 * Prepares the page. `current()` gives `{ text, reads, last }`: how often each trick succeeded, and by trick its last
 * finished round, where there is one.
 */
export function createHow(current) {
  const dialog = get('how');
  const dots = [];
  for (let cell = 0; cell < CELLS; cell++) {
    const dot = document.createElement('i');
    if (isReachable(cell)) dot.className = 'nine';
    get('map').append(dot);
    dots.push(dot);
  }
  let trick = 'nines';
  const tabs = TRICKS.map((name) => {
    const tab = document.createElement('button');
    tab.addEventListener('click', () => {
      trick = name;
      show();
      get('how-body').scrollTop = 0;
    });
    get('how-tabs').append(tab);
    return [name, tab];
  });

  function showNumber() {
    const number = Number(get('number').value);
    get('how-number').textContent = number;
    get('how-lines').replaceChildren(...current().text.howLines(number, Math.floor(number / 10), number % 10).map((line) => make('span', '', line)));
    dots.forEach((dot, cell) => dot.classList.toggle('hit', cell === resultOf(number)));
  }

  function show() {
    const { text, reads, last } = current();
    for (const [name, tab] of tabs) {
      tab.disabled = reads[name] === 0;
      tab.replaceChildren(...(tab.disabled ? [picture('lock')] : []), text.tricks[name].name);
      tab.title = tab.disabled ? text.locked : '';
      tab.setAttribute('aria-pressed', name === trick);
    }
    const [intro, equation, result] = text.howTexts[trick];
    get('how-intro').textContent = intro;
    get('how-equation').textContent = equation;
    get('how-result').textContent = last[trick] || trick === 'nines' ? result : result.replace(/[^.。]*[:：]$/, '');
    get('how-nines').hidden = trick !== 'nines';
    const demo = { veils: veilsDemo, piles: pilesDemo, envelope: envelopeDemo }[trick];
    get('how-demo').replaceChildren(...(demo && last[trick] ? demo(last[trick], text) : []));
    if (trick === 'nines') {
      const symbol = last.nines?.round.answer ?? 'star';
      dots.forEach((dot) => { if (dot.className.includes('nine')) dot.replaceChildren(picture(symbol)); });
      showNumber();
    }
  }

  function step(by) {
    get('number').value = Number(get('number').value) + by;
    showNumber();
  }

  get('number').addEventListener('input', showNumber);
  get('less').addEventListener('click', () => step(-1));
  get('more').addEventListener('click', () => step(1));
  get('how-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });

  return {
    /** Opens the page at a trick, or at the first that is not locked. */
    open(wanted) {
      const { reads } = current();
      trick = wanted && reads[wanted] ? wanted : TRICKS.find((name) => reads[name]);
      if (!trick) return;
      show();
      dialog.showModal();
      get('how-body').scrollTop = 0;
    },
    show() { if (dialog.open) show(); },
  };
}
