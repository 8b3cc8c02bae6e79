import { t } from '../text.js';

/** The element of an id. */
export const byId = (id) => document.getElementById(id);

/** A new element; `attributes` may hold `class`, `text` and any attribute, children are nodes or texts. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name === 'text') node.textContent = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Writes a text only where it changed, so that idle frames cost nothing. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Marks a button as not usable now without taking the focus from it. */
export function setUsable(button, usable) {
  const value = usable ? null : 'true';
  if (button.getAttribute('aria-disabled') === value) return;
  if (value) button.setAttribute('aria-disabled', value);
  else button.removeAttribute('aria-disabled');
}

/** Whether a button may be used now. */
export const usable = (button) => button.getAttribute('aria-disabled') !== 'true';

/** Puts the texts of the present language on everything that names one in `data-t` or `data-label`. */
export function translate(root = document) {
  for (const node of root.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll('[data-label]')) node.setAttribute('aria-label', t(node.dataset.label));
}

/** A row of three stars, `count` of them lit. */
export function starRow(count) {
  const row = el('span', { class: 'star-row', role: 'img', 'aria-label': t('starsAria', { n: count }), 'data-stars': count });
  for (let i = 1; i <= 3; i++) row.append(el('span', { class: i <= count ? 'on' : null, text: '★' }));
  return row;
}

/** Tells screen readers what just happened. */
export function say(text) {
  setText(byId('live'), text);
}
