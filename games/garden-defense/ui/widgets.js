import { t } from '../text.js';
import { el, sign } from './dom.js';

/** A button with a text. */
export const button = (id, text, onclick, kind = '', more = {}) => el('button', { type: 'button', class: `button ${kind}`, 'data-testid': id, onclick, ...more }, text);

export const starRow = (count) => el('span', { class: 'stars', role: 'img', 'aria-label': t('stars', { n: count }) }, [1, 2, 3].map((n) => el('i', { class: n <= count ? 'star on' : 'star' })));

/** Language, sound and volume: on the title and in the pause. */
export function settingsRow(app) {
  const muted = app.store.settings.muted;
  return el('div', { class: 'settings' },
    el('button', { type: 'button', class: 'button small', 'data-testid': 'language', 'aria-label': t('languageName'), lang: t('language') === '中文' ? 'zh-CN' : 'en', onclick: app.switchLanguage }, t('language')),
    el('button', { type: 'button', class: 'round', 'data-testid': 'menu-mute', 'aria-label': t(muted ? 'unmute' : 'mute'), onclick: () => { app.toggleMute(); app.redraw('menu-mute'); } }, sign(muted ? 'mute' : 'sound')),
    el('input', { type: 'range', min: '0', max: '100', step: '5', value: String(Math.round(app.store.settings.volume * 100)), 'aria-label': t('volume'), 'data-testid': 'volume', oninput: (event) => app.setVolume(Number(event.target.value) / 100) }));
}

/** The heading of a menu with the way back; `aside` stands at its end. */
export const head = (app, text, back = 'title', aside = null) => el('header', { class: 'head' },
  el('button', { type: 'button', class: 'round', 'data-testid': 'back', 'aria-label': t('back'), onclick: () => app.show(back) }, sign('back')), el('h1', {}, text), aside || null);

/** A dialog over the beds. */
export const panel = (title, ...children) => el('div', { class: 'panel', role: 'dialog', 'aria-modal': 'true', 'aria-label': title }, el('h2', {}, title), children);
