/** Buttons of the standard layout, by their meaning. */
const MEANINGS = {
  0: 'act', 1: 'back', 2: 'dig', 3: 'gather', 4: 'previous', 5: 'next', 6: 'previous', 7: 'next', 9: 'start', 12: 'ArrowUp', 13: 'ArrowDown', 14: 'ArrowLeft', 15: 'ArrowRight',
};
const REPEAT_AFTER = 320;
const REPEAT_EVERY = 130;

/** The meanings that are pressed now, the left stick counted as arrows. */
function pressed(pad) {
  const names = new Set();
  pad.buttons.forEach((button, i) => { if (button.pressed && MEANINGS[i]) names.add(MEANINGS[i]); });
  const [x = 0, y = 0] = pad.axes;
  if (x > 0.6) names.add('ArrowRight');
  if (x < -0.6) names.add('ArrowLeft');
  if (y > 0.6) names.add('ArrowDown');
  if (y < -0.6) names.add('ArrowUp');
  return names;
}

/** Looks at the gamepads, while there is one, in every frame; `press(name)` hears of buttons and of arrows held down. */
export function watchGamepads(press) {
  let held = new Map();
  let frame = 0;
  function look(now) {
    const pads = [...navigator.getGamepads()].filter(Boolean);
    frame = pads.length ? requestAnimationFrame(look) : 0;
    const names = new Set(pads.flatMap((pad) => [...pressed(pad)]));
    const still = new Map();
    for (const name of names) {
      const next = held.get(name);
      if (next === undefined || (name.startsWith('Arrow') && now >= next)) press(name);
      still.set(name, next === undefined ? now + REPEAT_AFTER : now >= next ? now + REPEAT_EVERY : next);
    }
    held = still;
  }
  window.addEventListener('gamepadconnected', () => { if (!frame) frame = requestAnimationFrame(look); });
}

/** Moves the focus in a menu to the nearest control that lies in a direction. */
export function moveFocus(root, arrow) {
  const controls = [...root.querySelectorAll('button:not(:disabled), input, textarea')].filter((one) => one.offsetParent);
  const from = controls.includes(document.activeElement) ? document.activeElement.getBoundingClientRect() : null;
  if (!from) return controls[0]?.focus();
  const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[arrow];
  let best = null;
  for (const control of controls) {
    const to = control.getBoundingClientRect();
    const ahead = (to.left + to.width / 2 - from.left - from.width / 2) * dx + (to.top + to.height / 2 - from.top - from.height / 2) * dy;
    // What lies straight ahead, even in part, is not aside at all.
    const aside = dx ? Math.max(0, to.top - from.bottom, from.top - to.bottom) : Math.max(0, to.left - from.right, from.left - to.right);
    if (ahead > 4 && ahead + aside * 2.5 < (best?.far ?? Infinity)) best = { control, far: ahead + aside * 2.5 };
  }
  return best?.control.focus();
}
