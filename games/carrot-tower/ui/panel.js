import { OBSTACLES, TARGET_MODES, TOWERS } from '../rules/catalog.js';
import { figures, power, rangeOf } from '../rules/combat.js';
import { comingIn, sellValue, upgradePrice, wavesOf } from '../rules/game.js';
import { icon } from '../art/sprites.js';
import { t } from '../text.js';
import { byId, el, setText, setUsable } from './dom.js';

const closer = () => el('button', { type: 'button', 'data-action': 'close', 'aria-label': t('close'), text: '✕' });
const cut = (number) => String(Math.round(number * 100) / 100);
const percent = (n) => `${Math.round(n * 100)}%`;
const isRoomy = () => document.body.dataset.roomy === 'yes';

function head(what, title, note) {
  const name = el('b', { text: title });
  if (note) name.append(el('small', { class: 'head-note', text: note }));
  return el('div', { class: 'panel-head' }, icon(what, 40), name, closer());
}

/** The two numbers that matter most of a tower: what it does and how far it reaches, with words for screen readers. */
function shortNumbers({ damage, range, slow, boost }) {
  const [words, short] = slow ? [t('slowShort', { n: percent(1 - slow) }), percent(1 - slow)] : boost ? [t('boostShort', { n: percent(boost) }), percent(boost)] : [t('hitShort', { n: damage }), damage];
  return el('small', { class: 'numbers' }, el('span', { class: 'sr', text: `${words}, ${t('rangeShort', { n: cut(range) })}. ` }),
    el('span', { class: 'strength', 'aria-hidden': 'true', text: short }), el('span', { class: 'reach', 'aria-hidden': 'true', text: cut(range) }));
}

/** All numbers of a tower's level as `[name, value, value at the next level or null]`. */
function table(level, next, damageNow = level.damage) {
  const rows = [];
  const row = (key, name, show) => {
    if (level[key] === undefined) return;
    rows.push([t(name), show(key === 'damage' ? damageNow : level[key]), next && next[key] !== level[key] ? show(next[key]) : null]);
  };
  row('damage', 'damage', cut);
  row('period', 'period', (n) => t('seconds', { n: cut(n) }));
  row('slow', 'slow', (n) => percent(1 - n));
  row('hops', 'hops', cut);
  row('splash', 'splash', cut);
  row('push', 'push', cut);
  row('boost', 'boostBy', percent);
  row('range', 'range', cut);
  return rows;
}

function shopCard(name, i, roomy) {
  const price = TOWERS[name].price[0];
  const level = TOWERS[name].levels[0];
  const button = el('button', { type: 'button', 'data-tower': name, 'data-price': price, 'aria-keyshortcuts': i + 1, title: t(`${name}Note`) }, icon(name, roomy ? 54 : 36));
  const words = el('span', { class: 'words' }, el('span', { class: 'name', text: t(roomy ? name : `${name}Short`) }), ' ', el('span', { class: 'price', text: price }), ' ');
  if (roomy) words.append(el('small', { class: 'note', text: t(`${name}Note`) }), ' ');
  words.append(shortNumbers(level));
  button.append(words);
  if (!roomy) button.append(el('span', { class: 'sr', text: t(`${name}Note`) }));
  return button;
}

function shop(game, locked) {
  const roomy = isRoomy();
  const list = el('div', { class: 'shop', role: 'group', 'aria-label': t('build') });
  game.tools.forEach((name, i) => list.append(shopCard(name, i, roomy)));
  for (const [name, mapId] of locked) {
    list.append(el('div', { class: 'locked', title: t(`${name}Note`) }, icon(name, roomy ? 44 : 34), el('small', { text: t('later', { map: t(mapId) }) })));
  }
  return list;
}

/** What the surroundings do to a tower, in words. */
function surroundings(tower) {
  return [tower.sight < 1 ? t('inDark') : '', tower.haste > 1 ? t('bySpring') : tower.haste < 1 ? t('byWeeds') : '', tower.boost > 1 ? `×${cut(tower.boost)}` : ''].filter(Boolean).join(' · ');
}

