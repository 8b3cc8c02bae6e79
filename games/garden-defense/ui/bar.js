import { barrelsLeft, progress } from '../rules/game.js';
import { t } from '../text.js';
import { el, setAttr, setText, sign } from './dom.js';
import { icon } from './icons.js';

/** A little flag on the meter for every big wave. */
function flags(game) {
  const end = game.queue[game.queue.length - 1].at;
  return game.queue.filter(({ flag }) => flag).map(({ at }) => {
    const flag = el('i', { class: 'flag', 'data-at': at });
    flag.style.left = `${Math.min(100, (at / end) * 100)}%`;
    return flag;
  });
}

/** The line above the beds: dew, wave, toys wound down, barrels, and the buttons. */
export function createBar(game, app, { onPause }) {
  const part = (id, name, picture) => {
    const value = el('b', { 'data-testid': id, id });
    const node = el('span', { class: `count ${name}count` }, picture && icon(picture), value);
    return { node, value };
  };
  const dew = part('dew', 'dew', 'drop');
  const wave = part('wave', 'wave');
  const beaten = part('defeated', 'beaten', 'key');
  const barrels = part('barrels', 'barrel', 'barrel');
  const fill = el('div', { class: 'fill' });
  const meter = el('div', { class: 'meter', role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100', 'data-testid': 'progress' }, fill);
  if (game.level) meter.append(...flags(game));
  const fast = el('button', { type: 'button', class: 'round', 'data-testid': 'fast', onclick: () => { app.fast = !app.fast; retext(); } }, sign('fast'));
  const mute = el('button', { type: 'button', class: 'round', 'data-testid': 'mute', onclick: () => { app.toggleMute(); retext(); } });
  const pause = el('button', { type: 'button', class: 'round', 'data-testid': 'pause', onclick: onPause }, sign('pause'));
  const node = el('div', { class: 'bar' }, wave.node, meter, beaten.node, barrels.node, fast, mute, pause);
  const named = (one, text) => { setAttr(one.node, 'title', text); setAttr(one.node, 'aria-label', text); one.node.setAttribute('role', 'group'); };
  function retext() {
    named(dew, t('dew')); named(beaten, t('beatenName')); named(barrels, t('barrels'));
    meter.setAttribute('aria-label', t('progress'));
    fast.setAttribute('aria-label', t(app.fast ? 'normal' : 'fast'));
    fast.setAttribute('aria-pressed', String(Boolean(app.fast)));
    mute.replaceChildren(sign(app.store.settings.muted ? 'mute' : 'sound'));
    mute.setAttribute('aria-label', t(app.store.settings.muted ? 'unmute' : 'mute'));
    pause.setAttribute('aria-label', t('pause'));
    last = -1;
  }
  let last = -1;
  retext();
  return {
    node, dew: dew.node, retext,
    update() {
      setText(dew.value, game.rules.free ? '∞' : String(game.dew));
      setText(wave.value, game.level ? t('wave', { n: game.wave, of: game.waves }) : t('waveEndless', { n: game.wave }));
      setText(beaten.value, game.level ? t('beaten', { n: game.defeated, of: game.total }) : t('beatenEndless', { n: game.defeated }));
      setText(barrels.value, String(barrelsLeft(game)));
      const done = Math.round(progress(game) * 200) / 2;
      if (done === last) return;
      last = done;
      fill.style.transform = `scaleX(${done / 100})`;
      setAttr(meter, 'aria-valuenow', String(Math.round(done)));
      for (const flag of meter.querySelectorAll('.flag')) flag.classList.toggle('up', game.time >= Number(flag.dataset.at));
    },
  };
}
