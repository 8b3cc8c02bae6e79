// The course of a trick: which screen comes after which, what was answered, and what the owl concludes. No DOM.
import { dealEnvelope, isEnvelope, openCells, SIDE } from './envelope.js';
import { cardAtLucky, COLUMNS, dealPiles, DEALS, isPiles } from './piles.js';
import { CELLS, deal, isReachable, remember, resultOf } from './rules.js';
import { IDS } from './symbols.js';
import { dealVeils, isVeils, QUESTIONS, symbolBehind } from './veils.js';

export const TRICKS = ['nines', 'veils', 'piles', 'envelope'];

// The screens of each trick up to the reading of the mind, and the one screen that is repeated once for each answer.
const SCREENS = {
  nines: ['think', 'subtract', 'lookup', 'concentrate'],
  veils: ['choose', 'veil', 'concentrate'],
  piles: ['lucky', 'deal', 'concentrate'],
  envelope: ['seal', 'pick', 'sum'],
};
const REPEATED = { veils: ['veil', QUESTIONS], piles: ['deal', DEALS], envelope: ['pick', SIDE] };

/** All screens of a trick in order. For a friend there is a word before, and the phone goes there and back. */
export function screensOf(trick, friend) {
  const screens = SCREENS[trick];
  if (!friend) return [...screens, 'reading', 'reveal'];
  return ['brief', 'hand', ...screens.filter((screen) => screen !== 'concentrate'), 'handback', 'reading', 'reveal'];
}

/** The state of a trick that begins. `recent` holds, by trick, what came out of late. */
export function begin(trick, friend, recent, random) {
  const rounds = {
    nines: () => ({ ...deal(IDS, recent.nines ?? [], random), example: 20 + Math.floor(random() * 79) }),
    veils: () => dealVeils(IDS, random),
    piles: () => dealPiles(random),
    envelope: () => dealEnvelope(recent.envelope ?? [], random),
  };
  return { trick, friend, screen: screensOf(trick, friend)[0], round: rounds[trick](), answers: [], claim: null };
}

/** What is kept of a round that began, so that the next ones differ. */
export function rememberRound(recent, { trick, round }) {
  if (trick === 'nines') recent.nines = remember(recent.nines ?? [], round.answer);
  if (trick === 'envelope') recent.envelope = [...(recent.envelope ?? []), round.total].slice(-12);
}

/** Goes one screen on. */
export function advance(state) {
  const screens = screensOf(state.trick, state.friend);
  state.screen = screens[Math.min(screens.indexOf(state.screen) + 1, screens.length - 1)];
}

/** Takes one answer on the screen that is repeated, and goes on after the last. */
export function answer(state, value) {
  const [screen, times] = REPEATED[state.trick];
  if (state.screen !== screen || state.answers.length >= times) return;
  if (state.trick === 'envelope' && !openCells(state.answers).includes(value)) return;
  state.answers.push(value);
  if (state.answers.length === times) advance(state);
}

/** Whether the player can go back from here. */
export function canGoBack({ trick, friend, screen, answers }) {
  const screens = screensOf(trick, friend);
  const at = screens.indexOf(screen);
  return at > (friend ? 2 : 0) && !['handback', 'reading', 'reveal'].includes(screen) || answers.length > 0 && screen === REPEATED[trick]?.[0];
}

/** Takes the last answer back, or goes to the screen before. */
export function goBack(state) {
  if (!canGoBack(state)) return;
  const repeated = REPEATED[state.trick]?.[0];
  if (state.answers.length && state.screen === repeated) {
    state.answers.pop();
    return;
  }
  const screens = screensOf(state.trick, state.friend);
  state.screen = screens[screens.indexOf(state.screen) - 1];
  if (state.screen === repeated) state.answers.pop();
}

/** What the owl concludes: `{ symbol }`, `{ card }` or `{ number }`. */
export function finding({ trick, round, answers }) {
  if (trick === 'nines') return { symbol: round.answer };
  if (trick === 'veils') return { symbol: symbolBehind(round, answers) };
  if (trick === 'piles') return { card: cardAtLucky(round, answers) };
  return { number: round.total };
}

function isNines(round) {
  const { answer: id, cells, example } = round ?? {};
  return IDS.includes(id) && Array.isArray(cells) && cells.length === CELLS && Number.isInteger(example) && example >= 10 && example <= 99
    && cells.every((cell, number) => IDS.includes(cell) && (!isReachable(number) || cell === id)) && isReachable(resultOf(example));
}

/** A state that can be played on, from a saved one; null when it makes no sense. A mind that was being read is read again. */
export function revive(data) {
  if (!data || !TRICKS.includes(data.trick) || typeof data.friend !== 'boolean') return null;
  const { trick, friend, round, answers } = data;
  const fits = { nines: isNines, veils: (it) => isVeils(it, IDS), piles: isPiles, envelope: isEnvelope }[trick](round);
  const screens = screensOf(trick, friend);
  const screen = data.screen === 'reading' ? screens[screens.indexOf('reading') - 1] : data.screen === 'astray' ? 'reveal' : data.screen;
  const [repeated, times] = REPEATED[trick] ?? [null, 0];
  if (!fits || !screens.includes(screen) || !Array.isArray(answers)) return null;
  const before = screens.indexOf(screen) < screens.indexOf(repeated);
  const after = screens.indexOf(screen) > screens.indexOf(repeated);
  if (repeated ? (before && answers.length > 0) || (after && answers.length !== times) || (screen === repeated && answers.length >= times) : answers.length > 0) return null;
  const isAnswer = {
    nines: () => false,
    veils: (value) => typeof value === 'boolean',
    piles: (value) => Number.isInteger(value) && value >= 0 && value < COLUMNS,
    envelope: (value, at) => openCells(answers.slice(0, at)).includes(value),
  }[trick];
  if (!answers.every(isAnswer)) return null;
  return { trick, friend, screen, round, answers: answers.slice(), claim: null, accepted: data.accepted === true && screen === 'reveal' };
}
