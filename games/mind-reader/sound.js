// Bells, a drum roll and a shimmer, made on the spot. The audio context is created by the first gesture.

/** `play(name, seconds)` does nothing until `wake` was called by a gesture. */
export function createSound() {
  let context = null;
  let output = null;
  let level = 0.6;
  let rolling = []; // the tones of the drum roll, which ends early when the player leaves

  function wake() {
    if (!context) {
      const Context = window.AudioContext || window.webkitAudioContext;
      if (!Context) return;
      context = new Context();
      output = context.createGain();
      output.gain.value = level;
      output.connect(context.destination);
    }
    if (context.state === 'suspended' && !document.hidden) context.resume().catch(() => {});
  }

  function note(frequency, { at = 0, length = 0.5, gain = 0.2, type = 'sine', glide = 1 } = {}) {
    const start = context.currentTime + at;
    const tone = context.createOscillator();
    const envelope = context.createGain();
    tone.type = type;
    tone.frequency.setValueAtTime(frequency, start);
    if (glide !== 1) tone.frequency.exponentialRampToValueAtTime(frequency * glide, start + length);
    envelope.gain.setValueAtTime(0.0001, start);
    envelope.gain.exponentialRampToValueAtTime(gain, start + 0.012);
    envelope.gain.exponentialRampToValueAtTime(0.0001, start + length);
    tone.connect(envelope).connect(output);
    tone.start(start);
    tone.stop(start + length + 0.02);
    return tone;
  }

  const sounds = {
    step() { note(523, { length: 0.35 }); note(784, { at: 0.07, length: 0.5, gain: 0.12 }); },
    curtain() { note(98, { length: 1.1, gain: 0.22, type: 'triangle', glide: 1.5 }); note(392, { at: 0.5, length: 0.9, gain: 0.1, glide: 1.34 }); },
    reading(seconds) {
      const beats = Math.min(60, Math.floor(seconds * 14));
      rolling = [note(180, { length: Math.max(0.3, seconds), gain: 0.08, glide: 3.2 })];
      for (let beat = 0; beat < beats; beat++) {
        const gain = 0.04 + (0.16 * beat) / beats;
        rolling.push(note(92 + (beat % 2) * 6, { at: beat / 14, length: 0.09, gain, type: 'triangle', glide: 0.6 }));
      }
    },
    tick(part = 0.5) { note(420 + part * 700, { length: 0.06, gain: 0.07, type: 'triangle' }); },
    astray() { [392, 330].forEach((frequency, index) => note(frequency, { at: index * 0.18, length: 0.5, gain: 0.16, type: 'triangle' })); },
    applause() {
      [784, 988, 1175, 1568].forEach((frequency, index) => note(frequency, { at: index * 0.06, length: 0.7, gain: 0.1 }));
      for (let clap = 0; clap < 26; clap++) note(900 + (clap % 7) * 190, { at: 0.05 + clap * 0.045, length: 0.035, gain: 0.03, type: 'square', glide: 0.5 });
    },
    reveal() {
      [523, 659, 784, 1047, 1319].forEach((frequency, index) => note(frequency, { at: index * 0.07, length: 1.4, gain: 0.16 }));
      note(65, { length: 1.2, gain: 0.35, type: 'triangle' });
    },
  };

  document.addEventListener('visibilitychange', () => {
    if (!context) return;
    (document.hidden ? context.suspend() : context.resume()).catch(() => {});
  });

  return {
    wake,
    setVolume(volume) {
      level = volume;
      if (output) output.gain.setTargetAtTime(volume, context.currentTime, 0.01);
    },
    /** Ends the drum roll. */
    hush() {
      for (const tone of rolling) tone.stop();
      rolling = [];
    },
    play(name, seconds) {
      if (context && level > 0 && !document.hidden) sounds[name](seconds);
    },
  };
}
