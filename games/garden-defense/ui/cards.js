import { priceOf, rechargeOf, whyNot } from '../rules/game.js';
import { plantAbout, plantName, t } from '../text.js';
import { el, plantPicture, setAttr, setText, trowelPicture } from './dom.js';

/** Calls `click` for a press on the card, `drag` when the pointer carries it off. */
function press(button, click, drag) {
  let dragged = false;
  button.addEventListener('pointerdown', (down) => {
    dragged = false;
    const move = (event) => {
      if (event.pointerId !== down.pointerId || Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 14) return;
      dragged = true;
      stop();
      // A finger stays bound to what it touched first; the cell under it has to hear of it.
      if (button.hasPointerCapture(event.pointerId)) button.releasePointerCapture(event.pointerId);
      drag();
    };
    const stop = () => {
      for (const type of ['pointerup', 'pointercancel']) window.removeEventListener(type, stop);
      window.removeEventListener('pointermove', move);
    };
    for (const type of ['pointerup', 'pointercancel']) window.addEventListener(type, stop);
    window.addEventListener('pointermove', move);
  });
  button.addEventListener('click', () => {
    if (!dragged) click();
    dragged = false;
  });
}

/**
 * The seed cards and the trowel of a game. `choose(tool)` is called with a plant's id or 'trowel';
 * `drag` with a tool that the pointer carries off its card.
 */
export function createCards(game, { choose, drag }) {
  const { free } = game.rules;
  const cart = game.spec.special === 'cart';
  const make = (tool, picture, index) => {
    const price = el('span', { class: 'price' });
    const veil = el('span', { class: 'veil', 'aria-hidden': 'true' });
    const button = el('button', { class: `card ${tool === 'trowel' ? 'trowel' : ''}`, type: 'button', 'data-plant': tool === 'trowel' ? null : tool, 'data-testid': tool === 'trowel' ? 'trowel' : `card-${tool}` },
      picture, veil, price, el('kbd', { 'aria-hidden': 'true' }, tool === 'trowel' ? 'T' : String(index + 1)));
    press(button, () => choose(tool), () => drag(tool));
    return { tool, button, price, veil, shown: -1 };
  };
  const cards = game.picks.map((id, i) => make(id, plantPicture(id), i));
  const trowel = make('trowel', trowelPicture(), 0);
  const node = el('div', { class: 'cards', role: 'group', 'data-many': cards.length > 5 }, [...cards, trowel].map(({ button }) => button));
  node.style.setProperty('--cards', cards.length + 1);

  function update(held) {
    for (const card of cards) {
      const reason = whyNot(game, card.tool);
      const state = card.tool === held ? 'selected' : reason ?? 'ready';
      setAttr(card.button, 'aria-disabled', String(Boolean(reason)));
      setAttr(card.button, 'aria-pressed', String(card.tool === held));
      setAttr(card.button, 'data-state', state);
      const left = Math.ceil((game.recharge[card.tool] / rechargeOf(game, card.tool)) * 40);
      if (left !== card.shown) {
        card.shown = left;
        card.veil.style.transform = `scaleY(${left / 40})`;
      }
      const cost = cart ? game.stock[card.tool] : priceOf(game, card.tool);
      setText(card.price, cart ? t('seedsLeft', { n: cost }) : free ? t('free') : String(cost));
      const says = cart ? t('cardStock', { plant: plantName(card.tool), n: cost }) : t(free ? 'cardFree' : 'cardName', { plant: plantName(card.tool), cost });
      setAttr(card.button, 'aria-label', `${says}, ${t(state)}`);
    }
    setAttr(trowel.button, 'aria-pressed', String(held === 'trowel'));
  }

  function retext() {
    for (const card of cards) card.button.title = `${plantName(card.tool)}: ${plantAbout(card.tool)}`;
    node.setAttribute('aria-label', t('seeds'));
    setText(trowel.price, t('trowel'));
    trowel.button.setAttribute('aria-label', t('trowelName'));
    trowel.button.title = t('trowelName');
  }
  retext();
  return {
    node, update, retext, card: (id) => cards.find(({ tool }) => tool === id)?.button ?? null, first: () => cards[0]?.button ?? null, byNumber: (n) => cards[n - 1]?.tool ?? null,
    /** The tool beside `tool` on the shelf, for those who go through it step by step. */
    beside(tool, by) {
      const tools = [...cards.map((card) => card.tool), 'trowel'];
      return tools[(tools.indexOf(tool) + by + tools.length + (tool === null && by < 0 ? 1 : 0)) % tools.length];
    },
  };
}
