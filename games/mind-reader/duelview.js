// The duel on the page: the tries made, the row being put together, the symbols to choose from, and the end.
import { judge, LEVELS, outcome, TRIES } from './duel.js';
import { picture } from './stage.js';
import { symbolOf } from './symbols.js';

const get = (id) => document.getElementById(id);

/** Builds the duel. `place(kind)`, `clear(slot)` and `ask()` are what the player can do. */
export function createDuel({ place, clear, ask }) {
  get('duel-ask').addEventListener('click', ask);
  get('duel-clear').addEventListener('click', () => clear(null));
  let shown = null;

  function token(duel, kind, language, tag = 'span') {
    const made = document.createElement(tag);
    made.className = kind === null || kind === undefined ? 'token' : `token kind-${kind}`;
    if (kind !== null && kind !== undefined) made.append(picture(duel.kinds[kind]));
    made.dataset.name = kind === null || kind === undefined ? '' : symbolOf(duel.kinds[kind])[language];
    return made;
  }

  function pips({ exact, near }, slots) {
    const made = document.createElement('span');
    made.className = 'pips';
    for (let at = 0; at < slots; at++) {
      const pip = document.createElement('i');
      pip.className = at < exact ? 'exact' : at < exact + near ? 'near' : '';
      made.append(pip);
    }
    return made;
  }

  function pastRow(duel, guess, at, text, language) {
    const row = document.createElement('li');
    const verdict = judge(duel.secret, guess);
    const words = text.duel.answer(verdict.exact, verdict.near);
    const said = document.createElement('span');
    said.className = 'unseen';
    said.textContent = text.duel.row(at + 1, guess.map((kind) => symbolOf(duel.kinds[kind])[language]), words);
    const tokens = document.createElement('span');
    tokens.className = 'tokens';
    tokens.setAttribute('aria-hidden', 'true');
    tokens.append(...guess.map((kind) => token(duel, kind, language)));
    row.append(said, tokens, pips(verdict, guess.length));
    return row;
  }

  function draftRow(duel, text, language) {
    const row = document.createElement('li');
    row.className = 'draft';
    const tokens = document.createElement('span');
    tokens.className = 'tokens';
    for (let slot = 0; slot < LEVELS[duel.level].slots; slot++) {
      const made = token(duel, duel.draft[slot], language, 'button');
      made.setAttribute('aria-label', text.duel.slot(slot + 1, made.dataset.name || text.duel.empty));
      made.disabled = !made.dataset.name;
      made.addEventListener('click', () => clear(slot));
      tokens.append(made);
    }
    row.append(tokens, pips({ exact: 0, near: 0 }, LEVELS[duel.level].slots));
    return row;
  }

  function emptyRow(duel) {
    const row = document.createElement('li');
    row.setAttribute('aria-hidden', 'true');
    const tokens = document.createElement('span');
    tokens.className = 'tokens';
    for (let slot = 0; slot < LEVELS[duel.level].slots; slot++) tokens.append(token(duel, null));
    row.append(tokens);
    return row;
  }

  function showPalette(duel, language) {
    const { kinds } = duel;
    if (get('palette').dataset.kinds !== kinds + language) {
      get('palette').dataset.kinds = kinds + language;
      get('palette').replaceChildren(...kinds.map((_, kind) => {
        const made = token(duel, kind, language, 'button');
        made.setAttribute('aria-label', made.dataset.name);
        made.addEventListener('click', () => place(kind));
        return made;
      }));
    }
  }

  return {
    /** Shows a duel; `words` is what is said at its end. */
    show(duel, text, language, words) {
      const state = outcome(duel);
      const rows = duel.guesses.map((guess, at) => pastRow(duel, guess, at, text, language));
      if (state === 'play') rows.push(draftRow(duel, text, language));
      while (rows.length < TRIES) rows.push(emptyRow(duel));
      get('tries').className = `tries level-${duel.level}`;
      get('tries').replaceChildren(...rows);
      showPalette(duel, language);
      get('duel-title').textContent = state === 'play' ? text.duelName : state === 'won' ? text.duel.won(duel.guesses.length) : text.duel.lost;
      get('duel-text').textContent = state === 'play' ? text.duel.intro(LEVELS[duel.level].slots) : words;
      get('duel-secret').hidden = state !== 'lost';
      get('duel-secret').replaceChildren(...(state === 'lost' ? duel.secret.map((kind) => token(duel, kind, language)) : []));
      get('duel-secret').setAttribute('aria-label', duel.secret.map((kind) => symbolOf(duel.kinds[kind])[language]).join(', '));
      get('palette').hidden = state !== 'play';
      get('duel-legend').hidden = state !== 'play';
      get('duel-choices').hidden = state !== 'play';
      get('duel-end').hidden = state === 'play';
      get('duel-share').hidden = !duel.date;
      const full = duel.draft.filter((kind) => Number.isInteger(kind)).length === LEVELS[duel.level].slots;
      get('duel-ask').disabled = !full;
      get('duel-clear').disabled = !duel.draft.some(Number.isInteger);
      const shownNow = `${duel.date}${duel.guesses.length}`;
      if (state !== 'play' && shown !== shownNow) get(duel.date ? 'duel-share' : 'duel-free').focus({ preventScroll: true });
      shown = shownNow;
    },
  };
}
