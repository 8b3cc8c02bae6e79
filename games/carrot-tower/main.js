// Carrot Tower. Query parameters:
//   ?lang=en|zh   the language, whatever the browser prefers
//   ?seed=N       the seed of every game (otherwise from the clock)
//   ?speed=N      time runs N times as fast, 0.01 to 20, on top of the speed button (for tests)
//   ?day=DATE     the day of the daily challenge, such as 2026-11-26 (for tests)
import { MAPS } from './rules/maps.js';
import { dayOf } from './rules/daily.js';
import { beginDaily, isOpen, noteDaily, noteEndless, noteGame, noteWin, openSave, openTowers } from './save.js';
import { dailyCourse, endlessCourse, mapCourse } from './courses.js';
import { Sound } from './sound.js';
import { pickLanguage, t, useLanguage } from './text.js';
import { Play } from './play.js';
import { createTitle } from './art/title.js';
import { paintPics, speaker } from './art/pics.js';
import { byId, setText, translate, usable } from './ui/dom.js';
import { shareText, showDaily, showEnd, showPause, showShareText } from './ui/dialogs.js';
import { showMaps } from './ui/maps.js';
import { createGamepad, moveFocus } from './ui/gamepad.js';

const asked = new URLSearchParams(location.search);
const pace = Math.min(20, Math.max(0.01, Number(asked.get('speed')) || 1));
const save = openSave(() => window.localStorage);
const sound = new Sound(save.settings);
const title = createTitle(byId('title-back'), byId('title-art'));
const play = new Play({ save, sound, pace, onPause: pause, onEnd: end });
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
const body = document.body;
/** title, maps, play, paused, won, lost, or daily: the card of the day's challenge over title or maps. */
let screen = 'title';
let below = 'title';
// Whether the player last used a key or a gamepad: only then does the focus move on to the next screen by itself.
let byKey = false;
let course = null;
let result = null;
let news = null;
let language = pickLanguage(asked.get('lang'), save.settings.language, navigator.languages);

const newSeed = () => (asked.has('seed') ? Number(asked.get('seed')) || 0 : Date.now() & 0x7fffffff);
const today = () => asked.get('day') ?? dayOf(new Date());

function go(next) {
  screen = next;
  body.dataset.screen = next;
  const playing = ['play', 'paused', 'won', 'lost'].includes(next);
  if (next === 'title' || next === 'maps') below = next;
  const base = next === 'daily' ? below : playing ? 'play' : next;
  for (const name of ['title', 'maps', 'play']) {
    byId(`screen-${name}`).hidden = base !== name;
    byId(`screen-${name}`).inert = base !== next;
  }
  if (base === next) byId('overlay').hidden = true;
  if (playing) body.dataset.map = course.mapId;
  else delete body.dataset.map;
  sound.tune(next === 'play');
  if (next === 'title') {
    title.fit();
    if (byKey) byId('start').focus();
  } else if (next === 'maps') {
    showMaps(save);
    const cards = document.querySelectorAll('.map-choice:not([aria-disabled])');
    if (byKey) cards[cards.length - 1].focus();
  }
}

/** Plays a course: goes on with the game that was kept of it, or starts a new one. */
function begin(next, afresh = false) {
  course = next;
  const kept = !afresh && save.peekGame(next.key) ? save.loadGame(next.key) : null;
  const usableKept = kept && kept.course.day === next.day ? kept : null;
  if (usableKept) course = kept.course;
  if (course.day && !usableKept) beginDaily(save.progress, course.day);
  go('play');
  if (usableKept) play.resume(course, kept.game);
  else play.start(course);
  store();
  tellTrouble();
  if (byKey) play.focusBoard();
}

const beginMap = (mapId, afresh) => begin(mapCourse(mapId, newSeed(), openTowers(save.progress)), afresh);

/** Goes on with the game that was being played when the page went away; false when there was none. */
function pickUp() {
  const key = save.current();
  const kept = key ? save.loadGame(key) : null;
  if (!kept || (kept.course.day && kept.course.day !== today())) return false;
  course = kept.course;
  go('play');
  play.resume(course, kept.game);
  if (document.hidden) pause();
  return true;
}

function pause() {
  if (screen !== 'play' || !play.running) return;
  play.keep();
  go('paused');
  showPause();
}

function resume() {
  go('play');
  play.countDown();
  if (byKey) play.focusBoard();
}

function end(outcome) {
  result = outcome;
  const { progress } = save;
  save.dropGame(course.key);
  noteGame(progress, outcome);
  news = {};
  if (course.endless) news = { before: progress.endless[course.mapId], record: noteEndless(progress, course.mapId, outcome.wave, outcome.score) };
  else if (course.day) news = { record: noteDaily(progress, course.day, outcome), daily: progress.daily };
  else if (outcome.won) news = { opened: noteWin(progress, course.mapId, outcome.stars, outcome.tidy) };
  store();
  go(outcome.won ? 'won' : 'lost');
  showEnd(result, news);
}

function notice(key) {
  const box = byId('notice');
  box.hidden = false;
  box.textContent = t(key);
  setTimeout(() => { box.hidden = true; }, 6000);
}

let told = null;
/** Says once that something could not be read, or cannot be kept. */
function tellTrouble() {
  if (!save.trouble || save.trouble === told) return;
  told = save.trouble;
  notice(told === 'broken' ? 'savedLost' : 'noStore');
}

