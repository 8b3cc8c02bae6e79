import { t } from '../text.js';
import { el, setText } from './dom.js';

/** What to point at now in a first game: `[text key, element]`, or null when the player knows enough. */
function nextStep(game, held, cards, field) {
  const has = (kind) => game.cells.some((plant) => plant?.kind === kind);
  if (game.spec.special) return game.spec.special === 'hands' && game.defeated < 2 ? ['hintHands', null] : null;
  if (game.rules.free) {
    if (!game.planted) return held ? ['hintCell', field.cell(game.ground[19] === 'soil' ? 2 : 1, 2)] : ['hintTake', cards.first()];
    return game.planted < 4 ? ['hintFree', null] : null;
  }
  if (!has('rosehip') && game.planted < 3) return held === 'rosehip' ? ['hintCell', field.cell(2, 2)] : ['hintCard', cards.card('rosehip')];
  if (!has('dewcup') && game.dew >= 50 && game.planted < 4) {
    return held === 'dewcup' ? ['hintDewCell', field.cell(2, 0)] : ['hintDew', cards.card('dewcup')];
  }
  if (!game.collected && field.anyDrop()) return ['hintDrop', field.anyDrop()];
  return game.planted < 4 ? ['hintMore', null] : null;
}

/** The bubble with an arrow that teaches a first game in play. */
export function createHint(game, cards, field, say) {
  const text = el('span');
  const node = el('div', { class: 'hint', 'aria-hidden': 'true', hidden: true }, text, el('i'));
  let said = '';
  let marked = null;
  function mark(target) {
    if (target === marked) return;
    marked?.classList.remove('target');
    marked = target;
    marked?.classList.add('target');
  }
  return {
    node,
    update(held) {
      const step = game.status === 'play' ? nextStep(game, held, cards, field) : null;
      node.hidden = !step;
      mark(step?.[1] ?? null);
      if (!step) return;
      const [key, target] = step;
      setText(text, t(key));
      if (said !== key) say(t((said = key)));
      if (!target) {
        node.dataset.side = 'none';
        node.style.transform = '';
        return;
      }
      const home = node.parentElement.getBoundingClientRect();
      const box = target.getBoundingClientRect();
      const below = box.bottom + 70 < home.bottom;
      const half = node.offsetWidth / 2;
      const middle = box.left + box.width / 2 - home.left;
      const x = Math.max(half + 6, Math.min(home.width - half - 6, middle));
      node.dataset.side = below ? 'below' : 'above';
      node.style.transform = `translate(${x - half}px, ${below ? box.bottom - home.top + 12 : box.top - home.top - node.offsetHeight - 12}px)`;
      node.style.setProperty('--tip', `${middle - x + half}px`);
    },
  };
}
