import { INVADERS, PLANTS, SHOTS } from '../rules/data.js';
import { plantAbout, plantName, t } from '../text.js';
import { el, plantPicture } from './dom.js';

/** A plant in numbers. */
export function plantFacts(id, free) {
  const { cost, recharge, health, job, every, shot, damage, fuse } = PLANTS[id];
  const hurts = shot ? SHOTS[shot].damage : damage;
  return [
    !free && t('facts.cost', { n: cost }), t('facts.recharge', { n: recharge }),
    hurts && t('facts.damage', { n: hurts }) + (every ? ` ${t('facts.every', { n: every })}` : ''),
    job === 'grow' && t('facts.grows', { n: every }), (shot && SHOTS[shot].pierce) || job === 'trap' ? t('facts.pierces') : null,
    fuse ? t('facts.once') : job !== 'float' && t('facts.tough', { n: health }),
  ].filter(Boolean);
}

/** A toy in numbers. */
export function toyFacts(kind) {
  const { health, armour, plate, speed, flies, swims } = INVADERS[kind];
  return [
    t('facts.tough', { n: health }), armour && t('facts.armour', { n: armour }), plate && t('facts.plate', { n: plate }),
    t('facts.speed', { n: Math.round(9 / speed) }), flies && t('facts.flies'), swims && t('facts.swims'),
  ].filter(Boolean);
}

export const factRow = (facts) => el('ul', { class: 'facts' }, facts.map((text) => el('li', {}, text)));

/** The opened card of a plant: picture, name, what it does, its numbers. */
export function openCard(id, free) {
  return [plantPicture(id, 144), el('div', {}, el('b', {}, plantName(id)), el('p', {}, plantAbout(id)), factRow(plantFacts(id, free)))];
}