function store() {
  save.keep();
  tellTrouble();
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

function showDay() {
  const next = dailyCourse(today());
  const kept = save.peekGame('daily');
  go('daily');
  showDaily(next, save.progress.daily, kept?.course.day === next.day ? kept : null);
}

function speak() {
  useLanguage(language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = t('title');
  translate();
  showSettings();
  play.translate();
  if (screen === 'maps') showMaps(save);
  else if (screen === 'paused') showPause();
  else if (screen === 'daily') showDay();
  else if (screen === 'won' || screen === 'lost') showEnd(result, news);
}

async function share() {
  const { day, best } = save.progress.daily;
  const text = shareText(dailyCourse(day), best);
  try {
    await navigator.clipboard.writeText(text);
    notice('copied');
  } catch {
    // Pages over plain http have no clipboard: the text is shown, and copied the old way where that works.
    showShareText(text);
    if (document.execCommand('copy')) notice('copied');
  }
}

const doings = {
  daily: showDay,
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

function again() {
  if (course.day) begin(dailyCourse(course.day), true);
  else if (course.endless) begin(endlessCourse(course.mapId, newSeed()), true);
  else beginMap(course.mapId, true);
}

const ways = {
  resume,
  share,
  shut: () => go(below),
  daily: () => begin(dailyCourse(today())),
  /** From the pause screen a game in progress is lost, so the button asks first. */
  restart(button) {
    if (screen === 'paused' && !button.dataset.sure) {
      button.dataset.sure = 'yes';
      setText(button, t('sureRestart'));
    } else again();
  },
  maps() {
    if (screen === 'paused') play.keep();
    save.leave();
    go('maps');
  },
  next: () => beginMap(MAPS[MAPS.findIndex((map) => map.id === course.mapId) + 1].id),
};

document.addEventListener('click', (event) => {
  sound.open();
  const button = event.target.closest('button');
  if (!button) return;
  const { do: doing, go: way, mapChoice, endless } = button.dataset;
  if (doing) doings[doing]();
  else if (way) ways[way](button);
  else if (mapChoice && usable(button) && isOpen(save.progress, mapChoice)) beginMap(mapChoice);
  else if (endless && save.progress.stars[endless]) begin(endlessCourse(endless, newSeed()));
});
byId('start').addEventListener('click', () => go('maps'));
byId('maps-back').addEventListener('click', () => go('title'));
byId('speed').addEventListener('click', doings.speed);
byId('volume').addEventListener('input', () => {
  save.settings.volume = Number(byId('volume').value) / 100;
  store();
  showSettings();
});

/** One step back: closes a card or a screen. */
function back() {
  if (screen === 'paused') resume();
  else if (screen === 'daily') go(below);
  else if (screen === 'maps') go('title');
  else if (screen === 'won' || screen === 'lost') ways.maps();
}

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
  else if ((screen === 'paused' && key === 'p') || key === 'escape') back();
});

const root = () => (byId('overlay').hidden ? byId(`screen-${screen}`) : byId('overlay'));
const keyFor = { back: 'Escape', hail: 'q', freeze: 'w', wave: 'n' };

/** What a press on a gamepad does; most of it goes the way of the key that does the same. */
function onPad(name) {
  byKey = true;
  const held = document.activeElement;
  if (name.startsWith('Arrow')) {
    if (byId('cells').contains(held)) held.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
    else if (screen === 'play' && (!held || held === body)) play.focusBoard();
    else moveFocus(root(), name);
  } else if (name === 'press') {
    if (root().contains(held) && held !== body) held.click();
    else root().querySelector('.big')?.focus();
  } else if (name === 'pause') {
    if (screen === 'play') pause();
    else back();
  } else if (name === 'speed') doings.speed();
  else if (name === 'back' && screen === 'play') play.key({ key: 'Escape' }) || pause();
  else if (name === 'back') back();
  else if (screen === 'play') play.key({ key: keyFor[name] });
}

// A card that slept over midnight shows the new day's challenge, which is the one it begins.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) pause();
  else if (screen === 'daily') showDay();
});
window.addEventListener('storage', ({ key }) => { if (save.follow(key) && screen === 'maps') showMaps(save); });
window.addEventListener('pagehide', () => { if (screen === 'play') play.keep(); });
document.addEventListener('contextmenu', (event) => event.preventDefault());
byId('cells').addEventListener('touchmove', (event) => event.preventDefault(), { passive: false });
window.addEventListener('resize', () => {
  if (screen === 'title' || below === 'title') title.fit();
  play.fit();
});

const gamepad = createGamepad(onPad);
let before = 0;
function frame(now) {
  const seconds = before ? Math.min(0.25, (now - before) / 1000) : 0;
  before = now;
  gamepad.poll(seconds);
  if (!byId('screen-title').hidden) title.frame(seconds, calm.matches);
  else if (!byId('screen-play').hidden) play.frame(seconds, screen === 'play');
  requestAnimationFrame(frame);
}

play.setCalm(calm.matches);
calm.addEventListener?.('change', () => play.setCalm(calm.matches));
paintPics();
useLanguage(language);
if (!pickUp()) go('title');
speak();
tellTrouble();
requestAnimationFrame(frame);
