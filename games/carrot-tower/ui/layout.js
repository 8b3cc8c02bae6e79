import { COLUMNS, ROWS } from '../rules/catalog.js';

/**
 * How large a cell can be and where the panel goes, for a stage in CSS pixels.
 * Upright screens turn the map on its side and put the controls below it; the panel floats over the board when it has no room of its own.
 * @returns {{tall: boolean, cell: number, side: number, float: boolean, roomy: boolean}} `roomy`: the side panel has room for every detail
 */
export function layout(width, height) {
  const tall = height > width;
  if (tall) {
    const bars = 52 + 64;
    const panel = 121;
    const roomy = Math.floor(Math.min(width / ROWS, (height - bars - panel) / COLUMNS));
    if (roomy >= 48) return { tall, cell: roomy, side: 0, float: false, roomy: false };
    return { tall, cell: Math.floor(Math.min(width / ROWS, (height - bars) / COLUMNS)), side: 0, float: true, roomy: false };
  }
  const side = Math.round(Math.min(340, Math.max(219, width * 0.25)));
  const gap = width > 1000 ? 36 : 8;
  const cell = Math.floor(Math.min((width - side - gap) / COLUMNS, (height - gap) / ROWS));
  const room = Math.min(Math.max(side, width - cell * COLUMNS - gap), 400);
  return { tall, cell, side: room, float: false, roomy: room >= 300 && height >= 660 };
}
