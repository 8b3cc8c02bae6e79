import { Effects } from '../draw/effects.js';
import { Scene } from '../draw/scene.js';
import { createView } from '../draw/view.js';
import { letIn } from '../rules/beds.js';
import { LANES } from '../rules/data.js';
import { createGame, setPlant } from '../rules/game.js';
import { createRandom } from '../rules/random.js';

const shown = ['rosehip', 'honeysuckle', 'thistle', 'lupin', 'hedge', 'nettle', 'chamomile', 'sundew'];
const toys = ['ant', 'mouse', 'thimble', 'frog', 'moth', 'snail', 'drummer', 'jack'];

/** A garden to be seen behind the menus. */
function plantAll() {
  const random = createRandom(7);
  const game = createGame({ id: 'garden-day', edition: 'unlimited', picks: shown, seed: 7 });
  game.rules = { ...game.rules, beds: 99, most: 99, recharge: 0 };
  let turn = 0;
  for (let lane = 0; lane < LANES; lane++) {
    for (let cell = 0; cell < 4; cell++) if (random() < 0.75) setPlant(game, cell === 3 && random() < 0.5 ? 'hedge' : shown[turn++ % shown.length], lane, cell);
    for (let i = 0; i < 2; i++) letIn(game, toys[turn++ % toys.length], lane, { x: 5.2 + i * 2.2 + random() * 1.4 });
  }
  game.time = 5;
  return game;
}

/** The picture behind the menus. It is drawn once for each size of the window and costs nothing after that. */
export function createBackdrop(canvas) {
  const effects = new Effects(true);
  let game = null;
  let drawn = '';
  return {
    /** Fits the picture to the window; only when it is to be seen. */
    fit() {
      const { innerWidth: width, innerHeight: height } = window;
      const dpr = Math.min(1.5, window.devicePixelRatio || 1);
      const size = `${width} ${height} ${dpr}`;
      if (size === drawn) return;
      drawn = size;
      const view = createView(width, height, height > width * 1.05, dpr);
      canvas.width = Math.round(width * dpr);
      canvas.height = Math.round(height * dpr);
      game ??= plantAll();
      new Scene(canvas.getContext('2d', { alpha: false }), view, game.spec, effects, true).draw(game, 1);
    },
  };
}
