import { POWERS, POWER_NAMES } from '../rules/catalog.js';
import { canCall, comingIn, earlyBonus, wavesOf } from '../rules/game.js';
import { canUse } from '../rules/powers.js';
import { icon } from '../art/sprites.js';
import { powerPic } from '../art/pics.js';
import { t } from '../text.js';
import { byId, el, setText, setUsable } from './dom.js';

/** Makes the buttons of the powers. */
export function layPowers(root) {
  root.replaceChildren(...POWER_NAMES.map((name) => el('button', {
    type: 'button', class: 'power', 'data-power': name, title: t(`${name}Note`), 'aria-keyshortcuts': name === 'hail' ? 'Q' : 'W',
  }, powerPic(name), el('span', { class: 'power-name', text: t(name) }), ' ', el('span', { class: 'left' }))));
}

function writePowers(game, armed) {
  for (const button of document.querySelectorAll('[data-power]')) {
    const name = button.dataset.power;
    const wait = game.waits[name];
    setUsable(button, canUse(game, name));
    const part = `${Math.round((wait / POWERS[name].wait) * 100)}%`;
    if (button.dataset.part !== part) {
      button.dataset.part = part;
      button.style.setProperty('--wait', part);
    }
    setText(button.lastElementChild, wait > 0 ? String(Math.ceil(wait)) : '');
    const pressed = String(armed === name);
    if (name === 'hail' && button.getAttribute('aria-pressed') !== pressed) button.setAttribute('aria-pressed', pressed);
  }
}

function writeNext(game) {
  const open = canCall(game);
  const button = byId('next-wave');
  setUsable(button, open);
  button.classList.toggle('ready', open);
  const words = game.wave === 0 ? t('start') : game.wave >= wavesOf(game) ? t('lastWave') : open ? t('next') : t('coming', { n: game.wave });
  setText(byId('next-text'), words);
  setText(byId('next-more'), open && game.wave > 0 ? `${t('inSeconds', { n: Math.ceil(game.rest) })} (+${earlyBonus(game)})` : '');
  const soon = `${game.map.id},${game.seed},${game.wave},${document.documentElement.lang}`;
  const root = byId('soon');
  if (soon === root.dataset.for) return;
  root.dataset.for = soon;
  root.replaceChildren(...comingIn(game, game.wave + 1).slice(0, 3).map(([type, count]) => el('span', {}, icon(type, 30), `${count}`)));
}

/** Brings the top bar, the powers and the wave button up to date. */
export function writeHud(game, armed) {
  setText(byId('coins'), String(game.coins));
  setText(byId('lives'), String(game.lives));
  setText(byId('wave'), game.endless ? `${game.wave}/∞` : `${game.wave}/${wavesOf(game)}`);
  setText(byId('score'), String(game.score));
  writeNext(game);
  writePowers(game, armed);
}