function towerPanel(tower) {
  const price = upgradePrice(tower);
  const acts = el('div', { class: 'acts' });
  acts.append(el('button', { type: 'button', 'data-action': 'upgrade', 'data-price': price ?? '', 'aria-disabled': price === null ? 'true' : null },
    price === null ? t('top') : t('upgrade'), ' ', el('small', { class: price === null ? null : 'coin', text: price ?? '★★★' })));
  if (tower.kind.kind !== 'mist' && tower.kind.kind !== 'aura') {
    acts.append(el('button', { type: 'button', 'data-action': 'target', 'data-mode': tower.mode }, t('target'), ' ', el('small', { text: t(tower.mode) })));
  }
  acts.append(el('button', { type: 'button', 'data-action': 'sell' }, t('sell'), ' ', el('small', { class: 'coin', text: sellValue(tower) })));
  const level = { ...figures(tower), range: rangeOf(tower) };
  const after = tower.kind.levels[tower.level];
  const next = after ? { ...after, range: after.range * tower.sight } : null;
  const rows = table(level, next, level.damage && Math.round(power(tower) * 10) / 10);
  const title = `${t(tower.tower)} · ${t('levelShort', { n: tower.level })}`;
  if (!isRoomy()) {
    const line = rows.filter(([name]) => ![t('period'), t('splash'), t('push')].includes(name)).map(([name, now, then]) => `${name} ${now}${then ? `→${then}` : ''}`);
    return [head(tower.tower, title, [...line, surroundings(tower)].filter(Boolean).join(' · ')), acts];
  }
  const list = el('dl', { class: 'figures' });
  for (const [name, now, then] of rows) list.append(el('div', {}, el('dt', { text: name }), el('dd', { text: now }), el('dd', { class: 'then', text: then ? `→ ${then}` : '' })));
  return [head(tower.tower, title, surroundings(tower)), list, acts, el('p', { class: 'about', text: t(`${tower.tower}Note`) })];
}

function obstaclePanel(game, thing) {
  const name = t(thing.obstacle);
  const rule = game.map.feature === thing.obstacle ? t(`${thing.obstacle}Rule`) : '';
  if (thing.fixed) return [head(thing.obstacle, name, rule || t(`${thing.obstacle}Note`))];
  const on = game.focus === thing;
  const { coins, surprise } = OBSTACLES[thing.obstacle];
  const note = t('focusNote', { n: surprise ? `${coins}–${coins + surprise}` : coins });
  const acts = el('div', { class: 'acts' }, el('button', { type: 'button', 'data-action': 'focus', 'aria-pressed': on }, on ? t('focusOff') : t('focusOn')));
  return [head(thing.obstacle, name, rule && !isRoomy() ? rule : note), acts, ...(rule && isRoomy() ? [el('p', { class: 'about', text: rule })] : [])];
}

/** The card of a critter that every tower aims at. */
function critterPanel(game, monster) {
  const { bite } = monster.kind;
  const note = [t(`${monster.type}Note`), monster.armour ? t('armourOf', { n: Math.round(monster.armour) }) : '', t('speedOf', { n: cut(monster.speed) }), bite > 1 ? t('bitesOf', { n: bite }) : ''];
  const box = head(monster.type, t(monster.type), note.filter(Boolean).join(' · '));
  return [box, el('div', { class: 'acts' }, el('span', { class: 'vital' }), el('button', { type: 'button', 'data-action': 'unaim' }, t('aimOff')))];
}

/** What a wave brings, a line each: with notes where there is room, else names only. */
function coming(list, size, title, notes) {
  const box = el('div', { class: notes ? 'coming' : 'coming brief' }, el('h2', { text: title }));
  for (const [type, count] of list) {
    const name = el('span', { text: `${t(type)}${count > 1 ? ` ×${count}` : ''}` });
    if (notes) name.append(el('small', { text: t(`${type}Note`) }));
    box.append(el('div', {}, icon(type, size), name));
  }
  return box;
}

