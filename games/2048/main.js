// Wires the rules to the page.
//
// Query parameters: ?lang=en|zh chooses the language for this visit; ?seed=N makes chance repeatable
// (the N-th new game of a visit uses seed + N - 1).
import { createBlooms } from './bloom.js';
import { createBoard } from './board.js';
import { createCheer } from './cheer.js';
import { dateOf, newDaily, squaresOf } from './daily.js';
import { createQuestion, createSharing, createStatistics } from './dialogs.js';
import { moveFocus } from './focus.js';
import { listenToPads } from './gamepad.js';
import { createHaptics } from './haptics.js';
import { listen } from './input.js';
import { createPetals } from './petals.js';
import { DIRECTIONS, keepGoing, largest, move, newGame, SIZES, status, undo } from './rules.js';
import { createStore } from './save.js';
import { createSound } from './sound.js';
import { recordDaily, recordMove, recoverStatistics } from './statistics.js';
import { chooseLanguage, TEXTS } from './text.js';
import { createTitle } from './title.js';
import { announce, refresh, showGain, showScreen } from './view.js';

const query = new URLSearchParams(location.search);
const get = (id) => document.getElementById(id);
const NOTICE_MS = 4500;
const BIG_TILE = 128; // merges from here on are felt more strongly

const faults = new Map(); // what went wrong with the storage, and whether the player was told
const store = createStore(() => window.localStorage, (fault) => { if (!faults.has(fault)) faults.set(fault, false); });
const settings = store.settings();
let best = store.best();
let statistics = store.statistics() ?? recoverStatistics(SIZES.map((size) => store.game(size)));
const sound = createSound();
const haptics = createHaptics(() => settings.haptics);
let language = chooseLanguage(query.get('lang'), settings.language, navigator.languages ?? [navigator.language]);
let text = TEXTS[language];
let seed = /^\d+$/.test(query.get('seed') ?? '') ? Number(query.get('seed')) : null;
let game = null;
let replaced = null; // the game that "New game" put aside; undo on an untouched board brings it back
let bestAtStart = 0;
let noticeTimer = 0;
let leaving = false; // while the browser goes back to the title's place in its history

document.body.prepend(createBlooms());
const board = createBoard(get('board'), (...place) => text.tile(...place));
const cheer = createCheer(get('board'), createPetals(get('petals')), () => update());
const title = createTitle((size) => {
  saveSettings({ size });
  showTitleChoice();
});
const ask = createQuestion();
const share = createSharing(() => notice(text.copied));
const statisticsDialog = createStatistics(() => ({
  text, statistics, best, today: today(), tab: onTitle() || !game ? settings.size : game.daily ? 'daily' : game.size,
}));

const today = () => dateOf(new Date());
const onTitle = () => document.body.dataset.screen === 'title';

function nextSeed() {
  if (seed === null) return Math.floor(Math.random() * 2 ** 32);
  return seed++;
}

function notice(message) {
  clearTimeout(noticeTimer);
  get('notice').textContent = message;
  get('notice').hidden = false;
  noticeTimer = setTimeout(() => { get('notice').hidden = true; }, NOTICE_MS);
}

function reportFaults() {
  for (const [fault, told] of faults) {
    if (told) continue;
    faults.set(fault, true);
    notice(text[fault]);
  }
}

function saveSettings(changes) {
  Object.assign(settings, changes);
  store.saveSettings(settings);
}

/* screens */

function showTitle() {
  cheer.end();
  showScreen('title');
  saveSettings({ playing: false });
  showTitleChoice();
  get(get('resume').hidden ? 'play' : 'resume').focus();
}

function showTitleChoice() {
  title.show({ text, size: settings.size, saved: runningGame(), daily: runningDaily(), today: today(), best, statistics });
  reportFaults();
}

function goHome() {
  showTitle();
  if (history.state?.screen !== 'play' || leaving) return;
  leaving = true;
  history.back();
}

function runningGame() {
  return game && !game.daily && game.size === settings.size ? game : store.game(settings.size);
}

function runningDaily() {
  const daily = game?.daily ? game : store.daily();
  return daily?.daily === today() ? daily : null;
}

function begin(next, aside = null) {
  cheer.end();
  game = next;
  replaced = aside;
  bestAtStart = best[game.size];
  saveSettings({ playing: game.daily ? 'daily' : true, ...(game.daily ? {} : { size: game.size }) });
  if (history.state?.screen !== 'play' && !leaving) history.pushState({ screen: 'play' }, '');
  board.show(game);
  update();
  store.saveGame(game);
  if (status(game) === 'play') get('board').focus({ preventScroll: true });
  announce({ game, text });
}

