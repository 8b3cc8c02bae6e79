import { LIVES, WAVES } from '../rules/catalog.js';
import { MAPS } from '../rules/maps.js';
import { TWISTS } from '../rules/daily.js';
import { paintCarrot } from '../art/scene.js';
import { icon } from '../art/sprites.js';
import { t } from '../text.js';
import { byId, el, say, starRow } from './dom.js';

const PARTS = ['stars', 'overlay-art', 'overlay-new', 'overlay-list', 'settings', 'share-box'];

/** Opens the card with a title, a text and buttons `[action, text key, main?]`, and hides every other part of it. */
function open(title, text, actions) {
  for (const part of PARTS) byId(part).hidden = true;
  byId('overlay-title').textContent = title;
  byId('overlay-text').textContent = text;
  byId('overlay-text').hidden = !text;
  byId('overlay-actions').replaceChildren(...actions.map(([action, words, main]) => el('button', { type: 'button', class: main ? 'big' : 'small', 'data-go': action, text: words })));
  byId('overlay').hidden = false;
  byId('overlay-actions').firstElementChild.focus({ preventScroll: true });
}

function showList(lines) {
  byId('overlay-list').hidden = false;
  byId('overlay-list').replaceChildren(...lines.map(([what, text]) => el('li', {}, icon(what, 34), el('span', { text }))));
}

/** The pause screen, with volume and language. */
export function showPause() {
  open(t('paused'), '', [['resume', t('resume'), true], ['restart', t('restart')], ['maps', t('toMaps')]]);
  byId('settings').hidden = false;
}

function endPicture(lives) {
  const art = byId('overlay-art');
  art.hidden = false;
  const c = art.getContext('2d');
  c.setTransform(2.2, 0, 0, 2.2, 120, 124);
  c.clearRect(-60, -60, 120, 120);
  paintCarrot(c, Math.min(LIVES, lives));
}

function showNew(...nodes) {
  byId('overlay-new').hidden = false;
  byId('overlay-new').replaceChildren(...nodes);
}

function showStars(count) {
  const box = byId('stars');
  box.hidden = false;
  box.replaceChildren(...starRow(count).childNodes);
  box.dataset.stars = count;
  box.setAttribute('aria-label', t('starsAria', { n: count }));
}

function endEndless(result, { record, before }) {
  const text = record || !before ? t('endlessRecord') : t('endlessBefore', before);
  open(t('endlessOver'), `${t('endlessResult', result)} · ${text}`, [['restart', t('again'), true], ['maps', t('toMaps')]]);
  endPicture(0);
  say(t('endlessResult', result));
}

function endDaily(result, { record, daily }) {
  open(result.won ? t('won') : t('lost'), t('dailyResult', result), [['share', t('share'), true], ['restart', t('again')], ['maps', t('toMaps')]]);
  endPicture(result.lives);
  showNew(record ? t('endlessRecord') : t('dailyBest', daily.best));
  say(t('dailyResult', result));
}

/** The end of a game: stars and the next map, or how far it went and a tip. `news` is what the result changed. */
export function showEnd(result, news) {
  if (result.course.endless) return endEndless(result, news);
  if (result.course.day) return endDaily(result, news);
  if (result.won) {
    const next = MAPS[MAPS.indexOf(result.map) + 1];
    open(t('won'), t('summary', result) + (result.tidy ? ` ✓ ${t('cleanBadge')}` : ''), [...(next ? [['next', t('nextMap'), true]] : []), ['restart', t('again'), !next], ['maps', t('toMaps')]]);
    showStars(result.stars);
    endPicture(result.lives);
    if (news.opened) showNew(icon(news.opened, 44), t('newTower', { name: t(news.opened) }));
    say(`${t('won')} ${t('starsAria', { n: result.stars })}`);
    return undefined;
  }
  const tips = t('tips');
  open(t('lost'), t('reached', { wave: result.wave, tip: tips[result.beaten % tips.length] }), [['restart', t('retry'), true], ['maps', t('toMaps')]]);
  endPicture(0);
  say(t('lost'));
  return undefined;
}

/** The card of a day's challenge: what it is, how it went so far, and the way in. */
export function showDaily(course, daily, kept) {
  const best = daily.day === course.day ? daily.best : null;
  const actions = [['daily', kept ? t('dailyResume', { n: Math.max(1, kept.wave) }) : t('dailyGo'), true], ...(best ? [['share', t('share')]] : []), ['shut', t('close')]];
  // Hyphens that do not break keep the date on one line.
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(course.day));
  open(t('dailyOn', { day: day.replaceAll(' ', '\u00A0') }), t('dailyNote'), actions);
  showList([
    ['carrot', t('dailyMap', { map: t(course.mapId) })], [course.missing, t('dailyMissing', { name: t(course.missing) })], ['mouse', t('dailyTwist', { twist: t(course.twist) })],
  ]);
  if (daily.played) showNew([best ? t('dailyBest', best) : '', t('dailyStreak', { n: daily.streak, ...daily })].filter(Boolean).join(' · '));
}

/** The text of a day's result, to be pasted anywhere. */
export function shareText(course, best) {
  const lives = best.won ? t('shareLives', { n: best.lives }) : t('shareLost');
  const full = TWISTS[course.twist].lives ?? LIVES;
  const row = '🥕'.repeat(best.won ? best.lives : 0) + '▫️'.repeat(full - (best.won ? best.lives : 0));
  return `${t('shareText', { day: course.day, map: t(course.mapId), wave: Math.min(WAVES, best.wave), lives, score: best.score })}\n${row}`;
}

/** Shows the text to share where the browser does not let a page copy it. */
export function showShareText(text) {
  byId('share-box').hidden = false;
  const area = byId('share-text');
  area.value = text;
  area.focus();
  area.select();
}
