// The reading of the mind, beat by beat: what the owl says and what the ball shows, until the answer comes. No DOM.
import { shuffle } from './random.js';
import { IDS } from './symbols.js';
import { finding } from './show.js';
import { deckAfter } from './piles.js';

/** Seconds of a whole reading. */
export const SECONDS = 5.2;

/**
 * The beats of a reading: `[{ at, say, show }]`, `at` from 0 to 1, in order. `say` is a name in the texts (with a number
 * for its wording), `show` what `stage.reveal` takes; either may be missing. The answer itself is not among them.
 */
export function beatsOf(state, random) {
  if (state.trick === 'piles') return countTo(state);
  if (state.trick === 'envelope') return openEnvelope(finding(state).number);
  return flicker(finding(state).symbol, random);
}

// Symbols rush by, then slower; three are left, then the last but one.
function flicker(answer, random) {
  const others = shuffle(IDS.filter((id) => id !== answer), random);
  const beats = [{ at: 0, say: 'many' }];
  const times = [0.06, 0.11, 0.16, 0.21, 0.26, 0.31, 0.37, 0.43];
  times.forEach((at, index) => beats.push({ at, show: { symbol: others[index] } }));
  const [one, other] = others.slice(-2);
  beats.push({ at: 0.5, say: 'three', show: { symbol: one } }, { at: 0.6, show: { symbol: answer } }, { at: 0.69, show: { symbol: other } });
  beats.push({ at: 0.78, say: 'last', show: null });
  return beats;
}

// The owl counts the cards from the top down to the lucky place, faster in the middle.
function countTo(state) {
  const { lucky } = state.round;
  const deck = deckAfter(state.round, state.answers);
  const beats = [{ at: 0, say: 'count' }];
  for (let place = 1; place < lucky; place++) {
    const part = place / lucky;
    const at = 0.08 + 0.72 * (part < 0.5 ? part * 1.12 : 0.56 + (part - 0.5) * 0.88);
    beats.push({ at, say: ['place', place], show: { card: deck[place - 1] } });
  }
  beats.push({ at: 0.84, say: ['lucky', lucky], show: { words: String(lucky) } });
  return beats;
}

// The seal breaks, and the number comes out digit by digit.
function openEnvelope(total) {
  const [tens] = String(total);
  return [
    { at: 0, say: 'seal', show: { symbol: 'envelope' } },
    { at: 0.3, say: 'unfold', show: { words: '? ?' } },
    { at: 0.62, say: ['tens', Number(tens)], show: { words: `${tens} ?` } },
  ];
}
