import { dayOf } from '../rules/daily.js';
import { OPEN_GARDENS } from '../rules/gardens.js';
import { ENDLESS_AFTER, LEVELS, MINIS } from '../rules/levels.js';
import { WARES } from '../rules/shop.js';
import { streakOf } from '../save.js';
import { nameOf, plantLabel, t, taught, thousands, wareAbout, wareName } from '../text.js';
import { el, gardenPicture, invaderPicture, plantPicture, warePicture } from './dom.js';
import { share } from './share.js';
import { button, head, settingsRow } from './widgets.js';

const bestText = (best) => (best ? t('best', { n: best.wave, score: thousands(best.score) }) : t('noBest'));

export function titleScreen(app) {
  const { open } = app.store.progress;
  const next = Math.min(open, LEVELS.length);
  const unlimited = app.edition === 'unlimited';
  const kept = app.kept();
  const forward = unlimited ? button('play', t('play'), () => app.show('levels'), kept ? '' : 'big')
    : button('play', open > 1 ? t('playLevel', { n: next }) : t('play'), () => app.begin(`level-${next}`), kept ? '' : 'big');
  const goOn = kept && el('button', { type: 'button', class: 'button big', 'data-testid': 'continue', onclick: app.continueGame },
    t('goOn'), el('small', {}, `${nameOf(kept.spec)} · ${t('waveEndless', { n: Math.max(1, kept.wave) })}`));
  return el('div', { class: 'sheet title' },
    el('h1', { class: 'sign' }, t('title'), unlimited && el('small', {}, t('badge'))),
    el('p', { class: 'tagline' }, t(unlimited ? 'taglineUnlimited' : 'tagline')),
    el('div', { class: 'column' }, goOn, forward,
      el('div', { class: 'row' }, !unlimited && button('levels', t('levels'), () => app.show('levels')), button('daily', t('daily'), () => app.show('daily'))),
      el('div', { class: 'row' }, button('book', t('book'), () => app.show('book'), 'small'), !unlimited && button('shop', t('shop'), () => app.show('shop'), 'small'),
        button('stats', t('stats'), () => app.show('stats'), 'small'))),
    app.store.trouble && el('p', { class: 'notice', role: 'alert', 'data-testid': 'notice' }, t(app.store.trouble)),
    settingsRow(app), el('p', { class: 'keys' }, t('keys')));
}

const tileStars = (count) => el('span', { class: 'stars', 'aria-hidden': 'true' }, [1, 2, 3].map((n) => el('i', { class: n <= count ? 'star on' : 'star' })));

function levelTile(app, number) {
  const { open, stars } = app.store.progress;
  const locked = number > open;
  const level = LEVELS[number - 1];
  const name = `${t('level', { n: number })}, ${t(`gardenNames.${level.garden}`)}, ${locked ? t('locked') : t('stars', { n: stars[number] ?? 0 })}`;
  return el('button', { type: 'button', class: 'level', 'data-level': number, 'data-garden': level.garden, 'data-testid': `level-${number}`, disabled: locked, 'aria-label': name, onclick: () => app.begin(`level-${number}`) },
    locked ? el('span', { class: 'lock' }) : level.met ? invaderPicture(level.met, 112) : gardenPicture(level.garden, 112), el('b', { 'aria-hidden': 'true' }, String(number)), tileStars(stars[number] ?? 0));
}

/** A wide tile: a mini-game, endless play, a garden. */
function wideTile(app, { id, testid, garden, title, about, locked, stars }) {
  return el('button', { type: 'button', class: 'level broad', 'data-garden': garden, 'data-testid': testid, disabled: locked, onclick: () => app.begin(id) },
    gardenPicture(garden, 112), el('span', { class: 'words' }, el('b', {}, title), el('span', {}, about)), stars !== undefined && tileStars(stars));
}

export function levelsScreen(app) {
  const { open, best, minis } = app.store.progress;
  if (app.edition === 'unlimited') {
    return el('div', { class: 'sheet wide' }, head(app, t('gardens')), el('div', { class: 'broads' }, OPEN_GARDENS.map((garden) => wideTile(app, {
      id: `garden-${garden}`, testid: `garden-${garden}`, garden, title: t(`gardenNames.${garden}`), about: bestText(best[garden]),
    }))));
  }
  const after = (level) => (open > level ? null : t('opensAfter', { n: level }));
  return el('div', { class: 'sheet wide' }, head(app, t('levels')),
    el('div', { class: 'levels' }, LEVELS.map((_, i) => levelTile(app, i + 1))),
    el('h2', {}, `${t('endless')} · ${t('minis')}`),
    el('div', { class: 'broads' },
      wideTile(app, { id: 'endless', testid: 'endless', garden: 'day', title: t('endless'), locked: open <= ENDLESS_AFTER, about: after(ENDLESS_AFTER) ?? (best.day ? bestText(best.day) : taught({ level: 0 }, 'standard')) }),
      Object.entries(MINIS).map(([name, mini]) => wideTile(app, {
        id: `mini-${name}`, testid: `mini-${name}`, garden: mini.garden, title: t(`miniNames.${name}`), about: after(mini.after) ?? t(`miniAbout.${name}`), locked: open <= mini.after, stars: minis[name] ?? 0,
      }))));
}

