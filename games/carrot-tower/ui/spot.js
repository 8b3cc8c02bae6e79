import { across, down } from '../art/scene.js';

/** The place of the rules below a pointer, on a board whose cells are `cell` CSS pixels wide. */
export function spotAt(board, view, cell, event) {
  const box = board.getBoundingClientRect();
  const px = (event.clientX - box.left) / cell - 0.5;
  const py = (event.clientY - box.top) / cell - 0.5;
  return view.turned ? { x: py, y: px } : { x: px, y: py };
}

/** The critter that is drawn nearest to a place, or null when none is near. */
export function guestAt(game, view, { x, y }) {
  let best = null;
  let nearest = 0.7;
  for (const monster of game.monsters) {
    const px = across(view, monster.x, monster.y) + monster.lane - across(view, x, y);
    const py = down(view, monster.x, monster.y) - (monster.kind.flies ? 0.2 : 0) - down(view, x, y);
    const far = Math.hypot(px, py);
    if (far < nearest) [nearest, best] = [far, monster];
  }
  return best;
}
