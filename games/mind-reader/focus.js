// Moves the focus by direction, for players who have only a gamepad.

/** The index of the box to go to from `from` in a direction, or -1. Boxes are `{ left, top, right, bottom }`. */
export function nearest(boxes, from, direction) {
  const middle = (box) => ({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 });
  const start = middle(from);
  let best = -1;
  let least = Infinity;
  boxes.forEach((box, index) => {
    const { x, y } = middle(box);
    const [dx, dy] = [x - start.x, y - start.y];
    const ahead = { left: -dx, right: dx, up: -dy, down: dy }[direction];
    const aside = Math.abs(direction === 'left' || direction === 'right' ? dy : dx);
    const cost = ahead + aside * 2;
    if (ahead > 4 && cost < least) {
      least = cost;
      best = index;
    }
  });
  return best;
}

/** The controls that can be used now: those of an open dialog, or else all that are visible. */
export function controls() {
  const root = document.querySelector('dialog[open]') ?? document.body;
  return [...root.querySelectorAll('button, textarea')]
    .filter((control) => !control.disabled && control.checkVisibility?.({ checkOpacity: false, checkVisibilityCSS: true }) !== false
      && control.getBoundingClientRect().width > 0 && !control.closest('.arrows'));
}

/** Moves the focus one control on. */
export function moveFocus(direction) {
  const all = controls();
  const current = all.includes(document.activeElement) ? document.activeElement : null;
  if (!current) {
    all[0]?.focus();
    return;
  }
  const others = all.filter((control) => control !== current);
  const at = nearest(others.map((control) => control.getBoundingClientRect()), current.getBoundingClientRect(), direction);
  if (at >= 0) others[at].focus();
}
