import { INVADERS, PLANT_ORDER } from '../rules/data.js';
import { starsOf } from '../rules/game.js';
import { ENDLESS_AFTER, invadersOf, LEVELS, plantsFor, rewardOf, slotsFor } from '../rules/levels.js';
import { invaderAbout, invaderName, plantAbout, plantName, t, taught } from '../text.js';
import { priceOf } from './cards.js';
import { el, invaderPicture, plantPicture, setText, sign } from './dom.js';

const button = (id, text, onclick, kind = '') => el('button', { type: 'button', class: `button ${kind}`, 'data-testid': id, onclick }, text);

const starRow = (count) => el('span', { class: 'stars', role: 'img', 'aria-label': t('stars', { n: count }) }, [1, 2, 3].map((n) => el('i', { class: n <= count ? 'star on' : 'star' })));

/** Language, sound and volume: on the title and in the pause. */
export function settingsRow(app) {
  const muted = app.store.settings.muted;
  return el('div', { class: 'settings' },
    el('button', { type: 'button', class: 'button small', 'data-testid': 'language', 'aria-label': t('languageName'), lang: t('language') === '中文' ? 'zh-CN' : 'en', onclick: app.switchLanguage }, t('language')),
    el('button', { type: 'button', class: 'round', 'data-testid': 'menu-mute', 'aria-label': t(muted ? 'unmute' : 'mute'), onclick: () => { app.toggleMute(); app.redraw('menu-mute'); } }, sign(muted ? 'mute' : 'sound')),
    el('input', { type: 'range', min: '0', max: '100', step: '5', value: String(Math.round(app.store.settings.volume * 100)), 'aria-label': t('volume'), 'data-testid': 'volume', oninput: (event) => app.setVolume(Number(event.target.value) / 100) }));
}

export function titleScreen(app) {
  const { open } = app.store.progress;
  const next = Math.min(open, LEVELS.length);
  const unlimited = app.edition === 'unlimited';
  return el('div', { class: 'sheet title' },
    el('h1', {}, t('title'), unlimited && el('small', {}, t('badge'))),
    el('p', { class: 'tagline' }, t(unlimited ? 'taglineUnlimited' : 'tagline')),
    el('div', { class: 'column' },
      button('play', open > 1 ? t('goOn', { n: next }) : t('play'), () => app.begin(next), 'big'),
      el('div', { class: 'row' }, button('levels', t('levels'), () => app.show('levels')), button('book', t('book'), () => app.show('book')))),
    settingsRow(app),
    app.store.trouble && el('p', { class: 'notice', role: 'alert', 'data-testid': 'notice' }, t(app.store.trouble)),
    el('p', { class: 'keys' }, t('keys')));
}

const head = (app, text, back = 'title') => el('header', { class: 'head' },
  el('button', { type: 'button', class: 'round', 'data-testid': 'back', 'aria-label': t('back'), onclick: () => app.show(back) }, sign('back')), el('h2', {}, text));

export function levelsScreen(app) {
  const { open, stars, endlessBest } = app.store.progress;
  const endless = open > ENDLESS_AFTER;
  const one = (level) => {
    const locked = level > open;
    const name = locked ? `${t('level', { n: level })}, ${t('locked')}` : `${t('level', { n: level })}, ${t('stars', { n: stars[level] ?? 0 })}`;
    return el('button', { type: 'button', class: 'level', 'data-level': level, 'data-testid': `level-${level}`, disabled: locked, 'aria-label': name, onclick: () => app.begin(level) },
      locked ? el('span', { class: 'lock' }) : invaderPicture(LEVELS[level - 1].met, 112), el('b', {}, String(level)), starRow(stars[level] ?? 0));
  };
  return el('div', { class: 'sheet wide' }, head(app, t('levels')),
    el('div', { class: 'levels' }, LEVELS.map((_, i) => one(i + 1)),
      el('button', { type: 'button', class: 'level endless', 'data-testid': 'endless', disabled: !endless, onclick: () => app.begin(0) },
        el('b', {}, t('endless')), el('span', {}, endless ? (endlessBest ? t('endlessBest', { n: endlessBest }) : taught(0)) : t('endlessOpens', { n: ENDLESS_AFTER })))));
}

/** The seeds that are taken along unless the player says otherwise: last time's, then the basic ones. */
export function usualPicks(app, level) {
  const known = plantsFor(level || LEVELS.length, app.edition);
  const wishes = [...app.store.progress.picks, ...known.slice(-1), ...known];
  return [...new Set(wishes)].filter((id) => known.includes(id)).slice(0, slotsFor(level, app.edition));
}

