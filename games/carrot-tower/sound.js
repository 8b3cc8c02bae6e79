// Seconds that must lie between two sounds of a kind, so that a crowd or a high speed does not roar.
const GAPS = { shot: 0.07, hit: 0.08, lob: 0.12, blast: 0.12, mist: 0.25, chain: 0.14, gust: 0.2, beaten: 0.06, bite: 0.15, heal: 0.6, apple: 0.3, dug: 0.5 };
// The tune in half tones above middle C, and the bass below it, one note to four of the tune.
const TUNE = [0, 4, 7, 9, 7, 4, 2, 4, 0, 4, 9, 12, 9, 7, 4, 2, 5, 9, 12, 9, 7, 4, 7, 2, 0, 4, 7, 4, 2, -3, 0, null];
const BASS = [0, 0, -3, -3, 5, 5, 7, 0];
const NOTE = 0.3;

const pitch = (base, halfTones) => base * 2 ** (halfTones / 12);

/** Every sound, made from tones and rushes of noise: name -> what a `Sound` does for it. */
const SOUNDS = {
  shot: (s) => s.tone(620, 320, 0.08, 0.1, 'square'),
  hit: (s) => s.tone(240, 160, 0.05, 0.09),
  lob: (s) => s.tone(150, 90, 0.18, 0.2, 'sine'),
  blast(s) {
    s.rush(700, 0.3, 0.35, 0, 'lowpass');
    s.tone(120, 45, 0.28, 0.25, 'sine');
  },
  mist: (s) => s.rush(4200, 0.35, 0.08),
  chain(s) {
    s.tone(210, 260, 0.22, 0.08, 'sawtooth');
    s.tone(217, 240, 0.22, 0.06, 'sawtooth', 0.03);
  },
  gust: (s) => s.rush(900, 0.4, 0.16),
  beaten(s) {
    s.tone(500, 900, 0.08, 0.13);
    s.tone(1320, 1320, 0.1, 0.07, 'sine', 0.06);
  },
  bite(s) {
    s.rush(1800, 0.1, 0.4);
    s.tone(180, 80, 0.25, 0.3, 'sawtooth', 0.05);
  },
  built(s) {
    s.tone(180, 120, 0.12, 0.3);
    s.rush(1200, 0.1, 0.15, 0.05);
  },
  upgraded: (s) => s.melody([0, 4, 7, 12], 0.07),
  sold: (s) => s.melody([12, 7], 0.08, 'sine'),
  cleared(s) {
    s.rush(1000, 0.25, 0.3);
    s.melody([7, 12, 16], 0.06, 'sine');
  },
  hail(s) {
    s.rush(5200, 0.6, 0.3);
    for (let i = 0; i < 5; i++) s.tone(1500 + i * 190, 900, 0.06, 0.08, 'triangle', 0.08 * i);
  },
  freeze: (s) => s.melody([24, 19, 24, 28], 0.08, 'sine'),
  heal: (s) => s.melody([12, 16], 0.06, 'sine'),
  roar(s) {
    s.tone(120, 60, 0.6, 0.4, 'sawtooth');
    s.rush(400, 0.5, 0.25, 0, 'lowpass');
  },
  apple: (s) => s.tone(300, 110, 0.12, 0.22, 'sine', 0.2),
  dug: (s) => s.rush(500, 0.2, 0.2),
  count: (s) => s.tone(520, 520, 0.12, 0.16, 'sine'),
  wave: (s) => s.melody([-5, 0, -5, 0], 0.11, 'sawtooth'),
  call: (s) => s.melody([-12, -7], 0.12, 'sawtooth'),
  won: (s) => s.melody([0, 4, 7, 12, 7, 12, 16], 0.13),
  lost: (s) => s.melody([0, -1, -3, -5, -12], 0.2),
  tap: (s) => s.tone(700, 700, 0.04, 0.08, 'sine'),
  no: (s) => s.tone(160, 120, 0.14, 0.15, 'square'),
};

