// Shows the position around the board: scores, progress towards the goal, the lesson, and the sheet at the end.
import { bloom, powerOf } from './bloom.js';
import { goalOf, largest, status } from './rules.js';
import { streakOf } from './statistics.js';

const get = (id) => document.getElementById(id);
const LESSONS = 3;

export function showScreen(name) {
  document.body.dataset.screen = name;
  get('title-screen').hidden = name !== 'title';
  get('play-screen').hidden = name === 'title';
}

/** Points that rise from the score. */
export function showGain(gained) {
  if (!gained) return;
  const gain = get('gain');
  gain.textContent = `+${gained}`;
  for (const animation of gain.getAnimations()) animation.cancel();
  gain.animate([
    { opacity: 0, transform: 'translateY(4px)' },
    { opacity: 1, transform: 'translateY(-6px)', offset: 0.25 },
    { opacity: 0, transform: 'translateY(-34px)' },
  ], { duration: 700, easing: 'ease-out' });
}

// The way to the goal as a row of flowers; those already made are lit.
function showChain(game) {
  const chain = get('chain');
  const length = powerOf(goalOf(game.size));
  if (chain.children.length !== length) {
    chain.replaceChildren(...Array.from({ length }, (_, index) => {
      const item = document.createElement('li');
      item.append(bloom(2 ** (index + 1)));
      return item;
    }));
  }
  const most = powerOf(largest(game));
  [...chain.children].forEach((item, index) => {
    const name = index < most ? `made power-${index + 1}` : '';
    if (item.className !== name) item.className = name;
  });
}

function showHead({ game, text, settings, best, canUndo }) {
  const { daily } = game;
  get('score').textContent = game.score;
  get('second-name').textContent = daily ? text.movesLeft : text.best;
  get('best').textContent = daily ? game.limit - game.moves : best[game.size];
  get('undo').disabled = !canUndo;
  document.querySelector('.tools').hidden = Boolean(daily);
  document.querySelector('.keys').hidden = Boolean(daily);
  get('daily-line').hidden = !daily;
  if (daily) get('daily-line').textContent = text.dailyLine(text.date(new Date(`${daily}T12:00:00Z`)), game.size, game.limit);
  get('board').setAttribute('aria-label', text.board(game.size));
  get('lesson').textContent = text.lesson[settings.lesson] ?? '';
  get('lesson').hidden = settings.lesson >= LESSONS || Boolean(daily);
  get('hand').toggleAttribute('hidden', settings.lesson > 0);
}

function showEnd({ game, text, statistics, newBest }, state) {
  const won = state === 'won';
  const done = state === 'done';
  get('over-title').textContent = won ? text.wonTitle(goalOf(game.size)) : done ? text.doneTitle(game.score) : text.lostTitle;
  get('over-text').textContent = won ? text.wonText(game.moves)
    : done ? text.doneText(largest(game), game.moves, game.limit) : text.lostText(game.score, largest(game));
  const streak = done ? streakOf(statistics.daily, game.daily) : 0;
  get('over-best').hidden = !newBest && streak < 2;
  get('over-best').textContent = done ? text.streak(streak) : text.newBest;
  get('go-on').hidden = !won;
  get('over-undo').hidden = state !== 'lost';
  get('again').hidden = done;
  get('again').classList.toggle('plain', won);
  for (const id of ['share', 'over-home']) get(id).hidden = !done;
}

/**
 * Shows everything around the board. `veil: false` keeps the sheet away while a win is celebrated.
 * Returns the status of the game.
 */
export function refresh(shown) {
  const { game, veil } = shown;
  const state = status(game);
  showHead(shown);
  showChain(game);
  const wasOver = !get('over').hidden;
  showScreen(state);
  const isOver = state !== 'play' && veil;
  get('over').hidden = !isOver;
  if (!isOver) return state;
  showEnd(shown, state);
  if (!wasOver && !document.querySelector('dialog[open]')) {
    get({ won: 'go-on', lost: 'again', done: 'share' }[state]).focus({ preventScroll: true });
  }
  return state;
}

/** Says the position to screen readers. */
export function announce({ game, text }, merged = 0) {
  const empty = game.cells.filter((tile) => !tile).length;
  const state = status(game);
  const ending = {
    play: '', won: `${text.wonTitle(goalOf(game.size))} `, lost: `${text.lostTitle}. `, done: `${text.doneTitle(game.score)}. `,
  }[state];
  get('summary').textContent = ending + text.summary({ merged, score: game.score, largest: largest(game), empty });
}
