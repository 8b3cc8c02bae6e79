// Short vibrations of the phone, and of a gamepad that can.

/** `enabled()` says whether the player wants them. */
export function createHaptics(enabled) {
  const patterns = { merge: [9], big: [22], blocked: [4], won: [30, 60, 30, 60, 80], lost: [60] };
  return {
    /** Phones only: desktop browsers know the call but have nothing to vibrate. */
    supported: typeof navigator.vibrate === 'function' && window.matchMedia('(any-pointer: coarse)').matches,
    play(name) {
      if (!enabled() || document.hidden) return;
      if (this.supported) navigator.vibrate(patterns[name]);
      if (name === 'blocked') return;
      for (const pad of navigator.getGamepads?.() ?? []) {
        pad?.vibrationActuator?.playEffect?.('dual-rumble', { duration: patterns[name][0] * 4, weakMagnitude: 0.5, strongMagnitude: 0.2 })?.catch(() => {});
      }
    },
  };
}
