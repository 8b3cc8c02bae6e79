// Garden Defense, both editions: `<html data-edition="unlimited">` makes the second one.
// Query parameters: ?lang=en|zh, ?seed=N (the same waves every time), ?speed=N (time runs N times faster, 1 to 20).
import { createGame, starsOf } from './rules/game.js';
import { CHOOSE_FROM } from './rules/levels.js';
import { seedOf, specFor } from './rules/daily.js';
import { brassFor, buy } from './rules/shop.js';
import { openStore, withDay, withResult, withStats, withWin } from './save.js';
import { createSound } from './sound.js';
import { chooseLanguage, gardenRules, language, setLanguage, setUpright, t } from './text.js';
import { createBackdrop } from './ui/backdrop.js';
import { bookScreen, chooseScreen, knownPlants } from './ui/choose.js';
import { el } from './ui/dom.js';
import { moveFocus, watchGamepads } from './ui/gamepad.js';
import { dailyScreen, levelsScreen, shopScreen, statsScreen, titleScreen } from './ui/menus.js';
import { anotherPanel, endlessPanel, lostPanel, pausePanel, wonPanel } from './ui/panels.js';
import { Play } from './ui/play.js';

/** A game that was on the screen this many milliseconds ago is gone on with at once; an older one waits on the title. */
const FRESH = 30 * 60_000;

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
document.getElementById('app').replaceChildren(backdrop, menu, board, overlay);

let play = null;
let kept = store.loadGame();
let screen = 'title';
let chosen = null;
let result = null;