/** Sound and a small tune, made with WebAudio after the first gesture. */
export class Sound {
  /** @param {{volume: number, muted: boolean}} settings read anew at each `refresh` */
  constructor(settings) {
    this.settings = settings;
    this.audio = null;
    this.timer = null;
    this.note = 0;
    this.noteAt = 0;
    this.playing = false;
    this.lastAt = {};
  }

  /** Opens the audio device; browsers allow that only from a gesture. */
  open() {
    if (this.audio) {
      if (this.audio.state !== 'running') this.audio.resume().catch(() => {});
      return;
    }
    const Context = window.AudioContext ?? window.webkitAudioContext;
    if (!Context) return;
    try {
      this.audio = new Context();
    } catch {
      return;
    }
    const { audio } = this;
    this.out = audio.createGain();
    this.out.connect(audio.destination);
    this.noise = audio.createBuffer(1, audio.sampleRate * 0.5, audio.sampleRate);
    const data = this.noise.getChannelData(0);
    for (let i = 0; i < data.length; i++) data[i] = Math.random() * 2 - 1;
    this.refresh();
  }

  /** Follows the settings. */
  refresh() {
    if (!this.audio) return;
    const { muted, volume } = this.settings;
    this.out.gain.value = muted ? 0 : volume * volume;
    const wanted = this.playing && !muted;
    if (wanted && !this.timer) {
      this.noteAt = this.audio.currentTime + 0.1;
      this.timer = setInterval(() => this.schedule(), 200);
    } else if (!wanted && this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  /** Plays a sound by name; unknown names are silent. */
  play(name) {
    const { audio, lastAt } = this;
    if (!audio || this.settings.muted || audio.state !== 'running' || !SOUNDS[name]) return;
    if (audio.currentTime - (lastAt[name] ?? -1) < (GAPS[name] ?? 0.03)) return;
    lastAt[name] = audio.currentTime;
    SOUNDS[name](this);
  }

  /** Starts or stops the tune. */
  tune(on) {
    this.playing = on;
    this.refresh();
  }

  schedule() {
    const { audio } = this;
    if (audio.state !== 'running') return;
    if (this.noteAt < audio.currentTime) this.noteAt = audio.currentTime + 0.05;
    while (this.noteAt < audio.currentTime + 0.45) {
      const step = TUNE[this.note % TUNE.length];
      const wait = this.noteAt - audio.currentTime;
      if (step !== null) this.tone(pitch(262, step), pitch(262, step), 0.32, 0.07, 'triangle', wait);
      const bass = pitch(131, BASS[(this.note >> 2) % BASS.length]);
      if (this.note % 4 === 0) this.tone(bass, bass, 0.5, 0.09, 'sine', wait);
      this.noteAt += NOTE;
      this.note++;
    }
  }

  /** A gain that swells at a moment and dies away after some seconds. */
  fade(at, seconds, loud) {
    const gain = this.audio.createGain();
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(loud, at + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
    gain.connect(this.out);
    return gain;
  }

  tone(from, to, seconds, loud, type = 'triangle', wait = 0) {
    const at = this.audio.currentTime + wait;
    const source = this.audio.createOscillator();
    source.type = type;
    source.frequency.setValueAtTime(from, at);
    source.frequency.exponentialRampToValueAtTime(Math.max(20, to), at + seconds);
    source.connect(this.fade(at, seconds, loud));
    source.start(at);
    source.stop(at + seconds + 0.02);
  }

  rush(from, seconds, loud, wait = 0, type = 'bandpass') {
    const at = this.audio.currentTime + wait;
    const source = this.audio.createBufferSource();
    source.buffer = this.noise;
    const filter = this.audio.createBiquadFilter();
    filter.type = type;
    filter.frequency.setValueAtTime(from, at);
    filter.frequency.exponentialRampToValueAtTime(from * 0.4, at + seconds);
    source.connect(filter);
    filter.connect(this.fade(at, seconds, loud));
    source.start(at, 0, seconds + 0.02);
  }

  melody(steps, gap, type = 'triangle') {
    steps.forEach((step, i) => this.tone(pitch(392, step), pitch(392, step), 0.3, 0.22, type, i * gap));
  }
}
