// Runs the show from screen to screen.
//
// Query parameters: ?lang=en|zh chooses the language for this visit; ?seed=N makes chance repeatable;
// ?speed=N (1 to 20) makes the reading of the mind that many times faster.
import { beatsOf, SECONDS } from './beats.js';
import { createBoards } from './boards.js';
import { createBook, createSharing } from './book.js';
import { dateOf } from './daily.js';
import { createDuelPlay } from './duelplay.js';
import { moveFocus } from './focus.js';
import { listenToPads } from './gamepad.js';
import { createHow } from './how.js';
import { boardOf, nameOf, panelOf, stepsOf } from './panel.js';
import { createRandom } from './random.js';
import { createStore } from './save.js';
import { advance, answer, begin, finding, goBack, rememberRound, TRICKS } from './show.js';
import { createSound } from './sound.js';
import { addSymbols, createStage } from './stage.js';
import { symbolOf } from './symbols.js';
import { createTable } from './table.js';
import { chooseLanguage, TEXTS } from './text.js';
import { buildTricks, showButtons, showExample, showSteps, showTitle } from './view.js';

const NOTICE_MS = 4500;
const PEEK_MS = 2000; // how long a key press or a gamepad shows the answer to the performer

const query = new URLSearchParams(location.search);
const get = (id) => document.getElementById(id);
const speed = Math.min(20, Math.max(1, Number(query.get('speed')) || 1));
const seed = /^\d+$/.test(query.get('seed') ?? '') ? Number(query.get('seed')) : Math.floor(Math.random() * 2 ** 32);
const random = createRandom(seed);
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');

const faults = new Map(); // what went wrong with the storage, and whether the player was told
const store = createStore(() => window.localStorage, (fault) => { if (!faults.has(fault)) faults.set(fault, false); });
const memory = store.load();
const sound = createSound();
let language = chooseLanguage(query.get('lang'), memory.language, navigator.languages ?? [navigator.language]);
let text = TEXTS[language];
let place = null; // where the player is: null for the title, 'show', 'duel' or 'duel-daily'
let state = null; // the trick
let before = null; // where the player was before the title, for Forward
let timers = []; // the beats of a reading
let noticeTimer = 0;
let peekTimer = 0;
let leaving = false; // while the browser goes back to the title's place in its history
const last = {}; // by trick, the last round that succeeded

addSymbols();
const stage = createStage(get('stage'));
const table = createTable(get('table'), (number, id) => text.cell(number, symbolOf(id)[language]));
const boards = createBoards(get('board'), (value) => (state.screen === 'astray' ? claim(value) : give(value)));
const how = createHow(() => ({ text, reads: memory.reads, last }));
const book = createBook(() => ({ text, memory, today: today() }));
const share = createSharing(() => notice(text.duel.copied));
const today = () => dateOf(new Date());
const duels = createDuelPlay({
  store, sound, memory, keep, share, today,
  words: () => ({ text, language }),
  seed: () => Math.floor(random() * 2 ** 32),
  playing: () => Boolean(place?.startsWith('duel')),
  open(duel) {
    enter(duel.date ? 'duel-daily' : 'duel');
    show();
  },
  say(words) { get('announcement').textContent = words; },
});

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

function keep(changes = {}) {
  Object.assign(memory, changes);
  store.save(memory);
  reportFaults();
}

/* where the player is */

function enter(next) {
  if (place === null) sound.play('curtain');
  place = next;
  store.savePlace(place);
  if (history.state?.screen !== 'play' && !leaving) history.pushState({ screen: 'play' }, '');
}

function toTitle() {
  stopReading();
  before = place;
  place = null;
  store.savePlace(null);
  show();
  get('tricks').firstChild.focus({ preventScroll: true });
}

function goHome() {
  toTitle();
  if (history.state?.screen !== 'play' || leaving) return;
  leaving = true;
  history.back();
}

function startTrick(trick) {
  stopReading();
  state = begin(trick, memory.friend, memory.recent, random);
  rememberRound(memory.recent, state);
  keep();
  enter('show');
  turn('step');
}

/** Returns to where the player was before a refresh, or by Forward. */
function resume() {
  const at = store.place();
  if (at === 'show') state = store.show();
  if (!at || !(at === 'show' ? state : duels.resume(at === 'duel-daily'))) return;
  enter(at);
  show();
}

/* a trick */

/** Shows the next screen, saves, and puts the focus where the player goes on. */
function turn(noise) {
  if (noise) sound.play(noise);
  store.saveShow(state);
  show();
  const target = get('choices').querySelector('.big') ?? get('board').querySelector('button:not(:disabled)');
  target?.focus({ preventScroll: true });
}

