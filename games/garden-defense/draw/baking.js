/** An unseen canvas to bake a picture on. */
export function workbench(width, height) {
  const canvas = typeof OffscreenCanvas === 'undefined' ? document.createElement('canvas') : new OffscreenCanvas(1, 1);
  canvas.width = Math.max(2, Math.ceil(width));
  canvas.height = Math.max(2, Math.ceil(height));
  return canvas;
}

/** The finished picture: a bitmap where the browser has them, because a canvas that is drawn from is copied first in every frame. */
export const finished = (canvas) => canvas.transferToImageBitmap?.() ?? canvas;
