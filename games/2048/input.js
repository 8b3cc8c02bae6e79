// Turns keys, swipes and mouse drags into the words of the game: a direction, 'undo', 'new'.

const KEYS = {
  arrowup: 'up', w: 'up', k: 'up',
  arrowright: 'right', d: 'right', l: 'right',
  arrowdown: 'down', s: 'down', j: 'down',
  arrowleft: 'left', a: 'left', h: 'left',
  u: 'undo', n: 'new',
};
const SWIPE_PIXELS = 22;

/** What a key press asks for, or null. Control keys other than Ctrl/Cmd-Z belong to the browser. */
export function commandOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const name = String(key).toLowerCase();
  if ((ctrlKey || metaKey) && !altKey && !shiftKey && name === 'z') return 'undo';
  if (ctrlKey || metaKey || altKey) return null;
  return KEYS[name] ?? null;
}

/** The direction of a stroke, or null while it is too short or too slanted to tell. */
export function directionOf(dx, dy) {
  const across = Math.abs(dx);
  const along = Math.abs(dy);
  if (Math.max(across, along) < SWIPE_PIXELS || Math.max(across, along) < 1.2 * Math.min(across, along)) return null;
  if (across > along) return dx > 0 ? 'right' : 'left';
  return dy > 0 ? 'down' : 'up';
}

/** Calls `act(command)` for every key press, and for every stroke that begins on `surface` but not on a control. */
export function listen(surface, act) {
  document.addEventListener('keydown', (event) => {
    const command = commandOf(event);
    if (!command || event.target.closest?.('input, textarea, dialog')) return;
    if (event.repeat && (command === 'undo' || command === 'new')) return;
    if (act(command)) event.preventDefault();
  });

  let stroke = null;
  surface.addEventListener('pointerdown', (event) => {
    if (!event.isPrimary || event.button !== 0 || event.target.closest('button, input')) return;
    stroke = { id: event.pointerId, x: event.clientX, y: event.clientY };
    try {
      surface.setPointerCapture(event.pointerId);
    } catch { /* a pointer that is already gone needs no capture */ }
  });
  const follow = (event) => {
    if (!stroke || event.pointerId !== stroke.id) return;
    const direction = directionOf(event.clientX - stroke.x, event.clientY - stroke.y);
    if (!direction) return;
    stroke = null;
    act(direction);
  };
  surface.addEventListener('pointermove', follow);
  surface.addEventListener('pointerup', (event) => {
    follow(event);
    stroke = null;
  });
  surface.addEventListener('pointercancel', () => { stroke = null; });
}
