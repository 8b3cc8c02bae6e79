// Garden Defense, both editions: `<html data-edition="unlimited">` makes the second one.
// Query parameters: ?lang=en|zh, ?seed=N (the same waves every time), ?speed=N (time runs N times faster, 1 to 20).


import { CHOOSE_FROM, plantsFor } from './rules/levels.js';
import { starsOf } from './rules/game.js';
import { openStore, withWin } from './save.js';
import { createSound } from './sound.js';
import { chooseLanguage, language, setLanguage, t } from './text.js';
import { createBackdrop } from './ui/backdrop.js';
import { el } from './ui/dom.js';
import { Play } from './ui/play.js';
import { bookScreen, chooseScreen, endlessPanel, levelsScreen, lostPanel, pausePanel, titleScreen, wonPanel } from './ui/screens.js';

const query = new URLSearchParams(location.search);
const wholeOf = (name, from, to, otherwise) => {
  const n = Number.parseInt(query.get(name) ?? '', 10);
  return Number.isFinite(n) ? Math.max(from, Math.min(to, n)) : otherwise;
};

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

const edition = document.documentElement.dataset.edition === 'unlimited' ? 'unlimited' : 'standard';
const store = openStore(storage(), edition);
const sound = createSound(store.settings);
const seed = wholeOf('seed', 0, 2 ** 31, null);

const backdrop = el('canvas', { class: 'backdrop', 'aria-hidden': 'true' });
const menu = el('main', { id: 'menu' });
const board = el('main', { id: 'play' });
const overlay = el('div', { id: 'overlay' });
document.getElementById('app').append(backdrop, menu, board, overlay);

let play = null;
let screen = 'title';
let level = 1;
let lastPicks = [];
let result = null;

const app = {
  edition, store, sound, fast: false,
  calm: window.matchMedia('(prefers-reduced-motion: reduce)').matches,
  speed: wholeOf('speed', 1, 20, 1),
  seed: () => seed ?? Math.floor(Math.random() * 2 ** 31),
  show, begin, play: start, resume, redraw,
  again: () => start(level, lastPicks),
  switchLanguage() {
    speak(language() === 'en' ? 'zh' : 'en');
    store.saveSettings({ lang: language() });
    play?.retext();
    redraw('language');
  },
  toggleMute() {
    store.saveSettings({ muted: !store.settings.muted });
    sound.apply();
  },
  setVolume(volume) {
    store.saveSettings({ volume });
    sound.apply();
    sound.play('click');
  },
};
const scenery = createBackdrop(backdrop, app);

function speak(code) {
  setLanguage(code);
  document.documentElement.lang = code === 'zh' ? 'zh-CN' : 'en';
  document.title = t(edition === 'unlimited' ? 'titleUnlimited' : 'title');
}

const menus = { title: titleScreen, levels: levelsScreen, book: bookScreen, choose: (one) => chooseScreen(one, level) };
const panels = {
  paused: () => pausePanel(app, result), won: () => wonPanel(app, result), lost: () => lostPanel(app, result),
  'endless-over': () => endlessPanel(app, result.game, result.best),
};

/** Shows a screen. Menus end the game that was going on; panels lie over it. */
function show(name, detail = null) {
  screen = name;
  result = detail;
  if (menus[name]) {
    play?.end();
    play = null;
  }
  document.body.dataset.screen = name;
  document.body.dataset.level = String(level);
  redraw();
  (menu.querySelector('.big') ?? menu.querySelector('button'))?.focus({ preventScroll: true });
  overlay.querySelector('.big')?.focus({ preventScroll: true });
  scenery.run(Boolean(menus[name]));
  sound.music(name === 'play' || Boolean(menus[name]));
}

/** Builds the menu or panel anew, for another language for instance; `keep` names the control that keeps the focus. */
function redraw(keep) {
  menu.replaceChildren(...(menus[screen] ? [menus[screen](app)] : []));
  overlay.replaceChildren(...(panels[screen] ? [panels[screen]()] : []));
  board.inert = Boolean(panels[screen]);
  if (keep) document.querySelector(`[data-testid="${keep}"]`)?.focus();
}

/** Goes to a level: to the choice of plants when there is one. */
function begin(number) {
  level = number;
  if (number === 0 || number >= CHOOSE_FROM) show('choose');
  else start(number, plantsFor(number, edition));
}

function start(number, picks) {
  level = number;
  lastPicks = picks;
  if (number === 0 || number >= CHOOSE_FROM) store.saveProgress({ ...store.progress, picks });
  play?.end();
  play = null;
  show('play');
  play = new Play(app, board, { level, picks, over, paused: pause });
  play.focus();
}

function pause(why) {
  if (screen !== 'play' || !play) return;
  play.stop();
  show('paused', why);
}

function resume() {
  if (screen !== 'paused') return;
  show('play');
  play.go();
  play.focus();
}

function over(game) {
  if (game.status === 'won') {
    store.saveProgress(withWin(store.progress, level, starsOf(game)));
    return show('won', game);
  }
  if (level) return show('lost', game);
  const stood = Math.max(0, game.wave - 1);
  const best = stood > store.progress.endlessBest;
  if (best) store.saveProgress({ ...store.progress, endlessBest: stood });
  return show('endless-over', { game, best });
}

function layout() {
  const { innerWidth: width, innerHeight: height } = window;
  document.body.dataset.layout = height > width * 1.05 ? 'tall' : width >= 900 && height >= 560 ? 'wide' : 'low';
  scenery.fit();
  play?.fit();
}

window.addEventListener('resize', layout);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) return sound.wake();
  sound.sleep();
  pause('hidden');
});
// The focus ring is for those who use keys; a tap on the beds leaves none behind.
for (const [gesture, input] of [['pointerdown', 'pointer'], ['keydown', 'keys']]) {
  window.addEventListener(gesture, () => { document.body.dataset.input = input; sound.wake(); }, { capture: true, passive: true });
}
document.addEventListener('click', (event) => { if (event.target.closest?.('.button, .round, .level')) sound.play('click'); });
window.addEventListener('keydown', (event) => {
  if (event.target.matches?.('input')) return;
  if (event.key.toLowerCase() === 'm' && !event.ctrlKey && !event.metaKey && !event.altKey) {
    app.toggleMute();
    play?.retext();
    if (screen !== 'play') redraw('menu-mute');
  } else if (screen === 'play') play?.key(event);
  else if (screen === 'paused' && (event.key === 'Escape' || event.key.toLowerCase() === 'p')) {
    event.preventDefault();
    resume();
  } else if (event.key === 'Escape' && screen !== 'title' && menus[screen]) show(screen === 'choose' ? 'levels' : 'title');
});

speak(chooseLanguage(query.get('lang'), store.settings.lang, navigator.languages ?? [navigator.language]));
document.body.dataset.edition = edition;
document.body.dataset.input = 'pointer';
layout();
show('title');
