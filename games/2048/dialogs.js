// The windows over the game: the question before a game is lost, the statistics, and a text to copy.
import { bloom, powerOf } from './bloom.js';
import { SIZES } from './rules.js';
import { dayBefore, FIRST_LISTED, streakOf } from './statistics.js';

const get = (id) => document.getElementById(id);

function make(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

function closable(id) {
  const dialog = get(id);
  get(`${id}-close`)?.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  return dialog;
}

/** Asks before a game is lost; resolves to whether the player agrees. */
export function createQuestion() {
  const dialog = closable('ask');
  let answer = () => {};
  get('ask-yes').addEventListener('click', () => dialog.close('yes'));
  get('ask-no').addEventListener('click', () => dialog.close(''));
  dialog.addEventListener('close', () => answer(dialog.returnValue === 'yes'));
  return (words) => new Promise((resolve) => {
    answer = resolve;
    dialog.returnValue = '';
    get('ask-text').textContent = words;
    dialog.showModal();
    get('ask-no').focus();
  });
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

function numbers(pairs) {
  return make('dl', 'numbers', ...pairs.map(([name, value]) => make('div', '', make('dt', '', name), make('dd', '', String(value)))));
}

function bars(rows) {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  return make('ul', 'bars', ...rows.map(({ name, value, label, power }) => {
    const bar = make('span', power ? `strip power-${Math.min(power, 12)}` : 'strip');
    bar.style.setProperty('--share', value / most);
    return make('li', '', make('span', 'name', ...(power ? [bloom(2 ** power)] : []), name), make('span', 'track', bar), make('b', '', String(label ?? value)));
  }));
}

function bodyOfSize(text, { games, wins, moves, tile, fastest, reached }, best) {
  if (!games) return [make('p', 'nothing', text.nothingYet)];
  const { stat } = text;
  const rows = [];
  for (let value = tile; value >= FIRST_LISTED && rows.length < 7; value /= 2) rows.push({ name: value, value: reached[value] ?? 0, power: powerOf(value) });
  return [
    numbers([
      [stat.games, games], [stat.wins, wins], [stat.best, best],
      [stat.tile, tile], [stat.fastest, fastest ? text.inMoves(fastest) : text.none], [stat.moves, moves],
    ]),
    ...(rows.length ? [make('h3', '', text.reached), bars(rows)] : []),
  ];
}

function bodyOfDaily(text, daily, today) {
  const { played, best, longest, results } = daily;
  if (!played) return [make('p', 'nothing', text.nothingYet)];
  const { stat } = text;
  const days = [];
  for (let date = today; days.length < 7; date = dayBefore(date)) {
    days.push({ name: text.date(new Date(`${date}T12:00:00Z`)), value: results[date]?.score ?? 0, label: results[date]?.score ?? text.none });
  }
  return [
    numbers([
      [stat.played, played], [stat.best, best], [stat.today, results[today]?.score ?? text.none],
      [stat.streak, text.inDays(streakOf(daily, today))], [stat.longest, text.inDays(longest)],
    ]),
    make('h3', '', text.lastDays),
    bars(days),
  ];
}

/** The window with all statistics; `current()` gives `{ text, statistics, best, today, size }`. */
export function createStatistics(current) {
  const dialog = closable('statistics');
  let tab = null;
  const tabs = [...SIZES, 'daily'].map((name) => {
    const button = make('button');
    button.addEventListener('click', () => {
      tab = name;
      show();
    });
    get('statistics-tabs').append(button);
    return [name, button];
  });
  function show() {
    const { text, statistics, best, today } = current();
    for (const [name, button] of tabs) {
      button.textContent = name === 'daily' ? text.dailyShort : `${name}×${name}`;
      button.setAttribute('aria-pressed', name === tab);
    }
    get('statistics-body').replaceChildren(...(tab === 'daily'
      ? bodyOfDaily(text, statistics.daily, today)
      : bodyOfSize(text, statistics.sizes[tab], best[tab])));
    get('statistics-body').scrollTop = 0;
  }
  return {
    open() {
      tab = current().tab;
      show();
      dialog.showModal();
    },
    show() { if (dialog.open) show(); },
  };
}
