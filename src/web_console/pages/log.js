// The latest lines of the log.
import { find, make, say, write } from './dom.js';

const MOST = 500;
const region = find('#log .lines');
const list = find('ol', region);
const [kind, words, pause] = [find('#log-kind'), find('#log-filter'), find('#log-pause')];
const format = new Intl.DateTimeFormat(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

let lines = [];
let waiting = [];
let isPaused = false;

/** Takes new lines; the first of a connection replace all others. */
export function addLines({ first, lines: added }) {
  if (first) {
    [lines, waiting] = [[], []];
    list.replaceChildren();
  }
  if (isPaused) waiting = [...waiting, ...added].slice(-MOST);
  else show(added);
  write(find('#log-note'), isPaused ? say('paused', { n: waiting.length }) : '');
}

function show(added) {
  // Somebody who has scrolled up keeps their place.
  const isAtEnd = region.scrollTop + region.clientHeight >= region.scrollHeight - 8;
  for (const line of added) {
    const time = make('time', { dateTime: new Date(line.time).toISOString() }, format.format(line.time));
    const element = make('li', { className: line.kind }, time, make('span', {}, line.text));
    lines.push({ ...line, element });
    list.append(element);
    choose(lines.at(-1));
  }
  for (const { element } of lines.splice(0, Math.max(0, lines.length - MOST))) element.remove();
  list.classList.toggle('empty', lines.every(({ element }) => element.hidden));
  list.dataset.empty = say('no_lines');
  if (isAtEnd) region.scrollTop = region.scrollHeight;
}

function choose(line) {
  const kinds = { '': true, request: line.kind === 'request', warning: ['warning', 'error'].includes(line.kind) };
  line.element.hidden = !kinds[kind.value] || !line.text.toLowerCase().includes(words.value.trim().toLowerCase());
}

const chooseAll = () => {
  lines.forEach(choose);
  show([]);
};
kind.addEventListener('change', chooseAll);
words.addEventListener('input', chooseAll);

const pauseText = pause.textContent;
pause.addEventListener('click', () => {
  isPaused = !isPaused;
  pause.ariaPressed = String(isPaused);
  write(pause, isPaused ? say('resume') : pauseText);
  const added = isPaused ? [] : waiting;
  if (!isPaused) waiting = [];
  addLines({ first: false, lines: added });
});
