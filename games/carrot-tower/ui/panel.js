import { OBSTACLES, TARGET_MODES, TOWERS, WAVES } from '../rules/catalog.js';
import { figures } from '../rules/combat.js';
import { sellValue, upgradePrice } from '../rules/game.js';
import { preview } from '../rules/waves.js';
import { icon } from '../art/sprites.js';
import { t } from '../text.js';
import { el, setUsable } from './dom.js';

const closer = () => el('button', { type: 'button', 'data-action': 'close', 'aria-label': t('close'), text: '✕' });

function head(what, title, note) {
  const name = el('b', { text: title });
  if (note) name.append(el('small', { text: note }));
  return el('div', { class: 'panel-head' }, icon(what, 40), name, closer());
}

function shop(game) {
  const list = el('div', { class: 'shop', role: 'group', 'aria-label': t('build') });
  game.tools.forEach((name, i) => {
    const price = TOWERS[name].price[0];
    list.append(el('button', {
      type: 'button', 'data-tower': name, 'data-price': price, 'aria-keyshortcuts': i + 1,
      'aria-label': `${t(name)}, ${price}. ${t(`${name}Note`)}`, title: t(`${name}Note`),
    }, icon(name, 38), el('span', { text: t(`${name}Short`) }), el('span', { class: 'price', text: price }), el('small', { text: t(`${name}Tag`) })));
  });
  for (const [name, mapId] of [['mill', 'garden'], ['lantern', 'orchard']]) {
    if (game.tools.includes(name)) continue;
    list.append(el('div', { class: 'locked', title: t(`${name}Note`) }, icon(name, 38), el('small', { text: t('later', { map: t(mapId) }) })));
  }
  return list;
}

const cut = (number) => String(Math.round(number * 10) / 10);

/** The figures of a tower in a few words; with what the next level brings. */
function describe(tower) {
  const now = figures(tower);
  const then = tower.kind.levels[tower.level];
  const rise = (key, show = cut) => (then && then[key] !== now[key] ? `${show(now[key])}→${show(then[key])}` : show(now[key]));
  const percent = (n) => `${Math.round(n * 100)}%`;
  const parts = [];
  if (now.damage) parts.push(`${t('damage')} ${rise('damage')}${tower.boost > 1 ? ` (×${cut(tower.boost)})` : ''}`);
  if (now.slow) parts.push(`${t('slow')} ${rise('slow', percent)}`);
  else if (now.hops) parts.push(`${t('hops')} ${rise('hops')}`);
  else if (now.boost) parts.push(`${t('boost')} ${rise('boost', percent)}`);
  parts.push(`${t('range')} ${rise('range')}`);
  return parts.join(' · ');
}

function towerPanel(tower) {
  const price = upgradePrice(tower);
  const acts = el('div', { class: 'acts' });
  acts.append(el('button', { type: 'button', 'data-action': 'upgrade', 'data-price': price ?? '', 'aria-disabled': price === null ? 'true' : null },
    price === null ? t('top') : t('upgrade'), el('small', { class: price === null ? null : 'coin', text: price ?? '★★★' })));
  if (tower.kind.kind !== 'mist' && tower.kind.kind !== 'aura') {
    acts.append(el('button', { type: 'button', 'data-action': 'target', 'data-mode': tower.mode }, t('target'), el('small', { text: t(tower.mode) })));
  }
  acts.append(el('button', { type: 'button', 'data-action': 'sell' }, t('sell'), el('small', { class: 'coin', text: sellValue(tower) })));
  return [head(tower.tower, `${t(tower.tower)} · ${t('levelShort', { n: tower.level })}`, describe(tower)), acts];
}

function obstaclePanel(game, obstacle) {
  const on = game.focus === obstacle;
  const { coins, surprise } = OBSTACLES[obstacle.obstacle];
  const name = t(obstacle.obstacle);
  return [
    head(obstacle.obstacle, name[0].toUpperCase() + name.slice(1), t('focusNote', { n: surprise ? `${coins}–${coins + surprise}` : coins })),
    el('div', { class: 'acts' }, el('button', { type: 'button', 'data-action': 'focus', 'aria-pressed': on }, on ? t('focusOff') : t('focusOn'))),
  ];
}

function idlePanel(game) {
  const wave = Math.min(WAVES, game.wave + 1);
  const list = el('div', { class: 'coming' }, el('h3', { text: t('nextBrings', { n: wave }) }));
  for (const [type, count] of preview(game.map, wave)) {
    const name = el('span', { text: `${t(type)}${count > 1 ? ` ×${count}` : ''}` });
    name.append(el('small', { text: t(`${type}Note`) }));
    list.append(el('div', {}, icon(type, 34), name));
  }
  return [list];
}

/**
 * The panel beside or below the board: what comes next, the shop for a free cell, or the menu of a tower.
 * @param {HTMLElement} root
 * @param {(action: string, button: HTMLElement) => void} act `build` with `data-tower`, upgrade, sell, target, focus, close
 */
export function createPanel(root, act) {
  let key = '';
  root.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    act(button.dataset.tower ? 'build' : button.dataset.action, button);
  });

  function contents(game, chosen) {
    const there = chosen?.there;
    if (!chosen) return ['idle', idlePanel(game)];
    if (there === null) return ['build', [el('div', { class: 'panel-head', 'data-only': 'wide' }, el('b', { text: t('build') }), closer()), shop(game)]];
    if (there.tower) return ['tower', towerPanel(there)];
    return ['obstacle', obstaclePanel(game, there)];
  }

  return {
    /** Shows what belongs to the chosen cell; `force` after a change of language. */
    show(game, chosen, force = false) {
      const there = chosen?.there;
      const next = !chosen ? `idle${game.map.id}${game.wave}` : `${chosen.x},${chosen.y},${there?.id},${there?.level},${there?.mode},${there?.boost},${game.focus === there}`;
      if (next === key && !force) return;
      key = next;
      const held = root.contains(document.activeElement) ? document.activeElement.dataset : null;
      const [kind, nodes] = contents(game, chosen);
      document.body.dataset.panel = kind;
      root.replaceChildren(...nodes);
      if (held?.action) root.querySelector(`[data-action="${held.action}"]`)?.focus();
    },
    /** Greys out what the coins do not pay for. */
    afford(game) {
      for (const button of root.querySelectorAll('[data-price]')) {
        setUsable(button, button.dataset.price !== '' && game.coins >= Number(button.dataset.price));
      }
    },
    /** Moves the focus to the first thing that can be done. */
    focusFirst() {
      (root.querySelector('[data-tower]:not([aria-disabled]), [data-action]:not([data-action="close"]):not([aria-disabled])') ?? root.querySelector('button'))?.focus();
    },
  };
}

/** The next aiming mode in turn. */
export const nextMode = (mode) => TARGET_MODES[(TARGET_MODES.indexOf(mode) + 1) % TARGET_MODES.length];
