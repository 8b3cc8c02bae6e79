// Gamepads: buttons and sticks become names, and names that were not held a moment ago are passed on.

const BUTTONS = { 0: 'a', 1: 'b', 2: 'x', 3: 'y', 8: 'select', 9: 'start', 12: 'up', 13: 'down', 14: 'left', 15: 'right' };
const TILT = 0.6;
const RELEASE = 0.35;

/** The names held on a pad. A stick that was held stays held until it is nearly back in the middle. */
export function heldOn(pad, before = new Set()) {
  const held = new Set();
  for (const [index, name] of Object.entries(BUTTONS)) if (pad.buttons[index]?.pressed) held.add(name);
  const [x = 0, y = 0] = pad.axes;
  const far = Math.max(Math.abs(x), Math.abs(y));
  const name = Math.abs(x) > Math.abs(y) ? (x > 0 ? 'right' : 'left') : (y > 0 ? 'down' : 'up');
  if (far > (before.has(name) ? RELEASE : TILT)) held.add(name);
  return held;
}

/** Calls `press(name)` for each new press. Nothing runs while no pad is connected or the page is hidden. */
export function listenToPads(press) {
  const held = new Map();
  let frame = 0;
  function poll() {
    frame = 0;
    const pads = [...(navigator.getGamepads?.() ?? [])].filter((pad) => pad?.connected);
    for (const pad of pads) {
      const before = held.get(pad.index) ?? new Set();
      const now = heldOn(pad, before);
      held.set(pad.index, now);
      for (const name of now) if (!before.has(name)) press(name);
    }
    if (pads.length && !document.hidden) frame = requestAnimationFrame(poll);
  }
  const start = () => { if (!frame && !document.hidden) frame = requestAnimationFrame(poll); };
  window.addEventListener('gamepadconnected', start);
  document.addEventListener('visibilitychange', start);
}
