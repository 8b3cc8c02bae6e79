import { MAPS } from '../rules/maps.js';
import { isOpen, totalStars } from '../save.js';
import { paintCarrot, paintGround } from '../art/scene.js';
import { paintObstacle } from '../art/things.js';
import { createView } from '../art/draw.js';
import { t } from '../text.js';
import { byId, el, starRow } from './dom.js';

const pictures = new Map();

/** A picture of a map, drawn once. */
function mapPicture(map) {
  if (pictures.has(map.id)) return pictures.get(map.id);
  const canvas = el('canvas', { width: 440, height: 280, 'aria-hidden': 'true' });
  const c = canvas.getContext('2d');
  c.scale(40, 40);
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

function played(seconds) {
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? t('minutes', { n: minutes }) : t('hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
}

function card(map, i, save) {
  const { progress } = save;
  const open = isOpen(progress, map.id);
  const stars = progress.stars[map.id] ?? 0;
  const kept = open ? save.peekGame(map.id) : null;
  const note = kept ? t('kept', { n: Math.max(1, kept.wave) }) : open ? t(`${map.id}Note`) + (progress.tidy[map.id] ? ` ✓ ${t('cleanBadge')}` : '') : t('locked', { map: t(MAPS[i - 1].id) });
  const box = el('div', { class: 'map-card' }, el('button', {
    type: 'button', class: 'map-choice', 'data-map-choice': map.id, 'data-stars': stars, 'data-kept': kept ? kept.wave : null, 'aria-disabled': open ? null : 'true',
  }, mapPicture(map), el('b', { text: t(map.id) }), starRow(stars), el('small', { text: note })));
  if (stars > 0) {
    const going = save.peekGame(`endless-${map.id}`);
    const best = progress.endless[map.id];
    const button = el('button', { type: 'button', class: 'small endless', 'data-endless': map.id }, `∞ ${t('endless')} `, el('span', { class: 'sr', text: t(map.id) }));
    const line = going ? t('kept', { n: Math.max(1, going.wave) }) : best ? t('endlessBest', best) : '';
    if (line) button.append(el('small', { text: line }));
    box.append(button);
  }
  return box;
}

/** Fills the map screen: a card each, with its stars, or what opens it; below them the statistics. */
export function showMaps(save) {
  const { progress } = save;
  byId('total-stars').textContent = `★ ${t('total', { n: totalStars(progress), all: MAPS.length * 3 })}`;
  byId('map-list').replaceChildren(...MAPS.map((map, i) => card(map, i, save)));
  const { stats } = progress;
  byId('stats').hidden = stats.games === 0;
  byId('stats').textContent = t('stats', { ...stats, time: played(stats.seconds) });
}
