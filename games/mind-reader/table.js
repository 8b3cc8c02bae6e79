// The table of a hundred numbers. Cells are built once; a new round only exchanges their symbols.
import { CELLS } from './rules.js';
import { picture } from './stage.js';

/** Fills `root`; `cellName(number, symbolId)` is what a screen reader says. */
export function createTable(root, cellName) {
  const cells = [];
  let current = null;
  for (let start = 0; start < CELLS; start += 10) {
    const row = document.createElement('div');
    row.setAttribute('role', 'row');
    for (let number = start; number < start + 10; number++) {
      const cell = document.createElement('div');
      cell.setAttribute('role', 'cell');
      cell.dataset.number = number;
      const digits = document.createElement('b');
      digits.textContent = number;
      digits.setAttribute('aria-hidden', 'true');
      cell.append(digits, picture('star'));
      row.append(cell);
      cells.push(cell);
    }
    root.append(row);
  }
  const name = () => cells.forEach((cell, number) => cell.setAttribute('aria-label', cellName(number, current[number])));
  return {
    /** Shows a new table. */
    show(symbols) {
      current = symbols;
      cells.forEach((cell, number) => {
        cell.dataset.symbol = symbols[number];
        cell.querySelector('use').setAttribute('href', `#symbol-${symbols[number]}`);
      });
      name();
    },
    /** Puts the table on the screen or away. Two rows a frame: a hundred pictures at once take a phone longer than a frame. */
    toggle(shown) {
      if (root.hidden === !shown) return;
      root.hidden = !shown;
      const rows = [...root.children];
      for (const row of rows) row.dataset.undealt = '';
      const deal = () => {
        for (const row of rows.splice(0, 2)) delete row.dataset.undealt;
        if (rows.length && shown) requestAnimationFrame(deal);
      };
      if (shown) requestAnimationFrame(deal);
    },
    /** Says the names again after a change of language. */
    rename() {
      if (current) name();
    },
  };
}