function give(value) {
  answer(state, value);
  turn('step');
}

function claim(value) {
  state.claim = value;
  turn('step');
}

const ACTIONS = {
  go() {
    if (state.screen === 'lucky') state.round.lucky = Number(get('choose').value);
    advance(state);
    if (state.screen === 'reading') readMind();
    else turn('step');
  },
  back() {
    goBack(state);
    turn('step');
  },
  yes: () => give(true),
  no: () => give(false),
  claim: () => claim(Number(get('choose').value)),
  accept() {
    state.accepted = true;
    memory.reads[state.trick] += 1;
    last[state.trick] = { round: state.round, answers: state.answers, found: finding(state) };
    keep();
    turn('applause');
  },
  astray() {
    state.screen = 'astray';
    state.claim = null;
    turn('astray');
  },
  again: () => startTrick(state.trick),
  title: goHome,
  how: () => how.open(state.trick),
};

function stopReading() {
  timers.forEach(clearTimeout);
  timers = [];
  sound.hush();
}

function readMind() {
  const seconds = (calm.matches ? SECONDS / 2 : SECONDS) / speed;
  stopReading();
  document.querySelector('.ball').style.setProperty('--reading', `${seconds}s`);
  turn();
  sound.play('reading', seconds);
  for (const { at, say, show: seen } of beatsOf(state, random)) {
    timers.push(setTimeout(() => {
      if (say) {
        const [name, detail] = Array.isArray(say) ? say : [say];
        get('step-text').textContent = text.say[name](detail);
        if (!Array.isArray(say)) get('announcement').textContent = get('step-text').textContent;
      }
      if (seen !== undefined && !calm.matches) {
        stage.reveal(seen);
        sound.play('tick', at);
      }
    }, at * seconds * 1000));
  }
  timers.push(setTimeout(() => {
    timers = [];
    advance(state);
    turn('reveal');
  }, seconds * 1000));
}

function peek(on) {
  clearTimeout(peekTimer);
  if (state?.screen !== 'handback' && on) return;
  get('stage').classList.toggle('peeking', on);
  stage.reveal(on ? finding(state) : null);
}

/* what the page shows */

function show() {
  const inShow = place === 'show';
  const inDuel = Boolean(place) && !inShow;
  document.body.dataset.screen = inShow ? state.screen : inDuel ? 'duel' : 'title';
  const board = inShow ? boardOf(state) : null;
  document.body.dataset.layout = board ? 'board' : inShow ? 'panel' : inDuel ? 'duel' : 'title';
  get('title-panel').hidden = Boolean(place);
  get('step-panel').hidden = !inShow;
  get('duel-panel').hidden = !inDuel;
  table.toggle(board === 'table');
  get('how-open').hidden = inShow ? !memory.reads[state.trick] : inDuel || TRICKS.every((trick) => !memory.reads[trick]);
  get('book-open').hidden = inShow;
  get('peek').hidden = !inShow || state.screen !== 'handback';
  peek(false);
  boards.show(board, state, text, language);
  if (!place) {
    showTitle({ text, memory, duelLine: duels.line() });
    get('announcement').textContent = '';
  } else if (inDuel) duels.show();
  else showTrick();
}

function showTrick() {
  const read = memory.reads[state.trick];
  const panel = panelOf(state, text, language, read);
  const revealed = state.screen === 'reveal' || (state.screen === 'astray' && state.claim === null && state.trick !== 'nines');
  stage.reveal(revealed ? finding(state) : null);
  if (state.trick === 'nines') table.show(state.round.cells);
  get('step-title').textContent = panel.title;
  get('step-text').textContent = panel.text ?? '';
  document.body.classList.toggle('accepted', Boolean(state.accepted));
  showExample(panel.example);
  showSteps(stepsOf(state, text), ['brief', 'hand'].includes(state.screen));
  const chooser = get('chooser');
  chooser.hidden = !panel.chooser;
  if (panel.chooser) {
    [get('choose').min, get('choose').max] = panel.chooser;
    get('choose').value = state.screen === 'lucky' ? state.round.lucky : 47;
    get('chosen').textContent = get('choose').value;
  }
  showButtons(panel.buttons, (action) => ACTIONS[action]());
  if (revealed) get('announcement').textContent = `${text.shown(nameOf(finding(state), language, text))}. ${panel.text}`;
  else get('announcement').textContent = `${panel.title} ${panel.text ?? ''}`;
}