export function dailyScreen(app) {
  const today = dayOf(new Date());
  const spec = app.specFor(`daily-${today}`);
  const { daily } = app.store.progress;
  const result = daily[today];
  return el('div', { class: 'sheet daily' }, head(app, t('daily')),
    el('p', { class: 'aside' }, t('dailyAbout')),
    el('div', { class: 'today', 'data-garden': spec.gardenId }, gardenPicture(spec.gardenId, 144), el('div', {}, el('b', {}, `${today} · ${t(`gardenNames.${spec.gardenId}`)}`), el('p', {}, app.gardenRules(spec)))),
    el('h2', {}, t('dailySeeds')),
    el('ul', { class: 'seeds' }, spec.picks.map((id) => el('li', {}, plantPicture(id, 96), el('span', {}, plantLabel(id))))),
    el('p', { class: 'sofar', 'data-testid': 'daily-result' }, el('span', {}, result ? t('dailyBest', { n: result.wave, score: thousands(result.score) }) : t('dailyNone')), ' ', el('span', {}, t('streak', { n: streakOf(app.store.progress, today) }))),
    el('div', { class: 'row' }, button('start', t('start'), () => app.play(spec.id, spec.picks), 'big'), result && button('share', t('share'), (event) => share(app, today, result, event.currentTarget))));
}

export function shopScreen(app) {
  const { brass, perks } = app.store.progress;
  const ware = ([id, { price }]) => {
    const had = perks.includes(id);
    return el('li', { class: 'ware' }, warePicture(id), el('div', { class: 'words' }, el('b', {}, wareName(id)), el('p', {}, wareAbout(id))),
      button(`buy-${id}`, had ? t('bought') : t('brass', { n: price }), () => app.buy(id), 'small', { disabled: had || brass < price, 'aria-label': had ? `${wareName(id)}: ${t('bought')}` : `${wareName(id)}: ${t('buy', { n: price })}` }));
  };
  return el('div', { class: 'sheet wide' }, head(app, t('shop'), 'title', el('p', { class: 'purse', 'data-testid': 'brass', 'aria-live': 'polite' }, t('brassHave', { n: brass }))),
    el('p', { class: 'aside' }, t('shopHint')), el('ul', { class: 'wares' }, Object.entries(WARES).map(ware)));
}

export function statsScreen(app) {
  const { stats, stars, minis, best, daily } = app.store.progress;
  const sum = (record) => Object.values(record).reduce((a, b) => a + b, 0);
  const unlimited = app.edition === 'unlimited';
  const rows = [
    ['statGames', thousands(stats.games)], !unlimited && ['statWon', thousands(stats.won)], ['statToys', thousands(stats.toys)], ['statPlanted', thousands(stats.planted)], !unlimited && ['statDew', thousands(stats.dew)],
    !unlimited && ['statStars', `${sum(stars) + sum(minis)} / ${3 * (LEVELS.length + Object.keys(MINIS).length)}`], ['statTime', t('minutes', { n: thousands(Math.round(stats.seconds / 60)) })],
    ['statDays', thousands(stats.days)], ['statStreak', String(streakOf(app.store.progress, dayOf(new Date())))],
  ].filter(Boolean);
  const days = Object.entries(daily).sort().slice(-7).reverse();
  return el('div', { class: 'sheet stats' }, head(app, t('stats')),
    el('dl', { class: 'numbers' }, rows.map(([key, value]) => el('div', {}, el('dt', {}, t(key)), el('dd', { 'data-testid': key }, value)))),
    Object.keys(best).length > 0 && el('ul', { class: 'results' }, Object.entries(best).map(([garden, one]) => el('li', {}, el('b', {}, unlimited ? t(`gardenNames.${garden}`) : t('endless')), el('span', {}, bestText(one))))),
    days.length > 0 && el('ul', { class: 'results' }, days.map(([day, one]) => el('li', {}, el('b', {}, day), el('span', {}, t('best', { n: one.wave, score: thousands(one.score) }).replace(/^[^:：]*[:：]\s*/, ''))))));
}
