// The page that tells the secret, with a number to try.
import { CELLS, isReachable, resultOf } from './rules.js';
import { picture } from './stage.js';

const get = (id) => document.getElementById(id);

/** Prepares the page. `lines(number, tens, ones)` puts the sum into words; `symbol()` is the answer of the table in use. */
export function createHow(lines, symbol) {
  const dialog = get('how');
  const dots = [];
  for (let cell = 0; cell < CELLS; cell++) {
    const dot = document.createElement('i');
    if (isReachable(cell)) dot.className = 'nine';
    get('map').append(dot);
    dots.push(dot);
  }
  let opener = null;

  function show() {
    const number = Number(get('number').value);
    get('how-number').textContent = number;
    get('how-lines').replaceChildren(...lines(number, Math.floor(number / 10), number % 10).map((line) => {
      const shown = document.createElement('span');
      shown.textContent = line;
      return shown;
    }));
    dots.forEach((dot, cell) => dot.classList.toggle('hit', cell === resultOf(number)));
  }

  function step(by) {
    get('number').value = Number(get('number').value) + by;
    show();
  }

  get('number').addEventListener('input', show);
  get('less').addEventListener('click', () => step(-1));
  get('more').addEventListener('click', () => step(1));
  get('how-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('close', () => opener?.focus());

  return {
    open() {
      opener = document.activeElement;
      dots.forEach((dot) => { if (dot.className.includes('nine')) dot.replaceChildren(picture(symbol())); });
      show();
      dialog.showModal();
      get('how-body').scrollTop = 0;
    },
    show,
  };
}
