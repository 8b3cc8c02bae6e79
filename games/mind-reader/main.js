// Runs the show from step to step.
//
// Query parameters: ?lang=en|zh chooses the language for this visit; ?seed=N makes the tables repeatable;
// ?speed=N (1 to 20) makes the reading of the mind that many times faster.
import { createHow } from './how.js';
import { createRandom } from './random.js';
import { deal, remember, resultOf } from './rules.js';
import { createStore } from './save.js';
import { createSound } from './sound.js';
import { addSymbols, createStage } from './stage.js';
import { IDS, symbolOf } from './symbols.js';
import { createTable } from './table.js';
import { chooseLanguage, TEXTS } from './text.js';

const STEPS = ['think', 'subtract', 'lookup', 'concentrate', 'reveal'];
const READING_SECONDS = 3.4;
const QUIET_READING_SECONDS = 1.5;
const NOTICE_MS = 4500;

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
let screen = 'title';
let round = null;
let readingTimer = 0;
let noticeTimer = 0;

addSymbols();
const stage = createStage(get('stage'));
const nameOf = (id) => symbolOf(id)[language];
const table = createTable(get('table'), (number, id) => text.cell(number, nameOf(id)));
const how = createHow((...sum) => text.howLines(...sum), () => round?.answer ?? 'star');

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

function keep(changes) {
  Object.assign(memory, changes);
  store.save(memory);
  reportFaults();
}

/* the steps */

function startRound() {
  round = deal(IDS, memory.recent, random);
  round.example = 20 + Math.floor(random() * 79);
  round.words = memory.rounds % text.reveal.texts.length;
  round.wrong = false;
  keep({ recent: remember(memory.recent, round.answer) });
  table.show(round.cells);
  goTo('think');
}

function goTo(next) {
  clearTimeout(readingTimer);
  sound.hush();
  if (screen === 'title' && next !== 'title') sound.play('curtain');
  else if (next !== 'reveal' && next !== 'reading') sound.play('step');
  screen = next;
  show();
  const focus = next === 'title' ? get('begin') : get('go');
  if (!focus.hidden) focus.focus({ preventScroll: true });
}

function readMind() {
  const seconds = (calm.matches ? QUIET_READING_SECONDS : READING_SECONDS) / speed;
  goTo('reading');
  sound.play('reading', seconds);
  readingTimer = setTimeout(() => {
    keep({ rounds: memory.rounds + 1 });
    goTo('reveal');
    sound.play('reveal');
  }, seconds * 1000);
}

function advance() {
  if (screen === 'concentrate') readMind();
  else if (screen === 'reveal') startRound();
  else goTo(STEPS[STEPS.indexOf(screen) + 1]);
}

function admitWrong() {
  round.wrong = true;
  get('go').focus();
  show();
}

/* what the page shows */

function show() {
  document.body.dataset.screen = screen;
  get('title-panel').hidden = screen !== 'title';
  get('step-panel').hidden = screen === 'title';
  get('table').hidden = screen !== 'lookup';
  get('rounds').textContent = text.read(memory.rounds);
  if (screen === 'title') {
    stage.reveal(null);
    get('announcement').textContent = '';
    return;
  }
  const revealed = screen === 'reveal';
  const name = nameOf(round.answer);
  stage.reveal(revealed ? round.answer : null, name);
  const words = text[screen];
  get('step-title').textContent = revealed ? words.title(name) : words.title;
  get('step-text').textContent = revealed ? (round.wrong ? wrongWords() : words.texts[round.words]) : words.text;
  showExample();
  showSteps();
  get('go').hidden = screen === 'reading';
  get('go').textContent = words.go ?? '';
  get('back').hidden = !['subtract', 'lookup', 'concentrate'].includes(screen);
  get('wrong').hidden = !revealed || round.wrong;
  get('announcement').textContent = `${get('step-title').textContent} ${get('step-text').textContent}`;
}

function wrongWords() {
  const number = round.example;
  return text.wrongText(number, Math.floor(number / 10), number % 10, resultOf(number));
}

function showExample() {
  const example = get('example');
  example.hidden = screen !== 'subtract';
  if (example.hidden) return;
  const number = round.example;
  const parts = [number, '−', Math.floor(number / 10), '−', number % 10, '=', resultOf(number)];
  example.replaceChildren(...parts.map((part) => {
    const shown = document.createElement(typeof part === 'number' ? 'b' : 'span');
    shown.textContent = part;
    return shown;
  }));
}

function showSteps() {
  const at = screen === 'reading' ? 3 : STEPS.indexOf(screen);
  [...get('steps').children].forEach((item, index) => {
    item.className = index < at ? 'past' : '';
    item.firstChild.textContent = index < at ? '✓' : index + 1;
    item.lastChild.textContent = text.steps[index];
    if (index === at) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
  });
}

function showVolume() {
  const button = get('sound');
  button.setAttribute('aria-pressed', memory.muted);
  button.setAttribute('aria-label', memory.muted ? text.unmute : text.mute);
  get('volume').value = Math.round(memory.volume * 100);
  sound.setVolume(memory.muted ? 0 : memory.volume);
}

function applyLanguage() {
  text = TEXTS[language];
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = text.title;
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = text[element.dataset.text];
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', text[element.dataset.label]);
  get('notice').hidden = true;
  showVolume();
  table.rename();
  how.show();
  show();
}

/* beginning */

function listenToControls() {
  const onClick = (id, action) => get(id).addEventListener('click', action);
  onClick('begin', startRound);
  onClick('go', advance);
  onClick('back', () => goTo(STEPS[STEPS.indexOf(screen) - 1]));
  onClick('wrong', admitWrong);
  onClick('home', () => goTo('title'));
  onClick('how-open', how.open);
  onClick('language', () => {
    language = language === 'en' ? 'zh' : 'en';
    keep({ language });
    applyLanguage();
  });
  onClick('sound', () => {
    keep({ muted: !memory.muted });
    showVolume();
  });
  get('volume').addEventListener('input', (event) => {
    keep({ volume: event.target.value / 100, muted: event.target.value === '0' });
    showVolume();
  });
  for (const gesture of ['pointerdown', 'keydown']) document.addEventListener(gesture, sound.wake);
}

for (const _ of STEPS) {
  const item = document.createElement('li');
  item.append(document.createElement('i'), document.createElement('span'));
  get('steps').append(item);
}
document.body.style.setProperty('--reading', `${READING_SECONDS / speed}s`);
listenToControls();
applyLanguage();
reportFaults();
