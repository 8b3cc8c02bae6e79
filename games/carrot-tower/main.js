// Carrot Tower. Query parameters:
//   ?lang=en|zh   the language, whatever the browser prefers
//   ?seed=N       the seed of every game (otherwise from the clock)
//   ?speed=N      time runs N times faster, 1 to 20, on top of the speed button (for tests)
import { MAPS } from './rules/maps.js';
import { isOpen, noteWin, openSave, openTowers } from './save.js';
import { Sound } from './sound.js';
import { pickLanguage, t, useLanguage } from './text.js';
import { Play } from './play.js';
import { createTitle } from './art/title.js';
import { paintPics, speaker } from './art/pics.js';
import { byId, setText, translate, usable } from './ui/dom.js';
import { showEnd, showMaps, showPause } from './ui/screens.js';

const asked = new URLSearchParams(location.search);
const seed = asked.has('seed') ? Number(asked.get('seed')) || 0 : null;
const pace = Math.min(20, Math.max(1, Number(asked.get('speed')) || 1));
const save = openSave(() => window.localStorage);
const sound = new Sound(save.settings);
const title = createTitle(byId('title-art'));
const play = new Play({ save, sound, pace, onPause: pause, onEnd: end });
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
const body = document.body;
let screen = 'title';
// Whether the player last used a key: only then does the focus move on to the next screen by itself.
let byKey = false;
let mapId = '';
let result = null;
let opened = null;
let language = pickLanguage(asked.get('lang'), save.settings.language, navigator.languages);

function go(next) {
  screen = next;
  body.dataset.screen = next;
  const playing = ['play', 'paused', 'won', 'lost'].includes(next);
  byId('screen-title').hidden = next !== 'title';
  byId('screen-maps').hidden = next !== 'maps';
  byId('screen-play').hidden = !playing;
  byId('screen-play').inert = playing && next !== 'play';
  if (next === 'play' || !playing) byId('overlay').hidden = true;
  if (playing) body.dataset.map = mapId;
  else delete body.dataset.map;
  sound.tune(next === 'play');
  if (next === 'title') {
    title.fit();
    if (byKey) byId('start').focus();
  } else if (next === 'maps') {
    showMaps(save.progress);
    const cards = document.querySelectorAll('.map-card:not([aria-disabled])');
    if (byKey) cards[cards.length - 1].focus();
  }
}

function begin(id) {
  mapId = id;
  go('play');
  play.start(id, seed ?? (Date.now() & 0x7fffffff), openTowers(save.progress));
  if (byKey) play.focusBoard();
}

function pause() {
  if (screen !== 'play' || !play.running) return;
  go('paused');
  showPause();
}

function resume() {
  go('play');
  if (byKey) play.focusBoard();
}

function end(outcome) {
  result = outcome;
  opened = outcome.won ? noteWin(save.progress, mapId, outcome.stars, outcome.tidy) : null;
  store();
  go(outcome.won ? 'won' : 'lost');
  showEnd(result, opened);
}

function notice(key) {
  const box = byId('notice');
  box.hidden = false;
  box.textContent = t(key);
  setTimeout(() => { box.hidden = true; }, 6000);
}

let warned = false;
function store() {
  save.keep();
  if (save.trouble !== 'blocked' || warned) return;
  warned = true;
  notice('noStore');
}

function showSettings() {
  for (const button of document.querySelectorAll('[data-do="mute"]')) {
    button.replaceChildren(speaker(save.settings.muted));
    button.setAttribute('aria-label', t(save.settings.muted ? 'unmute' : 'mute'));
    button.setAttribute('aria-pressed', save.settings.muted);
  }
  const speed = save.settings.fast ? 2 : 1;
  setText(byId('speed'), `${speed}×`);
  byId('speed').setAttribute('aria-label', t('speedLabel', { n: speed }));
  byId('volume').value = Math.round(save.settings.volume * 100);
  sound.refresh();
}

function speak() {
  useLanguage(language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = t('title');
  translate();
  showSettings();
  play.translate();
  if (screen === 'maps') showMaps(save.progress);
  else if (screen === 'paused') showPause();
  else if (screen === 'won' || screen === 'lost') showEnd(result, opened);
}

const doings = {
  language() {
    language = language === 'en' ? 'zh' : 'en';
    save.settings.language = language;
    store();
    speak();
  },
  mute() {
    save.settings.muted = !save.settings.muted;
    store();
    showSettings();
  },
  speed() {
    save.settings.fast = !save.settings.fast;
    store();
    showSettings();
    sound.play('tap');
  },
};

const ways = {
  resume,
  restart: () => begin(mapId),
  maps: () => go('maps'),
  next: () => begin(MAPS[MAPS.findIndex((map) => map.id === mapId) + 1].id),
};

document.addEventListener('click', (event) => {
  sound.open();
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.do) doings[button.dataset.do]();
  else if (button.dataset.go) ways[button.dataset.go]();
  else if (button.dataset.mapChoice && usable(button) && isOpen(save.progress, button.dataset.mapChoice)) begin(button.dataset.mapChoice);
});
byId('start').addEventListener('click', () => go('maps'));
byId('maps-back').addEventListener('click', () => go('title'));
byId('speed').addEventListener('click', doings.speed);
byId('volume').addEventListener('input', () => {
  save.settings.volume = Number(byId('volume').value) / 100;
  store();
  showSettings();
});
document.addEventListener('pointerdown', () => { byKey = false; });
document.addEventListener('keydown', (event) => {
  byKey = true;
  sound.open();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (screen === 'play' && play.key(event)) event.preventDefault();
  else if (key === 'm') doings.mute();
  else if (screen === 'play' && key === 'f') doings.speed();
  else if (screen === 'play' && (key === 'p' || key === 'escape')) pause();
  else if (screen === 'paused' && (key === 'p' || key === 'escape')) resume();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) return;
  pause();
});
document.addEventListener('contextmenu', (event) => event.preventDefault());
byId('cells').addEventListener('touchmove', (event) => event.preventDefault(), { passive: false });
window.addEventListener('resize', () => {
  if (screen === 'title') title.fit();
  else play.fit();
});

let before = 0;
function frame(now) {
  const seconds = before ? Math.min(0.25, (now - before) / 1000) : 0;
  before = now;
  if (screen === 'title') title.frame(seconds, calm.matches);
  else if (screen !== 'maps') play.frame(seconds, screen === 'play');
  requestAnimationFrame(frame);
}

play.setCalm(calm.matches);
calm.addEventListener?.('change', () => play.setCalm(calm.matches));
paintPics();
go('title');
speak();
if (save.trouble) notice(save.trouble === 'broken' ? 'savedLost' : 'noStore');
warned = save.trouble === 'blocked';
requestAnimationFrame(frame);