function resume(saved) {
  begin(saved, saved.daily || saved.moves > 0 ? null : store.aside(saved.size));
}

async function startAgain() {
  const old = runningGame();
  const losing = old && old.moves > 0 && status(old) === 'play';
  if (losing && !await ask(text.askText(old.score))) return;
  const aside = old && old.moves > 0 && status(old) !== 'lost' ? old : null;
  store.saveAside(settings.size, aside);
  begin(newGame(settings.size, nextSeed()), aside);
  if (aside) notice(text.restarted);
}

/* play */

function act(command) {
  if (onTitle() || document.querySelector('dialog[open]')) return false;
  if (cheer.running) cheer.skip();
  else if (command === 'undo') takeBack();
  else if (command === 'new') {
    if (!game.daily) startAgain();
  } else if (document.body.dataset.screen === 'play') push(command);
  else return false;
  return true;
}

function push(direction) {
  const largestBefore = largest(game);
  const result = move(game, direction);
  if (!result) {
    board.nudge(direction);
    sound.play('blocked');
    haptics.play('blocked');
    return;
  }
  if (replaced) store.saveAside(game.size, null);
  replaced = null;
  board.move(result);
  const top = result.merges.reduce((most, merge) => (merge.value > most.value ? merge : most), { value: 0 });
  sound.play(top.value ? 'merge' : 'slide', top.value);
  if (top.value) haptics.play(top.value >= BIG_TILE ? 'big' : 'merge');
  keepRecords();
  if (result.reached && !game.daily) cheer.feast(`${top.value}!`, top.value, top.at, game.size);
  else if (top.value > largestBefore) cheer.puff(top.value, top.at, game.size);
  teach(top.value);
  showGain(result.gained);
  update();
  store.saveGame(game);
  reportFaults();
  announce({ game, text }, top.value);
  const state = status(game);
  if (state === 'play') return;
  sound.play(state === 'done' ? 'won' : state);
  haptics.play(state === 'done' ? 'won' : state);
}

function keepRecords() {
  if (game.daily) {
    if (status(game) !== 'done') return;
    recordDaily(statistics, game);
  } else {
    recordMove(statistics, game);
    if (game.score > best[game.size]) {
      best[game.size] = game.score;
      store.saveBest(best);
    }
  }
  store.saveStatistics(statistics);
}

function takeBack() {
  if (game.daily) return;
  const merges = undo(game);
  if (merges) {
    board.undo(game, merges);
  } else if (replaced) {
    game = replaced;
    replaced = null;
    store.saveAside(game.size, null);
    board.show(game);
  } else {
    return;
  }
  sound.play('undo');
  update();
  store.saveGame(game);
  get('summary').textContent = text.undone(game.score);
}

function continueGame() {
  keepGoing(game);
  update();
  store.saveGame(game);
  get('board').focus({ preventScroll: true });
}

function shareDaily() {
  const date = text.date(new Date(`${game.daily}T12:00:00Z`));
  const squares = squaresOf(game.cells.map((tile) => tile?.value ?? 0), game.size);
  return share(`${text.result(date, game.size, game.score, largest(game), game.moves)}\n${squares}`);
}

// The lesson goes on by what the player does: a first move, a first merge, a few moves more.
function teach(merged) {
  const { lesson } = settings;
  if (lesson === 0) saveSettings({ lesson: 1 });
  if (settings.lesson === 1 && merged) saveSettings({ lesson: 2 });
  else if (lesson === 2 && game.moves >= 12) saveSettings({ lesson: 3 });
}

function update() {
  if (!game) return;
  refresh({
    game, text, settings, best, statistics, veil: !cheer.running,
    canUndo: game.history.length > 0 || Boolean(replaced),
    newBest: game.score > bestAtStart && bestAtStart > 0,
  });
}

/* language and sound */

function applyLanguage() {
  text = TEXTS[language];
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = text.title;
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = text[element.dataset.text];
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', text[element.dataset.label]);
  get('language').lang = language === 'zh' ? 'en' : 'zh-CN';
  get('notice').hidden = true;
  showSwitches();
  statisticsDialog.show();
  if (game) {
    board.rename();
    if (!onTitle()) {
      update();
      announce({ game, text });
    }
  }
  showTitleChoice();
}

