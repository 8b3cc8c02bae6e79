import { MAPS } from '../rules/maps.js';
import { isOpen, totalStars } from '../save.js';
import { paintCarrot, paintGround, paintObstacle } from '../art/scene.js';
import { icon } from '../art/sprites.js';
import { createView } from '../art/draw.js';
import { t } from '../text.js';
import { byId, el, say, starRow } from './dom.js';

const pictures = new Map();

function mapPicture(map) {
  if (pictures.has(map.id)) return pictures.get(map.id);
  const canvas = el('canvas', { width: 616, height: 392, 'aria-hidden': 'true' });
  const c = canvas.getContext('2d');
  c.scale(56, 56);
  paintGround(c, map, createView(false));
  const put = (x, y, size, paint) => {
    c.save();
    c.translate(x + 0.5, y + 0.5);
    c.scale(size / 100, size / 100);
    paint(c);
    c.restore();
  };
  for (const [x, y, kind] of map.obstacles) put(x, y, 0.9, paintObstacle[kind]);
  put(map.carrot[0], map.carrot[1] - 0.2, 1.3, (p) => paintCarrot(p, 10));
  pictures.set(map.id, canvas);
  return canvas;
}

/** Fills the map screen: a card each, with its stars, or what opens it. */
export function showMaps(progress) {
  byId('total-stars').textContent = t('total', { n: totalStars(progress) });
  byId('map-list').replaceChildren(...MAPS.map((map, i) => {
    const open = isOpen(progress, map.id);
    const stars = progress.stars[map.id] ?? 0;
    const note = open ? t(`${map.id}Note`) + (progress.tidy[map.id] ? ` ✓ ${t('cleanBadge')}` : '') : t('locked', { map: t(MAPS[i - 1].id) });
    return el('button', {
      type: 'button', class: 'map-card', 'data-map-choice': map.id, 'data-stars': stars, 'aria-disabled': open ? null : 'true',
    }, mapPicture(map), el('b', { text: t(map.id) }), starRow(stars), el('small', { text: note }));
  }));
}

function open(title, text, actions) {
  byId('overlay-title').textContent = title;
  byId('overlay-text').textContent = text;
  byId('overlay-text').hidden = !text;
  byId('overlay-actions').replaceChildren(...actions.map(([action, key, main]) => el('button', { type: 'button', class: main ? 'big' : 'small', 'data-go': action, text: t(key) })));
  byId('overlay').hidden = false;
  byId('overlay-actions').firstElementChild.focus({ preventScroll: true });
}

/** The pause screen, with volume and language. */
export function showPause() {
  byId('stars').hidden = byId('overlay-art').hidden = byId('overlay-new').hidden = true;
  byId('settings').hidden = false;
  open(t('paused'), '', [['resume', 'resume', true], ['restart', 'restart'], ['maps', 'toMaps']]);
}

function endPicture(lives) {
  const art = byId('overlay-art');
  art.hidden = false;
  const c = art.getContext('2d');
  c.setTransform(2.2, 0, 0, 2.2, 120, 124);
  c.clearRect(-60, -60, 120, 120);
  paintCarrot(c, lives);
}

/** The end of a game: stars and the next map, or how far it went and a tip. */
export function showEnd(result, opened) {
  byId('settings').hidden = true;
  byId('stars').hidden = !result.won;
  byId('overlay-new').hidden = !opened;
  endPicture(result.lives);
  if (opened) byId('overlay-new').replaceChildren(icon(opened, 44), t('newTower', { name: t(opened) }));
  if (result.won) {
    const row = starRow(result.stars);
    byId('stars').replaceChildren(...row.childNodes);
    byId('stars').dataset.stars = result.stars;
    byId('stars').setAttribute('aria-label', t('starsAria', { n: result.stars }));
    const next = MAPS[MAPS.indexOf(result.map) + 1];
    open(t('won'), t('summary', result) + (result.tidy ? ` ✓ ${t('cleanBadge')}` : ''), [...(next ? [['next', 'nextMap', true]] : []), ['restart', 'again', !next], ['maps', 'toMaps']]);
    say(`${t('won')} ${t('starsAria', { n: result.stars })}`);
  } else {
    const tips = t('tips');
    open(t('lost'), t('reached', { wave: result.wave, tip: tips[result.beaten % tips.length] }), [['restart', 'retry', true], ['maps', 'toMaps']]);
    say(t('lost'));
  }
}