function showSwitches() {
  get('sound').setAttribute('aria-pressed', memory.muted);
  get('sound').setAttribute('aria-label', memory.muted ? text.unmute : text.mute);
  get('volume').value = Math.round(memory.volume * 100);
  sound.setVolume(memory.muted ? 0 : memory.volume);
}

function applyLanguage() {
  text = TEXTS[language];
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = text.title;
  get('language').lang = language === 'zh' ? 'en' : 'zh-CN';
  const named = { ...text, duelBoard: text.duel.board, duelPalette: text.duel.palette };
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = named[element.dataset.text];
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', named[element.dataset.label]);
  for (const [id, name] of [['duel-clear', 'clear'], ['duel-ask', 'ask'], ['duel-share', 'share'], ['duel-free', 'free'], ['duel-harder', 'harder'], ['copy-title', 'shareByHand']]) {
    get(id).textContent = text.duel[name];
  }
  [get('legend-exact').textContent, get('legend-near').textContent] = text.duel.legend;
  get('notice').hidden = true;
  showSwitches();
  table.rename();
  how.show();
  book.show();
  show();
}

/* controls */

function onPad(name) {
  const dialog = document.querySelector('dialog[open]');
  if (['up', 'down', 'left', 'right'].includes(name)) moveFocus(name);
  else if (name === 'a') document.activeElement?.click();
  else if (name === 'b' && dialog) dialog.close();
  else if (name === 'b' && place === 'show') ACTIONS.back();
  else if (name === 'b' && place) duels.clear(null);
  else if (name === 'x' && place?.startsWith('duel')) duels.ask();
  else if (name === 'start' && place && !dialog) goHome();
  else if (name === 'select' && !dialog && !place) book.open();
}

function listenToChooser() {
  const shown = () => {
    get('chosen').textContent = get('choose').value;
    if (state?.screen !== 'lucky') return;
    state.round.lucky = Number(get('choose').value);
    store.saveShow(state);
  };
  const step = (by) => {
    get('choose').value = Number(get('choose').value) + by;
    shown();
  };
  get('choose').addEventListener('input', shown);
  get('choose-less').addEventListener('click', () => step(-1));
  get('choose-more').addEventListener('click', () => step(1));
}

function listenToPeek() {
  get('peek').addEventListener('pointerdown', (event) => {
    event.preventDefault();
    peek(true);
  });
  for (const name of ['pointerup', 'pointercancel', 'pointerleave', 'contextmenu']) {
    get('peek').addEventListener(name, (event) => {
      if (name === 'contextmenu') event.preventDefault();
      else peek(false);
    });
  }
  // A key or a gamepad cannot be held: it shows the answer for a moment.
  get('peek').addEventListener('click', ({ detail }) => {
    if (detail !== 0) return;
    peek(true);
    peekTimer = setTimeout(() => peek(false), PEEK_MS);
  });
}

function listenToControls() {
  const onClick = (id, action) => get(id).addEventListener('click', action);
  onClick('home', goHome);
  onClick('how-open', () => how.open(place === 'show' ? state.trick : null));
  onClick('book-open', book.open);
  for (const [id, friend] of [['mode-self', false], ['mode-friend', true]]) {
    onClick(id, () => {
      keep({ friend });
      show();
    });
  }
  onClick('language', () => {
    language = language === 'en' ? 'zh' : 'en';
    keep({ language });
    applyLanguage();
  });
  onClick('sound', () => {
    keep({ muted: !memory.muted });
    showSwitches();
  });
  get('volume').addEventListener('input', (event) => {
    keep({ volume: event.target.value / 100, muted: event.target.value === '0' });
    showSwitches();
  });
  for (const gesture of ['pointerdown', 'keydown']) document.addEventListener(gesture, sound.wake);
  listenToChooser();
  listenToPeek();
  listenToPads(onPad);
}

// Back goes from the stage to the title; Forward returns to the trick or the duel.
window.addEventListener('popstate', (event) => {
  if (leaving) {
    leaving = false;
    if (place) history.pushState({ screen: 'play' }, '');
    return;
  }
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
  if (event.state?.screen === 'play') {
    if (place || !before) return;
    store.savePlace(before);
    resume();
  } else toTitle();
});

// What another tab remembered is remembered here, so that this one does not write an older memory over it.
window.addEventListener('storage', ({ key }) => {
  if (!store.follow(key, memory)) return;
  showSwitches();
  book.show();
  if (!place) show();
});

// A page that was asleep over midnight shows the new day's duel.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !place) show();
});

buildTricks(get('tricks'), startTrick);
listenToControls();
applyLanguage();
resume();
reportFaults();
