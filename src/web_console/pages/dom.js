// Elements, texts and numbers.

let texts = {};

/** Fetches the texts of the page's language. */
export async function loadTexts() {
  const answer = await fetch(`/texts/${document.documentElement.lang}`);
  texts = await answer.json();
}

/** A text, with values in the places of %{name}. */
export function say(name, values = {}) {
  return texts[name].replace(/%\{(\w+)\}/g, (_, key) => values[key]);
}

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an element. A property that the element has is set, anything else becomes an attribute. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Makes an element of a picture. */
export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export const find = (selector, within = document) => within.querySelector(selector);

/** Sets the text of an element if it has changed, so that a reader's selection stays. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** 12,345 bytes are 12.3 kB. */
export function size(bytes) {
  let unit = 0;
  let amount = bytes;
  while (amount >= 999.5 && unit + 1 < units.length) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 99.5 ? 0 : 1;
  return `${amount.toFixed(digits)} ${units[unit]}`;
}

export const count = (number) => number.toLocaleString(document.documentElement.lang);

/** A rate with one digit, without it where it says nothing. */
export const rate = (number) => (number < 10 ? Math.round(number * 10) / 10 : Math.round(number)).toLocaleString(document.documentElement.lang);

/** 3,725 seconds are 1:02:05. */
export function duration(seconds) {
  const two = (number) => String(number).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A text of a game in the page's language. */
export const localized = (text) => text?.[document.documentElement.lang.startsWith('zh') ? 'zh' : 'en'] ?? '';

/** The address of a picture of a game; of its own one, which no configuration names, for an empty name. */
export const coverAddress = (slug, name) => `/covers/${encodeURIComponent(slug)}?picture=${encodeURIComponent(name)}`;

/** The address of the present picture of a game: another one for another choice, because browsers keep pictures for a minute. */
export const presentCover = ({ slug, cover, cover_file: added }) => `/covers/${encodeURIComponent(slug)}?${encodeURIComponent(added ?? cover ?? '')}`;

/** The cover of a game. Of one that the library does not have, the title's first letter on a colour of the slug's. */
export function cover(game) {
  const letter = make('span', { className: 'letter', ariaHidden: 'true' }, [...localized(game.title)][0] ?? '?');
  letter.style.setProperty('--hue', [...game.slug].reduce((hue, c) => (hue * 31 + c.codePointAt(0)) % 360, 7));
  if (game.cover === undefined) return letter;
  const picture = make('img', { src: presentCover(game), alt: '', loading: 'lazy', decoding: 'async' });
  picture.addEventListener('error', () => picture.replaceWith(letter));
  return picture;
}