export function chooseScreen(app, level) {
  const known = plantsFor(level || LEVELS.length, app.edition);
  const most = slotsFor(level, app.edition);
  const free = app.edition === 'unlimited';
  const picks = new Set(usualPicks(app, level));
  const count = el('p', { class: 'aside', 'aria-live': 'polite', 'data-testid': 'chosen' });
  const about = el('p', { class: 'about', 'data-testid': 'about' });
  const start = button('start', t('start'), () => app.play(level, PLANT_ORDER.filter((id) => picks.has(id))), 'big');
  const cards = known.map((id) => el('button', {
    type: 'button', class: 'card pick', 'data-plant': id, 'data-testid': `pick-${id}`, 'aria-label': `${plantName(id)}. ${plantAbout(id)}`,
    onclick: () => toggle(id), onfocus: () => tell(id), onpointerenter: () => tell(id),
  }, plantPicture(id), el('span', { class: 'name' }, plantName(id)), el('span', { class: 'price' }, priceOf(id, free))));
  function tell(id) { about.replaceChildren(el('b', {}, plantName(id)), ` ${plantAbout(id)}`); }
  function toggle(id) {
    if (picks.has(id)) picks.delete(id);
    else if (picks.size < most) picks.add(id);
    else app.sound.play('no');
    app.sound.play('click');
    tell(id);
    update();
  }
  function update() {
    cards.forEach((card) => card.setAttribute('aria-pressed', String(picks.has(card.dataset.plant))));
    setText(count, t('chosen', { n: picks.size, most }));
    start.disabled = !picks.size;
  }
  update();
  tell(known[known.length - 1]);
  const kinds = level ? invadersOf(level) : Object.keys(INVADERS);
  return el('div', { class: 'sheet wide choose' }, head(app, level ? `${t('level', { n: level })}: ${t('choose')}` : `${t('endless')}: ${t('choose')}`, 'levels'),
    el('p', { class: 'aside' }, t('chooseHint', { n: most })),
    el('div', { class: 'picks' }, cards), about,
    el('div', { class: 'coming' }, el('span', { class: 'aside' }, t('coming')), el('ul', {}, kinds.map((kind) => el('li', { title: `${invaderName(kind)}: ${invaderAbout(kind)}` }, invaderPicture(kind, 88), el('span', { class: 'quiet' }, invaderName(kind)))))),
    el('footer', { class: 'row' }, count, start));
}

export function bookScreen(app) {
  const plants = plantsFor(Math.min(app.store.progress.open, LEVELS.length), app.edition);
  const met = LEVELS.slice(0, app.store.progress.open).map((level) => level.met);
  const item = (picture, name, about) => el('li', {}, picture, el('div', {}, el('b', {}, name), el('p', {}, about)));
  return el('div', { class: 'sheet wide book' }, head(app, t('book')),
    el('div', { class: 'pages', tabindex: '0', role: 'region', 'aria-label': t('book') },
      el('ul', { class: 'entries' }, plants.map((id) => item(plantPicture(id, 112), `${plantName(id)} · ${priceOf(id, app.edition === 'unlimited')}`, plantAbout(id)))),
      el('ul', { class: 'entries toys' }, met.map((kind) => item(invaderPicture(kind, 112), invaderName(kind), invaderAbout(kind))))));
}

export function pausePanel(app, why) {
  return el('div', { class: 'panel', role: 'dialog', 'aria-modal': 'true', 'aria-label': t('paused') },
    el('h2', {}, t('paused')), why === 'hidden' && el('p', {}, t('away')),
    el('div', { class: 'column' }, button('resume', t('resume'), app.resume, 'big'),
      el('div', { class: 'row' }, button('restart', t('restart'), app.again), button('leave', t('leave'), () => app.show('levels')))),
    settingsRow(app), el('p', { class: 'keys' }, t('keys')));
}

export function wonPanel(app, game) {
  const { level } = game;
  const reward = rewardOf(level, app.edition);
  const last = level === LEVELS.length;
  return el('div', { class: 'panel', role: 'dialog', 'aria-modal': 'true', 'aria-label': t('won') },
    el('h2', {}, t(last ? 'wonAll' : 'won')), starRow(starsOf(game)), el('p', { class: 'aside' }, t('barrelsKept', { n: game.barrels.filter(({ state }) => state === 'ready').length })),
    reward && el('div', { class: 'reward' }, plantPicture(reward), el('div', {}, el('b', {}, t('newPlant', { plant: plantName(reward) })), el('p', {}, plantAbout(reward)))),
    level === ENDLESS_AFTER && el('p', { class: 'notice' }, t('endlessOpen')),
    el('div', { class: 'column' }, last ? button('endless', t('endless'), () => app.begin(0), 'big') : button('next', t('next'), () => app.begin(level + 1), 'big'),
      el('div', { class: 'row' }, button('again', t('again'), app.again), button('leave', t('leave'), () => app.show('levels')))));
}

export function lostPanel(app, game) {
  const lane = game.lostTo?.lane ?? 0;
  return el('div', { class: 'panel', role: 'dialog', 'aria-modal': 'true', 'aria-label': t('lost') },
    el('h2', {}, t('lost')), el('p', {}, t('lostBy', { kind: invaderName(game.lostTo.kind), lane: lane + 1 })), el('p', { class: 'aside' }, t('lostTip')),
    el('div', { class: 'column' }, button('again', t('again'), app.again, 'big'), button('leave', t('leave'), () => app.show('levels'))));
}

export function endlessPanel(app, game, best) {
  return el('div', { class: 'panel', role: 'dialog', 'aria-modal': 'true', 'aria-label': t('endlessOver') },
    el('h2', {}, t('endlessOver')), el('p', { 'data-testid': 'endless-result' }, t('endlessResult', { n: Math.max(0, game.wave - 1), beaten: game.defeated })),
    best && el('p', { class: 'notice' }, t('endlessNew')),
    el('div', { class: 'column' }, button('again', t('again'), app.again, 'big'), button('leave', t('leave'), () => app.show('levels'))));
}
