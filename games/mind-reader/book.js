// The windows over the stage, apart from the explanations: the statistics, and a text to copy.
import { streakOf } from './daily.js';
import { TRIES } from './duel.js';
import { TRICKS } from './show.js';

const get = (id) => document.getElementById(id);

function make(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

function closable(id) {
  const dialog = get(id);
  get(`${id}-close`).addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  return dialog;
}

const bars = (rows) => {
  const most = Math.max(1, ...rows.map(([, value]) => value));
  return make('ul', 'bars', ...rows.map(([name, value]) => {
    const bar = make('span', 'strip');
    bar.style.width = `${(value / most) * 100}%`;
    return make('li', '', make('span', '', name), make('span', 'track', bar), make('b', '', String(value)));
  }));
};

/** The window with the statistics; `current()` gives `{ text, memory, today }`. */
export function createBook(current) {
  const dialog = closable('book');
  function show() {
    const { text, memory: { reads, duels }, today } = current();
    const { stats } = text;
    const numbers = [[stats.played, duels.played], [stats.won, duels.won], [stats.streak, streakOf(duels, today)], [stats.longest, duels.longest]];
    get('book-body').replaceChildren(
      make('h3', '', stats.minds), bars(TRICKS.map((trick) => [text.tricks[trick].name, reads[trick]])),
      make('h3', '', stats.duels), make('dl', 'numbers', ...numbers.map(([name, value]) => make('div', '', make('dt', '', name), make('dd', '', String(value))))),
      make('h3', '', stats.tries), bars(Array.from({ length: TRIES }, (_, at) => [String(at + 1), duels.tries[at + 1] ?? 0])),
    );
  }
  return {
    open() {
      show();
      dialog.showModal();
      get('book-body').scrollTop = 0;
    },
    show() { if (dialog.open) show(); },
  };
}

/** Copies a text, or shows it for copying where the browser does not let pages copy (plain http on a network). */
export function createSharing(copied) {
  const dialog = closable('copy');
  return async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      copied();
    } catch {
      get('copy-text').value = text;
      dialog.showModal();
      get('copy-text').select();
    }
  };
}
