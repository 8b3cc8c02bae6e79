import { INK, box, oval, shape, stroke } from './pen.js';
import { paintCarrot } from './scene.js';

const pictures = {
  coin(c) {
    oval(c, 0, 0, 38, 38, '#ffcf33', 6);
    oval(c, 0, 0, 26, 26, '#ffe27a', 0);
    shape(c, 'M0 20 Q-20 -6 0 -20 Q20 -6 0 20 Z', '#e39a00', 0);
  },
  carrot: (c) => paintCarrot(c, 10),
  flag(c) {
    stroke(c, 'M-22 42 L-22 -40', '#f3e2bf', 9);
    shape(c, 'M-20 -38 Q6 -50 34 -32 Q20 -18 32 -2 Q4 -14 -20 0 Z', '#e05a4e', 5);
    box(c, -34, 36, 24, 8, 3, '#f3e2bf', 0);
  },
};

/** Draws the small pictures of the top bar on the canvases that ask for one. */
export function paintPics(root = document) {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  for (const canvas of root.querySelectorAll('[data-pic]')) {
    canvas.width = canvas.height = Math.round(28 * ratio);
    const c = canvas.getContext('2d');
    c.scale(canvas.width / 100, canvas.width / 100);
    c.translate(50, 50);
    pictures[canvas.dataset.pic](c);
  }
}

const WAVES_OUT = 'M17 8 Q20.500 12 17 16 M19.500 5.500 Q25 12 19.500 18.500';
const CROSS = 'M17 9 L22.500 15 M22.500 9 L17 15';

/** A loudspeaker for the mute buttons, crossed out while muted. */
export function speaker(muted) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 26 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const [d, fill] of [['M2 9 L7 9 L13 4 L13 20 L7 15 L2 15 Z', INK], [muted ? CROSS : WAVES_OUT, 'none']]) {
    const path = document.createElementNS(space, 'path');
    for (const [name, value] of Object.entries({ d, fill, stroke: INK, 'stroke-width': 2.2, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })) path.setAttribute(name, value);
    svg.append(path);
  }
  return svg;
}
