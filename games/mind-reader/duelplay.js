// A duel as it is played: tries are put together, asked, counted, kept and shared.
import { dailyDuel, recordDuel, streakOf } from './daily.js';
import { LEVELS, marksOf, newDuel, outcome, TRIES } from './duel.js';
import { createDuel } from './duelview.js';
import { IDS } from './symbols.js';

const get = (id) => document.getElementById(id);

/**
 * `words()` gives `{ text, language }`, `seed()` a new seed, `playing()` whether a duel is on the page; `open(duel)` puts
 * it there, `say(words)` tells screen readers.
 */
export function createDuelPlay({ store, sound, memory, keep, share, today, words, seed, playing, open, say }) {
  let duel = null;
  const view = createDuel({ place, clear, ask });

  function begin(next) {
    duel = next;
    store.saveDuel(duel);
    open(duel);
    if (outcome(duel) === 'play') get('palette').firstChild.focus({ preventScroll: true });
  }

  function show() {
    const { text, language } = words();
    const streak = duel.date ? text.duel.streak(streakOf(memory.duels, today())) : '';
    view.show(duel, text, language, duel.date ? `${streak} ${text.duel.next}`.trim() : '');
  }

  function change() {
    store.saveDuel(duel);
    show();
  }

  function place(kind) {
    if (outcome(duel) !== 'play') return;
    const row = Array.from({ length: LEVELS[duel.level].slots }, (_, slot) => duel.draft[slot] ?? null);
    const free = row.indexOf(null);
    if (free < 0) return;
    row[free] = kind;
    duel.draft = row;
    sound.play('tick', 0.3);
    change();
  }

  /** Empties a place of the row; for null, the last that is filled. */
  function clear(slot) {
    const at = slot ?? duel.draft.findLastIndex(Number.isInteger);
    if (at < 0 || outcome(duel) !== 'play') return;
    duel.draft[at] = null;
    change();
    get('palette').firstChild.focus({ preventScroll: true });
  }

  function ask() {
    if (outcome(duel) !== 'play' || duel.draft.filter(Number.isInteger).length < LEVELS[duel.level].slots) return;
    duel.guesses.push(duel.draft);
    duel.draft = [];
    const end = outcome(duel);
    if (end !== 'play') {
      recordDuel(memory.duels, duel);
      keep();
    }
    sound.play({ play: 'step', won: 'reveal', lost: 'astray' }[end]);
    change();
    if (end === 'play') get('palette').firstChild.focus({ preventScroll: true });
    say(get('tries').children[duel.guesses.length - 1].firstChild.textContent);
  }

  const runningDaily = () => {
    const saved = duel?.date ? duel : store.duel(true);
    return saved?.date === today() ? saved : null;
  };

  function shareResult() {
    const { text } = words();
    const tries = outcome(duel) === 'won' ? duel.guesses.length : 0;
    const head = text.duel.result(text.date(new Date(`${duel.date}T12:00:00Z`)), tries, TRIES);
    return share([head, ...duel.guesses.map((guess) => marksOf(duel.secret, guess))].join('\n'));
  }

  const onClick = (id, action) => get(id).addEventListener('click', action);
  onClick('duel-open', () => begin(runningDaily() ?? dailyDuel(IDS, today())));
  onClick('duel-free', () => begin(newDuel(IDS, seed(), duel.date ? 'easy' : duel.level)));
  onClick('duel-harder', () => begin(newDuel(IDS, seed(), 'hard')));
  onClick('duel-share', shareResult);
  document.addEventListener('keydown', ({ key, ctrlKey, metaKey, altKey }) => {
    if (!playing() || ctrlKey || metaKey || altKey || document.querySelector('dialog[open]')) return;
    if (/^[1-9]$/.test(key) && Number(key) <= duel.kinds.length) place(Number(key) - 1);
    else if (key === 'Backspace') clear(null);
  });

  return {
    show, ask, clear,
    /** Takes up the saved duel; says whether there was one. */
    resume(daily) {
      duel = store.duel(daily) ?? duel;
      return Boolean(duel);
    },
    /** What the title says of today's duel. */
    line() {
      const { text } = words();
      const done = memory.duels.days[today()];
      if (done !== undefined) return done ? text.duelWon(done) : text.duelLost;
      const running = runningDaily();
      return running?.guesses.length ? text.duelRunning(TRIES - running.guesses.length) : text.duelOpen;
    },
  };
}
