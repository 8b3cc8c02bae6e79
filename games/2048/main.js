// Wires the rules to the page.
//
// Query parameters: ?lang=en|zh chooses the language for this visit; ?seed=N makes chance repeatable
// (the N-th new game of a visit uses seed + N - 1).
import { bloom, createBlooms, powerOf } from './bloom.js';
import { createBoard } from './board.js';
import { listen } from './input.js';
import { goalOf, keepGoing, largest, move, newGame, SIZES, status, undo } from './rules.js';
import { createStore } from './save.js';
import { createSound } from './sound.js';
import { chooseLanguage, TEXTS } from './text.js';

const query = new URLSearchParams(location.search);
const get = (id) => document.getElementById(id);
const NOTICE_MS = 4500;

const faults = new Map(); // what went wrong with the storage, and whether the player was told
const store = createStore(() => window.localStorage, (fault) => { if (!faults.has(fault)) faults.set(fault, false); });
const settings = store.settings();
const best = store.best();
const sound = createSound();
let language = chooseLanguage(query.get('lang'), settings.language, navigator.languages ?? [navigator.language]);
let text = TEXTS[language];
let seed = /^\d+$/.test(query.get('seed') ?? '') ? Number(query.get('seed')) : null;
let game = null;
let replaced = null; // the game that "new game" put aside; undo on an untouched board brings it back
let bestAtStart = 0;
let noticeTimer = 0;

document.body.prepend(createBlooms());
const board = createBoard(get('board'), (...place) => text.tile(...place));

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

function showScreen(name) {
  document.body.dataset.screen = name;
  get('title-screen').hidden = name !== 'title';
  get('play-screen').hidden = name === 'title';
}

function showTitle() {
  showScreen('title');
  saveSettings({ playing: false });
  showTitleChoice();
  get(get('resume').hidden ? 'play' : 'resume').focus();
}

function showTitleChoice() {
  const { size } = settings;
  for (const label of document.querySelectorAll('.sizes label')) {
    const input = label.querySelector('input');
    input.checked = Number(input.value) === size;
    label.classList.toggle('chosen', input.checked);
  }
  const saved = runningGame();
  get('resume').hidden = !saved || saved.moves === 0 || status(saved) === 'lost';
  get('play').textContent = get('resume').hidden ? text.play : text.newGame;
  get('play').classList.toggle('plain', !get('resume').hidden);
  get('goal').textContent = text.goalIs(goalOf(size));
  get('title-best').textContent = text.bestOf(best[size]);
  reportFaults();
}

function runningGame() {
  return game && game.size === settings.size ? game : store.game(settings.size);
}

function begin(next) {
  game = next;
  bestAtStart = best[game.size];
  showScreen('play');
  saveSettings({ playing: true, size: game.size });
  board.show(game);
  refresh();
  store.saveGame(game);
  get('board').focus({ preventScroll: true });
  announce({});
}

function startAgain() {
  const old = runningGame();
  begin(newGame(settings.size, nextSeed()));
  replaced = old && old.moves > 0 && status(old) !== 'lost' ? old : null;
  refresh();
  if (replaced) notice(text.restarted);
}

/* play */

function act(command) {
  const screen = document.body.dataset.screen;
  if (screen === 'title') return false;
  if (command === 'undo') takeBack();
  else if (command === 'new') startAgain();
  else if (screen === 'play') push(command);
  else return false;
  return true;
}

function push(direction) {
  const result = move(game, direction);
  if (!result) {
    board.nudge(direction);
    sound.play('blocked');
    return;
  }
  replaced = null;
  board.move(result);
  const merged = result.merges.reduce((most, { value }) => Math.max(most, value), 0);
  if (merged) sound.play('merge', merged);
  else sound.play('slide');
  if (game.score > best[game.size]) {
    best[game.size] = game.score;
    store.saveBest(best);
  }
  teach(merged);
  showGain(result.gained);
  refresh();
  store.saveGame(game);
  reportFaults();
  announce({ merged });
  const state = status(game);
  if (state !== 'play') sound.play(state);
}

function takeBack() {
  const merges = undo(game);
  if (merges) {
    board.undo(game, merges);
  } else if (replaced) {
    game = replaced;
    replaced = null;
    board.show(game);
  } else {
    return;
  }
  sound.play('undo');
  refresh();
  store.saveGame(game);
  get('summary').textContent = text.undone(game.score);
}

function continueGame() {
  keepGoing(game);
  refresh();
  store.saveGame(game);
  get('board').focus({ preventScroll: true });
}

// The lesson goes on by what the player does: a first move, a first merge, a few moves more.
function teach(merged) {
  const { lesson } = settings;
  if (lesson === 0) saveSettings({ lesson: 1 });
  if (settings.lesson === 1 && merged) saveSettings({ lesson: 2 });
  else if (lesson === 2 && game.moves >= 12) saveSettings({ lesson: 3 });
}

function showGain(gained) {
  if (!gained) return;
  const gain = get('gain');
  gain.textContent = `+${gained}`;
  gain.classList.remove('rise');
  void gain.offsetWidth;
  gain.classList.add('rise');
}

/* what the page says */

