import { t } from '../text.js';
import { byId, say, setText } from './dom.js';

/** Seconds for one number. */
const BEAT = 0.8;

/** The count of three over the board before a saved or paused game goes on. */
export function createCount(sound) {
  let left = 0;
  let shown = 0;

  function show() {
    // 3 * 0.8 is a hair more than 2.4.
    const number = Math.ceil(left / BEAT - 1e-9);
    if (number === shown) return;
    shown = number;
    byId('count').hidden = number === 0;
    setText(byId('count'), String(number || ''));
    if (!number) return;
    sound.play('count');
    say(t('countTo', { n: number }));
  }

  return {
    get on() {
      return left > 0;
    },
    /** Starts the count, or takes it away when `wanted` is false. */
    start(wanted) {
      left = wanted ? BEAT * 3 : 0;
      shown = 0;
      byId('count').hidden = true;
      show();
    },
    pass(seconds) {
      left = Math.max(0, left - seconds);
      show();
    },
  };
}
