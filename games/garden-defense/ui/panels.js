import { starsOf } from '../rules/game.js';
import { LEVELS, ENDLESS_AFTER, MINIS, rewardOf } from '../rules/levels.js';
import { invaderName, nameOf, plantAbout, plantName, t, thousands } from '../text.js';
import { el, plantPicture, setText } from './dom.js';
import { share } from './share.js';
import { button, panel, settingsRow, starRow } from './widgets.js';

/** A game cannot be taken up again once another began: the first press only asks. */
function restart(app, { currentTarget }) {
  if (currentTarget.dataset.sure) return app.again();
  currentTarget.dataset.sure = 'yes';
  return setText(currentTarget, t('sure'));
}

/** Asks before another game takes the place of the one that is kept. */
export function anotherPanel(app, go) {
  const { spec, wave } = app.kept();
  return panel(t('another'), el('p', { 'data-testid': 'loses' }, t('anotherLoses', { game: nameOf(spec), n: Math.max(1, wave) })),
    el('div', { class: 'column' }, button('continue', t('anotherKeep'), app.continueGame, 'big'),
      el('div', { class: 'row' }, button('another', t('anotherGo'), go), button('leave', t('back'), () => app.show('title')))));
}

export function pausePanel(app, why) {
  return panel(t('paused'), why === 'hidden' && el('p', {}, t('away')),
    el('div', { class: 'column' }, button('resume', t('resume'), app.resume, 'big'),
      el('div', { class: 'row' }, button('restart', t('restart'), (event) => restart(app, event)), button('leave', t('leave'), app.leave))),
    el('p', { class: 'aside' }, t('kept')), settingsRow(app), el('p', { class: 'keys' }, t('keys')));
}

const brassLine = (brass) => brass > 0 && el('p', { class: 'aside', 'data-testid': 'brass-won' }, t('brassWon', { n: brass }));

/** What a first win opens besides the next level. */
function opened(level) {
  const names = Object.entries(MINIS).filter(([, mini]) => mini.after === level).map(([name]) => t(`miniNames.${name}`));
  if (level === ENDLESS_AFTER) names.push(t('endless'));
  return names.length > 0 && el('p', { class: 'notice' }, t('nowOpen', { what: names.join(', ') }));
}

export function wonPanel(app, { game, brass, first }) {
  const { level } = game;
  const reward = level && first ? rewardOf(level) : null;
  const last = level === LEVELS.length;
  const title = t(last ? 'wonAll' : 'won');
  const forward = last || !level ? button('again', t('replay'), app.again, 'big') : button('next', t('next'), () => app.begin(`level-${level + 1}`), 'big');
  return panel(title, starRow(starsOf(game)),
    el('p', { class: 'aside' }, t('barrelsKept', { n: game.barrels.filter(({ state }) => state === 'ready').length })), brassLine(brass),
    reward && el('div', { class: 'reward' }, plantPicture(reward), el('div', {}, el('b', {}, t('newPlant', { plant: plantName(reward) })), el('p', {}, plantAbout(reward)))),
    first && opened(level),
    el('div', { class: 'column' }, forward,
      el('div', { class: 'row' }, level && !last ? button('again', t('replay'), app.again) : null, button('shop', t('shop'), () => app.show('shop')), button('leave', t('levels'), () => app.show('levels')))));
}

export function lostPanel(app, { game, brass }) {
  return panel(t('lost'), el('p', {}, t('lostBy', { kind: invaderName(game.lostTo.kind), n: game.lostTo.lane + 1 })), el('p', { class: 'aside' }, t('lostTip')), brassLine(brass),
    el('div', { class: 'column' }, button('again', t('again'), app.again, 'big'),
      el('div', { class: 'row' }, button('shop', t('shop'), () => app.show('shop')), button('leave', t('levels'), () => app.show('levels')))));
}

export function endlessPanel(app, { game, brass, best, day }) {
  const wave = Math.max(0, game.wave - 1);
  return panel(t('endlessOver'), el('p', { 'data-testid': 'endless-result' }, t('endlessResult', { n: wave, beaten: game.defeated })),
    el('p', { class: 'points', 'data-testid': 'points' }, t('points', { n: thousands(game.score) })),
    best && el('p', { class: 'notice' }, t('endlessNew')), brassLine(brass),
    el('div', { class: 'column' }, button('again', t('again'), app.again, 'big'),
      el('div', { class: 'row' }, day && button('share', t('share'), (event) => share(app, day, { wave, score: game.score }, event.currentTarget)), button('leave', t(day ? 'back' : app.edition === 'unlimited' ? 'gardens' : 'levels'), () => app.show(day ? 'daily' : 'levels')))));
}