function announce({ merged = 0 }) {
  const empty = game.cells.filter((tile) => !tile).length;
  const state = status(game);
  const ending = state === 'play' ? '' : `${get('over-title').textContent} `;
  get('summary').textContent = ending + text.summary({ merged, score: game.score, largest: largest(game), empty });
}

function refresh() {
  const state = status(game);
  get('score').textContent = game.score;
  get('best').textContent = best[game.size];
  get('undo').disabled = game.history.length === 0 && !replaced;
  get('board').setAttribute('aria-label', text.board(game.size));
  get('lesson').textContent = text.lesson[settings.lesson] ?? '';
  get('hand').toggleAttribute('hidden', settings.lesson > 0);
  showChain();
  const wasOver = !get('over').hidden;
  showScreen(state);
  get('over').hidden = state === 'play';
  if (state === 'play') return;
  const won = state === 'won';
  get('over-title').textContent = won ? text.wonTitle(goalOf(game.size)) : text.lostTitle;
  get('over-text').textContent = won ? text.wonText(game.moves) : text.lostText(game.score, largest(game));
  get('over-best').hidden = !(game.score > bestAtStart && bestAtStart > 0);
  get('go-on').hidden = !won;
  get('over-undo').hidden = won;
  if (!wasOver) get(won ? 'go-on' : 'again').focus({ preventScroll: true });
}

// The way to the goal as a row of flowers; those already made are lit.
function showChain() {
  const chain = get('chain');
  const length = powerOf(goalOf(game.size));
  if (chain.children.length !== length) {
    chain.replaceChildren(...Array.from({ length }, (_, index) => {
      const item = document.createElement('li');
      item.append(bloom(2 ** (index + 1)));
      return item;
    }));
  }
  const most = powerOf(largest(game));
  [...chain.children].forEach((item, index) => { item.className = index < most ? `made power-${index + 1}` : ''; });
}

function applyLanguage() {
  text = TEXTS[language];
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = text.title;
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = text[element.dataset.text];
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', text[element.dataset.label]);
  for (const input of document.querySelectorAll('.sizes input')) input.setAttribute('aria-label', text.sizeName(input.value));
  get('notice').hidden = true;
  showVolume();
  if (game) {
    board.rename();
    if (document.body.dataset.screen !== 'title') {
      refresh();
      announce({});
    }
  }
  showTitleChoice();
}

function showVolume() {
  const button = get('sound');
  button.setAttribute('aria-pressed', settings.muted);
  button.setAttribute('aria-label', settings.muted ? text.unmute : text.mute);
  get('volume').value = Math.round(settings.volume * 100);
  sound.setVolume(settings.muted ? 0 : settings.volume);
}

/* the parts that are built once */

function buildSizes() {
  for (const size of SIZES) {
    const label = document.createElement('label');
    const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'size', value: size });
    const step = 40 / size;
    let squares = '';
    for (let cell = 0; cell < size * size; cell++) {
      squares += `M${(cell % size) * step + 1} ${Math.floor(cell / size) * step + 1}h${step - 2}v${step - 2}h${2 - step}Z`;
    }
    label.innerHTML = `<svg viewBox="0 0 40 40" aria-hidden="true"><path d="${squares}"/></svg><span>${size}×${size}</span>`;
    label.prepend(input);
    input.addEventListener('change', () => {
      saveSettings({ size });
      showTitleChoice();
    });
    document.querySelector('.sizes').append(label);
  }
}

function buildLogo() {
  for (const [digit, power] of [['2', 5], ['0', 7], ['4', 9], ['8', 11]]) {
    const tile = document.createElement('span');
    tile.className = `tile power-${power}`;
    tile.style.setProperty('--digits', 2);
    const face = document.createElement('span');
    face.className = 'face';
    const number = document.createElement('span');
    number.textContent = digit;
    face.append(bloom(2 ** power), number);
    tile.append(face);
    document.querySelector('.logo').append(tile);
  }
}

function listenToControls() {
  const onClick = (id, action) => get(id).addEventListener('click', action);
  onClick('play', startAgain);
  onClick('resume', () => begin(runningGame()));
  onClick('home', showTitle);
  onClick('undo', () => act('undo'));
  onClick('over-undo', () => act('undo'));
  onClick('new', () => act('new'));
  onClick('again', () => act('new'));
  onClick('go-on', continueGame);
  onClick('language', () => {
    language = language === 'en' ? 'zh' : 'en';
    saveSettings({ language });
    applyLanguage();
  });
  onClick('sound', () => {
    saveSettings({ muted: !settings.muted });
    showVolume();
  });
  get('volume').addEventListener('input', (event) => {
    saveSettings({ volume: event.target.value / 100, muted: event.target.value === '0' });
    showVolume();
  });
  // After the mouse let go of the slider, the arrow keys belong to the board again.
  get('volume').addEventListener('pointerup', () => get('board').focus({ preventScroll: true }));
  for (const button of document.querySelectorAll('[data-move]')) {
    button.addEventListener('click', () => act(button.dataset.move));
  }
  for (const gesture of ['pointerdown', 'keydown']) document.addEventListener(gesture, sound.wake);
}

buildSizes();
buildLogo();
listenToControls();
listen(get('play-screen'), act);
applyLanguage();
const saved = settings.playing ? store.game(settings.size) : null;
if (saved) begin(saved);
reportFaults();
