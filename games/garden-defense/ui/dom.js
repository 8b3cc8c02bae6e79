import { drawInvader, drawKey, KEYS, SIZES } from '../draw/invaders.js';
import { drawGarden, drawWare } from '../draw/emblems.js';
import { drawPlant } from '../draw/plants.js';

/** Makes an element. `on...` attributes are listeners; `data` and `aria` are spread; null children are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Sets text or an attribute only when it changes: the page is not laid out again for nothing. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
export function setAttr(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

function picture(pixels, draw) {
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  canvas.width = canvas.height = pixels;
  const ctx = canvas.getContext('2d');
  ctx.translate(pixels / 2, pixels / 2);
  ctx.scale(pixels / 1.08, pixels / 1.08);
  draw(ctx);
  return canvas;
}

export const plantPicture = (kind, pixels = 144) => picture(pixels, (ctx) => drawPlant(ctx, kind, kind === 'hedge' ? 0 : -Math.PI / 4));

export const invaderPicture = (kind, pixels = 144) => picture(pixels, (ctx) => {
  ctx.rotate(Math.PI * 0.75);
  drawInvader(ctx, kind, 0.2, true);
  ctx.translate(KEYS[kind][0], 0);
  const size = kind === 'mainspring' ? 0.34 : KEYS[kind][1] * Math.max(1, SIZES[kind]);
  ctx.scale(size, size);
  ctx.rotate(0.6);
  drawKey(ctx);
});

export const gardenPicture = (garden, pixels = 144) => picture(pixels, (ctx) => drawGarden(ctx, garden));
export const warePicture = (id, pixels = 112) => picture(pixels, (ctx) => drawWare(ctx, id));

/** A round button with a drawn sign in it. The signs are paths in a box of 24. */
const signs = {
  pause: 'M7 5h4v14H7zM13 5h4v14h-4z', play: 'M8 5l11 7-11 7z', back: 'M14 5l-7 7 7 7v-4h5v-6h-5z',
  sound: 'M4 9h4l5-4v14l-5-4H4zM15.500 8.500a5 5 0 0 1 0 7l1.400 1.400a7 7 0 0 0 0-9.800z', mute: 'M4 9h4l5-4v14l-5-4H4zM15 9l1.400-1.400L18 9.600l1.600-2L21 9l-2 2.500 2 2.500-1.400 1.400L18 13.400l-1.600 2L15 14l2-2.500z',
  fast: 'M4 6l8 6-8 6zM12 6l8 6-8 6z', book: 'M5 5c3-1 5-1 7 1 2-2 4-2 7-1v13c-3-1-5-1-7 1-2-2-4-2-7-1z',
};
export function sign(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', signs[name]);
  svg.append(path);
  return svg;
}

/** The trowel, drawn. */
export const trowelPicture = (pixels = 144) => picture(pixels, (ctx) => {
  ctx.rotate(-0.7);
  ctx.lineCap = ctx.lineJoin = 'round';
  ctx.strokeStyle = '#2c2433';
  ctx.lineWidth = 0.035;
  ctx.fillStyle = '#c9773f';
  ctx.beginPath();
  ctx.rect(-0.06, -0.45, 0.12, 0.36);
  ctx.fill();
  ctx.stroke();
  ctx.fillStyle = '#c3ced9';
  ctx.beginPath();
  ctx.moveTo(-0.17, -0.04);
  ctx.quadraticCurveTo(-0.2, 0.25, 0, 0.46);
  ctx.quadraticCurveTo(0.2, 0.25, 0.17, -0.04);
  ctx.quadraticCurveTo(0, -0.12, -0.17, -0.04);
  ctx.fill();
  ctx.stroke();
});