const app = {
  edition, store, sound, fast: false, coarse: 0,
  calm: window.matchMedia('(prefers-reduced-motion: reduce)').matches,
  speed: wholeOf('speed', 1, 20, 1),
  show, begin, resume, redraw, play: start, leave,
  specFor: (id) => specFor(id, edition),
  gardenRules: (spec) => gardenRules(spec, edition),
  known: () => knownPlants(store.progress, edition),
  kept: () => kept,
  again: () => start(play?.game.id ?? chosen.id, play?.game.picks ?? []),
  continueGame() {
    if (kept) enter(kept, true);
  },
  buy(id) {
    const progress = buy(store.progress, id);
    if (!progress) return sound.play('no');
    store.saveProgress(progress);
    sound.play('won');
    return redraw('back');
  },
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
const scenery = createBackdrop(backdrop);

function speak(code) {
  setLanguage(code);
  document.documentElement.lang = code === 'zh' ? 'zh-CN' : 'en';
  document.title = t(edition === 'unlimited' ? 'titleUnlimited' : 'title');
}

const menus = {
  title: titleScreen, levels: levelsScreen, book: bookScreen, shop: shopScreen, stats: statsScreen, daily: dailyScreen, choose: (one) => chooseScreen(one, chosen),
};
const panels = {
  another: () => anotherPanel(app, result), paused: () => pausePanel(app, result), won: () => wonPanel(app, result), lost: () => lostPanel(app, result), 'endless-over': () => endlessPanel(app, result),
};

/** Draws the picture behind the menus once they themselves have been painted. */
const paintScenery = () => requestAnimationFrame(() => setTimeout(() => { if (menus[screen]) scenery.fit(); }));

/** Shows a screen. Menus close the board; panels lie over it. */
function show(name, detail = null) {
  screen = name;
  result = detail;
  if (menus[name]) {
    play?.close();
    play = null;
    paintScenery();
  }
  document.body.dataset.screen = name;
  redraw();
  (menu.querySelector('.big') ?? menu.querySelector('button'))?.focus({ preventScroll: true });
  overlay.querySelector('.big')?.focus({ preventScroll: true });
  sound.music(name === 'play' || Boolean(menus[name]));
}

/** Builds the menu or panel anew, for another language for instance; `keep` names the control that keeps the focus. */
function redraw(keep) {
  menu.replaceChildren(...(menus[screen] ? [menus[screen](app)] : []));
  overlay.replaceChildren(...(panels[screen] ? [panels[screen]()] : []));
  board.inert = Boolean(panels[screen]);
  if (keep) document.querySelector(`[data-testid="${keep}"]`)?.focus();
}

/** Goes to a game by its id: to the choice of plants when there is one. */
function begin(id) {
  chosen = specFor(id, edition);
  if (chosen.picks) start(id, chosen.picks);
  else if (chosen.kind === 'level' && chosen.level < CHOOSE_FROM) start(id, app.known().slice(0, chosen.slots));
  else show('choose');
}

/** Starts a new game; when it would take the place of one that is kept, asks first. */
function start(id, picks) {
  if (kept) return show('another', () => { kept = null; start(id, picks); });
  const spec = specFor(id, edition);
  if (!spec.picks && !(spec.kind === 'level' && spec.level < CHOOSE_FROM)) store.saveProgress({ ...store.progress, picks });
  const own = spec.kind === 'daily' ? seedOf(id) : seed ?? Math.floor(Math.random() * 2 ** 31);
  return enter(createGame({ id, edition, picks, seed: own, perks: store.progress.perks }), false);
}

/** Puts a game on the board: a new one begins, a kept one goes on after a count of three. */
function enter(game, again) {
  chosen = game.spec;
  play?.close();
  play = null;
  kept = null;
  document.body.dataset.level = String(game.level);
  show(again ? 'count' : 'play');
  const first = game.level === 1 || game.spec.special === 'hands' || (edition === 'unlimited' && !store.progress.stats.games);
  play = new Play(app, board, { game, first: first && !again, decided: decide, over, paused: pause, counted: () => show('play') });
  if (again) play.count();
  else play.open();
  play.save();
  play.focus();
}

function pause(why) {
  if (!['play', 'count'].includes(screen) || !play || play.end) return;
  play.stop();
  play.save();
  show('paused', why);
}

function resume() {
  if (screen !== 'paused') return;
  show('count');
  play.count();
  play.focus();
}

/** Leaves a game that can be gone on with later. */
function leave() {
  play?.save(true);
  const game = play?.game;
  show('title');
  kept = game?.status === 'play' ? game : null;
  redraw('continue');
}

/** Counts a decided game at once; its panel comes later. */
function decide(game) {
  store.saveGame(null);
  const { spec } = game;
  const mini = spec.kind === 'mini';
  const before = mini ? store.progress.minis[spec.special] ?? 0 : store.progress.stars[spec.level] ?? 0;
  const stars = game.status === 'won' ? starsOf(game) : 0;
  const brass = edition === 'standard' ? brassFor(game, stars, before) : 0;
  const first = spec.kind === 'level' && game.status === 'won' && store.progress.open <= spec.level;
  let progress = withStats({ ...store.progress, brass: store.progress.brass + brass }, game);
  let best = false;
  const day = spec.kind === 'daily' ? spec.id.slice('daily-'.length) : null;
  if (stars && mini) progress.minis = { ...progress.minis, [spec.special]: Math.max(before, stars) };
  else if (stars) progress = withWin(progress, spec.level, stars);
  const wave = Math.max(0, game.wave - 1);
  if (day) {
    best = game.score > (progress.daily[day]?.score ?? 0);
    progress = withDay(progress, day, wave, game.score);
  } else if (spec.kind === 'endless') ({ progress, best } = withResult(progress, spec.gardenId, wave, game.score));
  store.saveProgress(progress);
  result = { game, brass, best, first, day };
}

function over(game) {
  show(game.waves ? game.status : 'endless-over', result);
}

function layout() {
  const { innerWidth: width, innerHeight: height } = window;
  const tall = height > width * 1.05;
  document.body.dataset.layout = tall ? 'tall' : width >= 900 && height >= 560 ? 'wide' : 'low';
  setUpright(tall);
  if (menus[screen]) {
    if (document.body.dataset.screen !== 'loading') paintScenery();
    if (tall !== layout.tall) redraw();
  }
  layout.tall = tall;
  play?.fit();
  play?.retext();
}

function fromPad(name) {
  document.body.dataset.input = 'keys';
  sound.wake();
  if (screen === 'play') return play?.pad(name);
  const root = panels[screen] ? overlay : menu;
  if (name.startsWith('Arrow')) return moveFocus(root, name);
  if (name === 'act') return root.contains(document.activeElement) ? document.activeElement.click() : root.querySelector('button')?.click();
  if (name === 'back' || name === 'start') return screen === 'paused' ? resume() : name === 'back' && goBack();
  return undefined;
}

function goBack() {
  if (screen === 'another' || (screen !== 'title' && menus[screen])) show(screen === 'choose' ? 'levels' : 'title');
}

window.addEventListener('resize', layout);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) return sound.wake();
  sound.sleep();
  return pause('hidden');
});
// Another tab plays on: a menu shows what is kept now. The choice of plants stays as it is.
window.addEventListener('storage', ({ key }) => {
  if (!store.follow(key) || !menus[screen]) return;
  kept = store.loadGame();
  if (screen !== 'choose') redraw(document.activeElement?.dataset.testid);
});
// A paused game was saved when it stopped; another tab may have played it on since.
window.addEventListener('pagehide', () => { if (screen === 'play' && play && !play.end) play.save(); });
// The focus ring is for those who use keys; a tap on the beds leaves none behind.
for (const [gesture, input] of [['pointerdown', 'pointer'], ['keydown', 'keys']]) {
  window.addEventListener(gesture, () => { document.body.dataset.input = input; sound.wake(); }, { capture: true, passive: true });
}
document.addEventListener('click', (event) => { if (event.target.closest?.('.button, .round, .level')) sound.play('click'); });
window.addEventListener('keydown', (event) => {
  if (event.target.matches?.('input, textarea')) return;
  if (event.key.toLowerCase() === 'm' && !event.ctrlKey && !event.metaKey && !event.altKey) {
    app.toggleMute();
    play?.retext();
    if (screen !== 'play') redraw('menu-mute');
  } else if (screen === 'play' || screen === 'count') play?.key(event);
  else if (screen === 'paused' && (event.key === 'Escape' || event.key.toLowerCase() === 'p')) {
    event.preventDefault();
    resume();
  } else if (event.key === 'Escape') goBack();
});
watchGamepads(fromPad);

speak(chooseLanguage(query.get('lang'), store.settings.lang, navigator.languages ?? [navigator.language]));
document.body.dataset.edition = edition;
document.body.dataset.input = 'pointer';
layout();
if (kept && !kept.left && Date.now() - kept.saved < FRESH) enter(kept, true);
else show('title');
