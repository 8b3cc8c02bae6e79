// The title screen: logo, board sizes, and what can be continued.
import { bloom } from './bloom.js';
import { challengeOf } from './daily.js';
import { goalOf, SIZES, status } from './rules.js';

const get = (id) => document.getElementById(id);

function buildLogo() {
  for (const [digit, power] of [['2', 5], ['0', 7], ['4', 9], ['8', 11]]) {
    const tile = document.createElement('span');
    tile.className = `tile power-${power}`;
    tile.style.setProperty('--digits', 2);
    const face = document.createElement('span');
    face.className = 'face';
    const number = document.createElement('span');
    number.textContent = digit;
    face.append(bloom(2 ** power), number);
    tile.append(face);
    document.querySelector('.logo').append(tile);
  }
}

function buildSizes(choose) {
  for (const size of SIZES) {
    const label = document.createElement('label');
    const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'size', value: size });
    const step = 40 / size;
    let squares = '';
    for (let cell = 0; cell < size * size; cell++) {
      squares += `M${(cell % size) * step + 1} ${Math.floor(cell / size) * step + 1}h${step - 2}v${step - 2}h${2 - step}Z`;
    }
    label.innerHTML = `<svg viewBox="0 0 40 40" aria-hidden="true"><path d="${squares}"/></svg><span>${size}×${size}</span>`;
    label.prepend(input);
    input.addEventListener('change', () => choose(size));
    document.querySelector('.sizes').append(label);
  }
}

/** Builds the title screen; `choose(size)` is called when the player picks a board. */
export function createTitle(choose) {
  buildLogo();
  buildSizes(choose);
  return {
    /** `saved` is the game of the chosen size, `daily` the challenge begun today; both may be null. */
    show({ text, size, saved, daily, today, best, statistics }) {
      for (const label of document.querySelectorAll('.sizes label')) {
        const input = label.querySelector('input');
        input.checked = Number(input.value) === size;
        input.setAttribute('aria-label', text.sizeName(input.value));
        label.classList.toggle('chosen', input.checked);
      }
      const resumable = Boolean(saved) && saved.moves > 0 && status(saved) !== 'lost';
      get('resume').hidden = !resumable;
      get('play').textContent = resumable ? text.newGame : text.play;
      get('play').classList.toggle('plain', resumable);
      get('goal').textContent = text.goalIs(goalOf(size));
      get('title-best').textContent = text.bestOf(best[size]);
      const { tile } = statistics.sizes[size];
      get('title-tile').textContent = tile ? text.bestTileOf(tile) : '';
      const challenge = challengeOf(today);
      const done = statistics.daily.results[today];
      get('daily-state').textContent = done ? text.dailyDone(done.score)
        : daily && daily.moves > 0 ? text.dailyRunning(daily.limit - daily.moves)
        : text.dailyOpen(challenge.size, challenge.limit);
      get('daily').classList.toggle('finished', Boolean(done));
    },
  };
}
