import { inRange } from '../rules/combat.js';
import { upgradePrice } from '../rules/game.js';
import { t } from '../text.js';

/**
 * What the first map should teach next: `[text key, what to point at]`, or null for nothing just now.
 * What to point at is a cell `{x, y}` or a selector.
 * @param {object} game
 * @param {object|null} chosen the cell whose menu is open
 */
export function nextHint(game, chosen) {
  if (game.towers.length === 0) {
    if (game.wave > 3) return null;
    return chosen && chosen.there === null ? ['hintPick', '[data-tower="sling"]'] : ['hintBuild', { x: 2, y: 2 }];
  }
  if (game.wave === 0) return chosen ? null : [game.coins >= 80 ? 'hintMore' : 'hintWave', '#next-wave'];
  if (!game.towers.some((tower) => tower.level > 1) && game.wave <= 5) {
    const ripe = game.towers.find((tower) => game.coins >= upgradePrice(tower));
    if (!ripe) return null;
    if (chosen?.there?.tower) return ['hintUpgrade', '[data-action="upgrade"]'];
    return chosen ? null : ['hintSelect', ripe];
  }
  if (game.wave >= 2 && game.used === 0 && game.waits.hail === 0 && game.monsters.length > 3 && !chosen) return ['hintHail', '[data-power="hail"]'];
  if (game.wave >= 2 && game.wave <= 7 && game.cleared === 0 && !game.focus && !chosen) {
    const near = game.obstacles.filter((o) => game.towers.some((tower) => tower.kind.kind === 'shot' && inRange(tower, o)));
    if (near.length) return ['hintClear', near.reduce((a, b) => (b.health < a.health ? b : a))];
  }
  return null;
}

/** Shows a hint as a bubble with an arrow at a place on the screen. */
export function createHints(bubble, stage) {
  let shown = '';
  return {
    /** @param {Element|null} target what the arrow points at; null hides the hint */
    show(key, target) {
      if (!target) {
        if (!bubble.hidden) bubble.hidden = true;
        shown = '';
        return;
      }
      const box = target.getBoundingClientRect();
      const frame = stage.getBoundingClientRect();
      const now = `${key},${document.documentElement.lang},${box.left},${box.top},${frame.width}`;
      if (now === shown) return;
      shown = now;
      bubble.hidden = false;
      bubble.firstElementChild.textContent = t(key);
      const { offsetWidth: w, offsetHeight: h } = bubble;
      const x = box.left + box.width / 2 - frame.left;
      const y = box.top + box.height / 2 - frame.top;
      // Beside a button of the side panel the bubble stands to its left, so that it covers no other button.
      const left = frame.width > frame.height && target.closest('#panel, #bar') !== null;
      const below = !left && (box.top - frame.top - h - 22 < 0 || target.dataset.action === 'upgrade');
      const edge = Math.max(6, Math.min(frame.width - w - 6, x - w / 2));
      bubble.classList.toggle('left', left);
      bubble.classList.toggle('below', below);
      bubble.style.left = `${left ? box.left - frame.left - w - 26 : edge}px`;
      bubble.style.top = `${left ? y - h / 2 : below ? box.bottom - frame.top + 22 : box.top - frame.top - h - 18}px`;
      bubble.style.setProperty('--arrow', `${x - edge}px`);
    },
  };
}
