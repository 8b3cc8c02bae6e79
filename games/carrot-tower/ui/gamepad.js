/** Buttons of the standard gamepad. */
const BUTTONS = { 0: 'press', 1: 'back', 2: 'hail', 3: 'freeze', 4: 'speed', 5: 'wave', 9: 'pause', 12: 'ArrowUp', 13: 'ArrowDown', 14: 'ArrowLeft', 15: 'ArrowRight' };
const ARROWS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'];
/** Seconds before a held direction repeats, and between repeats. */
const FIRST = 0.35;
const AGAIN = 0.12;

/** What is held down on any gamepad now, as a set of names. */
function heldNow(pads) {
  const held = new Set();
  for (const pad of pads) {
    if (!pad) continue;
    pad.buttons.forEach((button, i) => { if (button.pressed && BUTTONS[i]) held.add(BUTTONS[i]); });
    const [x = 0, y = 0] = pad.axes;
    if (Math.abs(x) > 0.55 && Math.abs(x) >= Math.abs(y)) held.add(x < 0 ? 'ArrowLeft' : 'ArrowRight');
    else if (Math.abs(y) > 0.55) held.add(y < 0 ? 'ArrowUp' : 'ArrowDown');
  }
  return held;
}

/**
 * Reads gamepads once a frame and reports each press by name.
 * @param {(name: string) => void} act
 */
export function createGamepad(act) {
  let before = new Set();
  let wait = 0;
  return {
    poll(seconds) {
      const pads = navigator.getGamepads?.() ?? [];
      if (!pads.length && !before.size) return;
      const held = heldNow(pads);
      for (const name of held) {
        if (!before.has(name)) {
          wait = FIRST;
          act(name);
        } else if (ARROWS.includes(name)) {
          wait -= seconds;
          if (wait > 0) continue;
          wait = AGAIN;
          act(name);
        }
      }
      before = held;
    },
  };
}

const isSeen = (node) => node.getClientRects().length > 0 && !node.closest('[inert], [hidden]');

/** Moves the focus to the nearest control of `root` in the direction of an arrow. */
export function moveFocus(root, arrow) {
  const list = [...root.querySelectorAll('button, input, textarea')].filter((node) => isSeen(node) && (node.tabIndex >= 0 || node === document.activeElement));
  if (!list.length) return;
  const from = document.activeElement;
  if (!list.includes(from)) {
    list[0].focus();
    return;
  }
  const [dx, dy] = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[arrow];
  const middle = (node) => {
    const box = node.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const node of list) {
    if (node === from) continue;
    const [nx, ny] = middle(node);
    const along = (nx - x) * dx + (ny - y) * dy;
    if (along < 4) continue;
    const cost = along + 2.5 * Math.abs((nx - x) * dy + (ny - y) * dx);
    if (cost < least) [least, best] = [cost, node];
  }
  best?.focus();
}