function idlePanel(game) {
  const wave = Math.min(wavesOf(game), game.wave + 1);
  const [now, then] = [comingIn(game, wave), comingIn(game, wave + 1)];
  const [title, after] = [t('nextBrings', { n: wave }), t('thenBrings', { n: wave + 1 })];
  const rule = t(`${game.map.feature}Rule`);
  if (isRoomy()) {
    const box = el('div', { class: 'rule' }, icon(game.map.feature, 44), el('p', { text: rule }));
    return [coming(now, 46, title, true), ...(then.length ? [coming(then, 36, after, then.length < 4)] : []), box];
  }
  const wide = document.body.dataset.layout === 'wide';
  const notes = now.length <= (wide ? 3 : 4);
  const list = coming(now, notes ? 34 : 26, title, notes);
  if (game.wave === 0) list.append(el('p', { class: 'rule' }, icon(game.map.feature, 34), el('span', { text: rule })));
  else if (wide && now.length + then.length <= 5 && now.length <= 2) return [list, coming(then, 24, after, false)];
  return [list];
}

function contents(game, chosen, locked) {
  if (!chosen) return game.focus?.type ? ['critter', critterPanel(game, game.focus)] : ['idle', idlePanel(game)];
  const { there } = chosen;
  if (there === null) return ['build', [el('div', { class: 'panel-head', 'data-only': 'wide' }, el('b', { text: t('build') }), closer()), shop(game, locked)]];
  if (there.tower) return ['tower', towerPanel(there)];
  return ['obstacle', obstaclePanel(game, there)];
}

/** What decides how the panel looks; while it stays the same, nothing is drawn anew. */
function keyOf(game, chosen) {
  const there = chosen?.there;
  if (!chosen) return game.focus?.type ? `critter${game.focus.id}` : `idle${game.map.id}${game.seed}${game.wave}`;
  return [chosen.x, chosen.y, there?.id, there?.level, there?.mode, there?.boost, there?.haste, there?.sight, game.focus === there].join();
}

/**
 * The panel beside or below the board: what comes next, the shop for a free cell, or the menu of a tower.
 * @param {HTMLElement} root
 * @param {(action: string, button: HTMLElement) => void} act `build` with `data-tower`, upgrade, sell, target, focus, unaim, close
 */
export function createPanel(root, act) {
  let key = '';
  let locked = [];
  root.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    act(button.dataset.tower ? 'build' : button.dataset.action, button);
  });

  return {
    /** Sets the towers that the shop shows as still to be won, as `[tower, map]`. */
    lock(list) {
      locked = list;
      key = '';
    },
    /** Shows what belongs to the chosen cell; `force` after a change of language. */
    show(game, chosen, force = false) {
      const next = keyOf(game, chosen);
      if (next !== key || force) {
        key = next;
        const held = root.contains(document.activeElement) ? document.activeElement.dataset : null;
        const [kind, nodes] = contents(game, chosen, locked);
        document.body.dataset.panel = kind;
        root.replaceChildren(...nodes);
        if (held?.action) root.querySelector(`[data-action="${held.action}"]`)?.focus();
      }
      const vital = root.querySelector('.vital');
      if (vital && game.focus) setText(vital, t('health', { n: Math.ceil(game.focus.health), full: game.focus.full }));
    },
    /** Greys out what the coins do not pay for. */
    afford(game) {
      for (const button of root.querySelectorAll('[data-price]')) {
        setUsable(button, button.dataset.price !== '' && game.coins >= Number(button.dataset.price));
      }
    },
    /** Moves the focus to the first thing that can be done. */
    focusFirst() {
      (root.querySelector('[data-tower]:not([aria-disabled]), [data-action]:not([data-action="close"]):not([aria-disabled])') ?? root.querySelector('button') ?? byId('next-wave')).focus();
    },
  };
}

/** The next aiming mode in turn. */
export const nextMode = (mode) => TARGET_MODES[(TARGET_MODES.indexOf(mode) + 1) % TARGET_MODES.length];
