// Short plucked notes made on the spot. The audio context is created by the first gesture, as browsers demand.

const SCALE = [0, 2, 4, 7, 9];

/** `volume` is 0..1; `play(name, detail)` does nothing until `wake` was called by a gesture. */
export function createSound() {
  let context = null;
  let output = null;
  let level = 0.6;

  function wake() {
    if (!context) {
      const Context = window.AudioContext || window.webkitAudioContext;
      if (!Context) return;
      context = new Context();
      output = context.createGain();
      output.gain.value = level;
      output.connect(context.destination);
    }
    if (context.state === 'suspended') context.resume().catch(() => {});
  }

  function note(frequency, { at = 0, length = 0.25, gain = 0.3, type = 'triangle' } = {}) {
    const start = context.currentTime + at;
    const tone = context.createOscillator();
    const envelope = context.createGain();
    tone.type = type;
    tone.frequency.value = frequency;
    envelope.gain.setValueAtTime(0.0001, start);
    envelope.gain.exponentialRampToValueAtTime(gain, start + 0.008);
    envelope.gain.exponentialRampToValueAtTime(0.0001, start + length);
    tone.connect(envelope).connect(output);
    tone.start(start);
    tone.stop(start + length + 0.02);
  }

  const pitch = (step) => 196 * 2 ** ((SCALE[step % 5] + 12 * Math.floor(step / 5)) / 12);

  const sounds = {
    slide() { note(120, { length: 0.07, gain: 0.16, type: 'sine' }); },
    merge(value) {
      const step = Math.min(Math.log2(value), 15);
      note(pitch(step), { at: 0.08, length: 0.3 });
      note(pitch(step) * 2, { at: 0.08, length: 0.16, gain: 0.09, type: 'sine' });
    },
    undo() { note(pitch(6), { length: 0.1, gain: 0.15 }); note(pitch(3), { at: 0.06, length: 0.14, gain: 0.15 }); },
    blocked() { note(80, { length: 0.08, gain: 0.14, type: 'sine' }); },
    won() { [5, 7, 8, 10, 12].forEach((step, index) => note(pitch(step), { at: index * 0.11, length: 0.5, gain: 0.26 })); },
    lost() { [6, 4, 3, 1].forEach((step, index) => note(pitch(step), { at: index * 0.15, length: 0.45, gain: 0.2 })); },
  };

  return {
    wake,
    setVolume(volume) {
      level = volume;
      if (output) output.gain.setTargetAtTime(volume, context.currentTime, 0.01);
    },
    play(name, detail) {
      if (context && context.state === 'running' && level > 0) sounds[name](detail);
    },
  };
}
