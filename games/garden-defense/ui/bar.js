import { barrelsLeft, bedsOf, progress, standing } from '../rules/game.js';
import { t, thousands } from '../text.js';
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

/** The line above the beds: dew or beds, wave, toys stopped or score, barrels, and the buttons. */
export function createBar(game, app, { onPause }) {
  const part = (id, name, picture) => {
    const value = el('b', { 'data-testid': id, id });
    const node = el('span', { class: `count ${name}count`, role: 'group' }, picture && icon(picture), value);
    return { node, value };
  };
  const { free } = game.rules;
  const endless = !game.waves;
  const dew = part(free ? 'beds' : 'dew', 'dew', free ? 'sprout' : 'drop');
  const wave = part('wave', 'wave');
  const beaten = part(endless ? 'score' : 'defeated', 'beaten', endless ? 'star' : 'key');
  const barrels = part('barrels', 'barrel', 'barrel');
  const fill = el('div', { class: 'fill' });
  const meter = el('div', { class: 'meter', role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100', 'data-testid': 'progress' }, fill);
  if (game.waves) meter.append(...flags(game));
  const fast = el('button', { type: 'button', class: 'round', 'data-testid': 'fast', onclick: () => { app.fast = !app.fast; retext(); } }, sign('fast'));
  const mute = el('button', { type: 'button', class: 'round', 'data-testid': 'mute', onclick: () => { app.toggleMute(); retext(); } });
  const pause = el('button', { type: 'button', class: 'round', 'data-testid': 'pause', onclick: onPause }, sign('pause'));
  const node = el('div', { class: 'bar' }, wave.node, meter, beaten.node, barrels.node, fast, mute, pause);
  const named = (one, text) => { setAttr(one.node, 'title', text); setAttr(one.node, 'aria-label', text); };
  function retext() {
    named(dew, t(free ? 'beds' : 'dew')); named(beaten, t(endless ? 'scoreName' : 'beatenName')); named(barrels, t('barrels'));
    wave.node.removeAttribute('role');
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
      setText(dew.value, free ? `${standing(game)}/${bedsOf(game)}` : String(game.dew));
      setText(wave.value, game.waves ? t('wave', { n: game.wave, of: game.waves }) : t('waveEndless', { n: game.wave }));
      setText(beaten.value, endless ? thousands(game.score) : `${game.defeated}/${game.total}`);
      setText(barrels.value, String(barrelsLeft(game)));
      const done = Math.round(progress(game) * 200) / 2;
      if (done === last) return;
      last = done;
      fill.style.transform = `scaleX(${done / 100})`;
      setAttr(meter, 'aria-valuenow', String(Math.round(done)));
      for (const flag of meter.querySelectorAll('.flag')) flag.classList.toggle('up', game.clock >= Number(flag.dataset.at));
    },
  };
}
