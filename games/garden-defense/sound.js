// All sounds are made on the spot; nothing sounds before the player's first gesture.

const MUSIC = [
  [0, 4, 7, 9], [5, 9, 12, 7], [-3, 0, 4, 7], [2, 7, 11, 9],
];

/** The two ways of making a sound: a sliding tone and a rush of noise, both fading. */
function createInstruments(audio, out) {
  const hiss = audio.createBuffer(1, audio.sampleRate * 0.6, audio.sampleRate);
  const data = hiss.getChannelData(0);
  for (let i = 0; i < data.length; i++) data[i] = Math.random() * 2 - 1;

  function tone(from, to, length, { type = 'sine', gain = 0.3, at = 0, attack = 0.005 } = {}) {
    const start = audio.currentTime + at;
    const source = audio.createOscillator();
    const level = audio.createGain();
    source.type = type;
    source.frequency.setValueAtTime(from, start);
    source.frequency.exponentialRampToValueAtTime(Math.max(20, to), start + length);
    level.gain.setValueAtTime(0.0001, start);
    level.gain.linearRampToValueAtTime(gain, start + attack);
    level.gain.exponentialRampToValueAtTime(0.0001, start + length);
    source.connect(level).connect(out);
    source.start(start);
    source.stop(start + length + 0.02);
  }

  function rush(length, { gain = 0.25, from = 1200, to = 400, at = 0, type = 'bandpass' } = {}) {
    const start = audio.currentTime + at;
    const source = audio.createBufferSource();
    const filter = audio.createBiquadFilter();
    const level = audio.createGain();
    source.buffer = hiss;
    filter.type = type;
    filter.frequency.setValueAtTime(from, start);
    filter.frequency.exponentialRampToValueAtTime(to, start + length);
    level.gain.setValueAtTime(gain, start);
    level.gain.exponentialRampToValueAtTime(0.0001, start + length);
    source.connect(filter).connect(level).connect(out);
    source.start(start);
    source.stop(start + length);
  }
  return { tone, rush };
}

/** Every sound of the game by its name. */
function createSounds({ tone, rush }) {
  const notes = (list, step, options) => list.forEach((hz, i) => tone(hz, hz, 0.24, { at: i * step, ...options }));

  return {
    click: () => tone(660, 520, 0.06, { type: 'triangle', gain: 0.15 }),
    pick: () => tone(520, 780, 0.09, { type: 'triangle', gain: 0.2 }),
    no: () => tone(200, 150, 0.14, { type: 'square', gain: 0.08 }),
    plant: () => { rush(0.12, { from: 500, to: 160, gain: 0.35, type: 'lowpass' }); tone(300, 480, 0.14, { gain: 0.14, at: 0.04 }); },
    dig: () => rush(0.2, { from: 900, to: 300, gain: 0.3 }),
    shot: () => tone(460 + Math.random() * 60, 240, 0.07, { type: 'triangle', gain: 0.07 }),
    hit: () => tone(1500 + Math.random() * 500, 900, 0.05, { type: 'square', gain: 0.025 }),
    shell: () => { tone(1900, 700, 0.25, { type: 'square', gain: 0.07 }); tone(1250, 1200, 0.3, { gain: 0.1 }); },
    collect: () => { tone(880, 1320, 0.1, { gain: 0.16 }); tone(1320, 1760, 0.14, { gain: 0.1, at: 0.05 }); },
    defeat: () => { for (let i = 0; i < 5; i++) tone(620 - i * 90, 480 - i * 80, 0.07, { type: 'sawtooth', gain: 0.06, at: i * (0.05 + i * 0.012) }); tone(180, 700, 0.16, { gain: 0.12, at: 0.42 }); },
    eaten: () => { rush(0.1, { from: 1600, to: 700 }); rush(0.1, { from: 1300, to: 600, at: 0.1 }); },
    splash: () => rush(0.12, { from: 700, to: 200, gain: 0.18, type: 'lowpass' }),
    hop: () => tone(240, 620, 0.22, { gain: 0.14 }),
    rise: () => rush(0.4, { from: 300, to: 900, gain: 0.3, type: 'lowpass' }),
    sting: () => rush(0.06, { from: 3000, to: 1800, gain: 0.1 }),
    burst: () => { rush(0.5, { from: 1400, to: 90, gain: 0.7, type: 'lowpass' }); tone(160, 50, 0.4, { gain: 0.4 }); },
    blast: () => { tone(233, 240, 0.6, { type: 'sawtooth', gain: 0.16, attack: 0.04 }); tone(349, 352, 0.6, { type: 'sawtooth', gain: 0.12, attack: 0.04 }); },
    barrel: () => { for (let i = 0; i < 6; i++) rush(0.14, { from: 260, to: 90, gain: 0.5, at: i * 0.15, type: 'lowpass' }); },
    wave: () => notes([392, 392, 523], 0.16, { type: 'triangle', gain: 0.2 }),
    won: () => notes([523, 659, 784, 1047, 784, 1047], 0.13, { type: 'triangle', gain: 0.22 }),
    puff: () => rush(0.5, { from: 700, to: 2600, gain: 0.25 }),
    snap: () => { rush(0.05, { from: 2400, to: 900, gain: 0.3 }); tone(190, 90, 0.18, { gain: 0.25 }); },
    whirl: () => tone(500, 1200, 0.2, { type: 'triangle', gain: 0.09 }),
    spring: () => { tone(160, 900, 0.22, { type: 'square', gain: 0.08 }); rush(0.2, { from: 1200, to: 300, gain: 0.3 }); },
    gust: () => rush(1.2, { from: 300, to: 900, gain: 0.22 }),
    seed: () => tone(700, 940, 0.12, { type: 'triangle', gain: 0.12 }),
    tap: () => tone(320, 140, 0.09, { type: 'square', gain: 0.1 }),
    lost: () => notes([392, 349, 311, 247], 0.24, { type: 'triangle', gain: 0.22 }),
  };
}

