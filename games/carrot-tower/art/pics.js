import { INK, box, oval, shape, sprite, stroke } from './pen.js';
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

const powerPictures = {
  hail(c) {
    for (const [x, y, r] of [[-18, -14, 18], [16, -16, 20], [0, -24, 20], [-2, -8, 20]]) oval(c, x, y, r, r * 0.85, '#dfeaf5', 4);
    for (const [x, y, r] of [[-18, -14, 14], [16, -16, 16], [0, -24, 16], [-2, -8, 17]]) oval(c, x, y, r, r * 0.8, '#dfeaf5', 0);
    for (const [x, y] of [[-22, 22], [0, 16], [20, 24], [-8, 38], [12, 40]]) oval(c, x, y, 7, 7, '#8fd4ff', 3);
  },
  freeze(c) {
    for (let i = 0; i < 3; i++) {
      c.save();
      c.rotate((i * Math.PI) / 3);
      for (const [colour, width] of [[INK, 13], ['#bfe8ff', 6]]) stroke(c, 'M0 -40 L0 40 M-11 -34 L0 -22 L11 -34 M-11 34 L0 22 L11 34', colour, width);
      c.restore();
    }
    oval(c, 0, 0, 8, 8, '#ffffff', 3);
  },
};

/** The picture of a power, for its button. */
export function powerPic(name) {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const canvas = sprite(powerPictures[name], 34 * ratio);
  canvas.className = 'power-pic';
  canvas.setAttribute('aria-hidden', 'true');
  return canvas;
}

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
