// The art of the tiles: a flower with as many petals as the tile has doublings, drawn once and referred to by every tile.

const SVG = 'http://www.w3.org/2000/svg';
export const BLOOMS = 17;

/** How often 2 was doubled to get `value`, plus one: 2 → 1, 4 → 2, 2048 → 11. */
export function powerOf(value) {
  return Math.round(Math.log2(value));
}

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

/** A hidden SVG with one symbol per power; add it to the page once. */
export function createBlooms() {
  const sheet = element('svg', { width: 0, height: 0, class: 'sheet', 'aria-hidden': 'true' });
  for (let petals = 1; petals <= BLOOMS; petals++) {
    const symbol = element('symbol', { id: `bloom-${petals}`, viewBox: '-50 -50 100 100' }, sheet);
    const width = Math.min(22, 86 / Math.max(petals, 3));
    const reach = 43;
    for (let petal = 0; petal < petals; petal++) {
      element('path', {
        d: `M0 -7C${width} -${reach * 0.45} ${width * 0.75} -${reach * 0.9} 0 -${reach}C${-width * 0.75} -${reach * 0.9} ${-width} -${reach * 0.45} 0 -7Z`,
        transform: `rotate(${(360 / petals) * petal})`,
      }, symbol);
    }
    element('circle', { r: 5 }, symbol);
  }
  return sheet;
}

/** A picture of the flower of `value`, for one tile. */
export function bloom(value) {
  const picture = element('svg', { class: 'bloom', 'aria-hidden': 'true' });
  element('use', { href: `#bloom-${Math.min(powerOf(value), BLOOMS)}` }, picture);
  return picture;
}