/** A music-box tune that is made up as it goes along; call it often, it writes a little ahead. */
function createTune(audio, { tone }) {
  let beat = 0;
  let next = 0;
  const hz = (n) => 261.6 * 2 ** (n / 12);
  return () => {
    if (audio.state !== 'running') return;
    if (next < audio.currentTime) next = audio.currentTime + 0.05;
    for (; next < audio.currentTime + 0.4; next += 0.26, beat++) {
      const chord = MUSIC[Math.floor(beat / 8) % MUSIC.length];
      const at = next - audio.currentTime;
      if (beat % 8 === 0) tone(hz(chord[0] - 12), hz(chord[0] - 12), 1.4, { type: 'triangle', gain: 0.07, at });
      if (beat % 2 && Math.random() > 0.35) continue;
      const n = chord[Math.floor(Math.random() * chord.length)] + (Math.random() < 0.4 ? 12 : 0);
      tone(hz(n + 12), hz(n + 12), 0.5, { gain: 0.035, at });
    }
  };
}

/** The sound of the game. `settings` is read at every sound, so that volume and mute work at once. */
export function createSound(settings) {
  const lastAt = {};
  let audio = null;
  let master = null;
  let sounds = null;
  let tune = null;
  let timer = null;

  function apply() {
    if (master) master.gain.value = settings.muted ? 0 : settings.volume * 0.5;
  }

  return {
    apply,
    /** To be called in a gesture: makes the sound the first time, wakes it afterwards. */
    wake() {
      const Audio = window.AudioContext ?? window.webkitAudioContext;
      if (!Audio) return;
      if (!audio) {
        audio = new Audio();
        master = audio.createGain();
        master.connect(audio.destination);
        const instruments = createInstruments(audio, master);
        sounds = createSounds(instruments);
        tune = createTune(audio, instruments);
        apply();
      }
      if (audio.state === 'suspended') audio.resume().catch(() => {});
    },
    /** Plays a sound; the same one not more often than every 60 ms. */
    play(name) {
      if (audio?.state !== 'running' || settings.muted) return;
      const now = audio.currentTime;
      if (now - (lastAt[name] ?? -1) < 0.06) return;
      lastAt[name] = now;
      sounds[name]?.();
    },
    music(on) {
      clearInterval(timer);
      timer = on ? setInterval(() => { if (!settings.muted) tune?.(); }, 150) : null;
    },
    sleep() { if (audio?.state === 'running') audio.suspend().catch(() => {}); },
  };
}
