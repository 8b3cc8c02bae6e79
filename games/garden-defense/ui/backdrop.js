import { Effects } from '../draw/effects.js';
import { Scene } from '../draw/scene.js';
import { createView } from '../draw/view.js';
import { LANES, STEP } from '../rules/data.js';
import { letIn } from '../rules/beds.js';
import { createGame, setPlant, step } from '../rules/game.js';
import { createRandom, pick } from '../rules/random.js';

const shown = ['rosehip', 'honeysuckle', 'thistle', 'lupin', 'hedge', 'nettle', 'chamomile'];
const toys = ['ant', 'mouse', 'thimble', 'frog', 'moth', 'snail', 'drummer'];

/** A garden that plays by itself behind the menus; a still picture for those who want it calm. */
export function createBackdrop(canvas, app) {
  let view = null;
  let scene = null;
  let game = null;
  let frame = 0;
  let last = 0;
  let debt = 0;
  let turn = 0;
  const random = createRandom(7);
  const effects = new Effects(true);

  function plantAll() {
    game = createGame({ level: 5, edition: 'unlimited', picks: shown, random });
    game.rules = { ...game.rules, health: 1 };
    game.queue = [{ at: 1e9, kind: 'ant', lane: 0, wave: 1, flag: false }];
    for (let lane = 0; lane < LANES; lane++) {
      for (let cell = 0; cell < 4; cell++) if (random() < 0.7) setPlant(game, cell === 3 && random() < 0.5 ? 'hedge' : shown[turn++ % shown.length], lane, cell);
      letIn(game, toys[turn++ % toys.length], lane, { x: 5.5 + random() * 3.5 });
    }
  }

  function draw(now) {
    frame = requestAnimationFrame(draw);
    const seconds = Math.max(0, Math.min(0.1, (now - last) / 1000));
    last = now;
    debt += seconds;
    while (debt >= STEP) {
      debt -= STEP;
      step(game);
      if (random() < 0.012 && game.invaders.length < 9) letIn(game, toys[turn++ % toys.length], pick(random, LANES));
    }
    for (const event of game.events) effects.take(view, event);
    game.events.length = 0;
    effects.step(seconds);
    if (game.status !== 'play' || game.time > 90) plantAll();
    scene.draw(game, debt / STEP);
  }

  return {
    /** Fits the picture to the window. */
    fit() {
      const { innerWidth: width, innerHeight: height } = window;
      const tall = height > width * 1.05;
      const dpr = Math.min(1.5, window.devicePixelRatio || 1);
      view = createView(width, height, tall, dpr);
      canvas.width = Math.round(width * dpr);
      canvas.height = Math.round(height * dpr);
      scene = new Scene(canvas.getContext('2d', { alpha: false }), view, 1, effects, true);
      if (!game) plantAll();
      scene.draw(game, 1);
    },
    run(on) {
      cancelAnimationFrame(frame);
      if (!on || app.calm) return;
      last = performance.now();
      frame = requestAnimationFrame(draw);
    },
  };
}