function showSwitches() {
  const set = (id, off, label) => {
    get(id).setAttribute('aria-pressed', off);
    get(id).setAttribute('aria-label', label);
  };
  set('sound', settings.muted, settings.muted ? text.unmute : text.mute);
  set('haptics', !settings.haptics, settings.haptics ? text.hapticsOff : text.hapticsOn);
  get('haptics').hidden = !haptics.supported;
  get('volume').value = Math.round(settings.volume * 100);
  sound.setVolume(settings.muted ? 0 : settings.volume);
}

/* controls */

// A gamepad plays with its cross or stick; everywhere else these move the focus.
function onPad(name) {
  const playing = document.body.dataset.screen === 'play' && !document.querySelector('dialog[open]');
  const dialog = document.querySelector('dialog[open]');
  if (cheer.running) cheer.skip();
  else if (DIRECTIONS.includes(name)) {
    if (playing) act(name);
    else moveFocus(name);
  } else if (name === 'a' && !playing) document.activeElement?.click();
  else if (name === 'b') {
    if (dialog) dialog.close();
    else act('undo');
  } else if (name === 'x') act('undo');
  else if (name === 'y') act('new');
  else if (name === 'start' && !dialog) {
    if (onTitle()) get(get('resume').hidden ? 'play' : 'resume').click();
    else goHome();
  } else if (name === 'select' && !dialog) statisticsDialog.open();
}

function listenToControls() {
  const onClick = (id, action) => get(id).addEventListener('click', action);
  onClick('play', startAgain);
  onClick('resume', () => resume(runningGame()));
  onClick('daily', () => begin(runningDaily() ?? newDaily(today())));
  for (const id of ['home', 'over-home']) onClick(id, goHome);
  for (const id of ['undo', 'over-undo']) onClick(id, () => act('undo'));
  for (const id of ['new', 'again']) onClick(id, () => act('new'));
  onClick('go-on', continueGame);
  onClick('share', shareDaily);
  onClick('statistics-open', statisticsDialog.open);
  onClick('language', () => {
    language = language === 'en' ? 'zh' : 'en';
    saveSettings({ language });
    applyLanguage();
  });
  onClick('sound', () => {
    saveSettings({ muted: !settings.muted });
    showSwitches();
  });
  onClick('haptics', () => {
    saveSettings({ haptics: !settings.haptics });
    showSwitches();
    haptics.play('big');
  });
  get('volume').addEventListener('input', (event) => {
    saveSettings({ volume: event.target.value / 100, muted: event.target.value === '0' });
    showSwitches();
  });
  // After the mouse let go of the slider, the arrow keys belong to the board again.
  get('volume').addEventListener('pointerup', () => get('board').focus({ preventScroll: true }));
  for (const button of document.querySelectorAll('[data-move]')) {
    button.addEventListener('click', () => act(button.dataset.move));
  }
  for (const gesture of ['pointerdown', 'keydown']) document.addEventListener(gesture, sound.wake);
  get('board').addEventListener('pointerdown', () => { if (cheer.running) cheer.skip(); });
  listenToPads(onPad);
}

// Back goes from the board to the title; Forward returns to the game.
window.addEventListener('popstate', ({ state }) => {
  if (leaving) {
    leaving = false;
    if (!onTitle()) history.pushState({ screen: 'play' }, '');
    return;
  }
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
  if (state?.screen !== 'play') showTitle();
  else if (onTitle()) {
    const saved = runningGame();
    if (saved) resume(saved);
  }
});

// Another tab played on: this one follows, so that neither overwrites the other with an older position.
window.addEventListener('storage', ({ key }) => {
  best = store.best();
  statistics = store.statistics() ?? statistics;
  if (!game || key !== store.keyOf(game)) return;
  const newer = game.daily ? store.daily() : store.game(game.size);
  if (!newer || newer.daily !== game.daily) return;
  cheer.end();
  game = newer;
  replaced = null;
  board.show(game);
  if (onTitle()) showTitleChoice();
  else update();
});

// A page that was asleep over midnight shows the new day's challenge.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && onTitle()) showTitleChoice();
});

listenToControls();
listen(get('play-screen'), act);
applyLanguage();
const onBoard = settings.playing || history.state?.screen === 'play';
const saved = settings.playing === 'daily' ? store.daily() : onBoard ? store.game(settings.size) : null;
if (saved) resume(saved);
reportFaults();
