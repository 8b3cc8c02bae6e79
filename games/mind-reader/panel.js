// What the panel says on each screen of a trick, and which buttons it has. No DOM.
import { SIDE } from './envelope.js';
import { DEALS, faceOf, wrongColumn } from './piles.js';
import { resultOf } from './rules.js';
import { canGoBack, finding, screensOf } from './show.js';
import { symbolOf } from './symbols.js';
import { QUESTIONS, wrongAnswers } from './veils.js';

/** The name of what the owl found: of a symbol or a card, or the number. */
export function nameOf(found, language, text) {
  if (found.symbol) return symbolOf(found.symbol)[language];
  if (found.card !== undefined) return text.card(faceOf(found.card));
  return String(found.number);
}

/** Screens on which a board takes most of the room. */
export function boardOf({ trick, screen, claim }) {
  if (screen === 'lookup') return 'table';
  if (['choose', 'veil', 'deal', 'pick'].includes(screen)) return screen;
  if (screen === 'astray' && claim === null && trick !== 'nines' && trick !== 'envelope') return `astray-${trick}`;
  return null;
}

/** The names of the steps, and which of them the player is at. */
export function stepsOf({ trick, friend, screen }, text) {
  const screens = screensOf(trick, friend);
  const shown = screens.filter((name) => !['brief', 'hand', 'reading'].includes(name));
  const at = screen === 'reading' ? shown.length - 2 : screen === 'astray' ? shown.length - 1 : shown.indexOf(screen);
  return { names: shown.map((name) => text.step[name]), at };
}

function astrayPanel(state, text, language) {
  const { trick, round, answers, claim } = state;
  const { astray } = text;
  const again = [['again', text.again, 'big'], ['title', text.others, 'plain']];
  if (trick === 'envelope') {
    const sum = answers.map((cell) => round.cells[cell]);
    return { title: astray.title, text: astray.envelope(sum, round.total), buttons: again };
  }
  if (claim === null) {
    const buttons = trick === 'nines' ? [['claim', astray.go, 'big']] : [];
    return { title: astray.title, text: astray.ask[trick], buttons, chooser: trick === 'nines' ? [10, 99] : null };
  }
  let said = astray.same;
  if (trick === 'nines') said = astray.nines(claim, Math.floor(claim / 10), claim % 10, resultOf(claim), nameOf(finding(state), language, text));
  else if (trick === 'veils') {
    const wrong = wrongAnswers(round, answers, claim);
    if (wrong.length) said = astray.veils(symbolOf(claim)[language], wrong.map((question) => question + 1));
  } else {
    const wrong = wrongColumn(round, answers, claim);
    if (wrong) said = astray.piles(text.card(faceOf(claim)), wrong.deal + 1, text.columnNames[wrong.column], text.columnNames[answers[wrong.deal]]);
  }
  return { title: astray.title, text: said, buttons: again };
}

function revealPanel(state, text, language, read) {
  const { panel } = text;
  if (state.accepted) {
    const { title, texts } = panel.accepted;
    return { title, text: texts[read % texts.length], buttons: [['again', text.again, 'big'], ['how', text.how, 'plain'], ['title', text.others, 'plain']] };
  }
  const found = finding(state);
  const said = found.card !== undefined ? panel.reveal.card(state.round.lucky)
    : found.number !== undefined ? panel.reveal.number : panel.reveal.texts[read % panel.reveal.texts.length];
  return { title: panel.reveal.title(nameOf(found, language, text)), text: said, buttons: [['accept', text.right, 'big'], ['astray', text.wrong, 'plain']] };
}

/**
 * The panel of a screen: `{ title, text, buttons, example, chooser }`. A button is `[action, label, kind]`; `example` is a
 * list of numbers and signs; `chooser` the least and the most of a number to choose. `read` counts the minds read so far.
 */
export function panelOf(state, text, language, read) {
  const { trick, screen, round, answers } = state;
  if (screen === 'reveal') return revealPanel(state, text, language, read);
  if (screen === 'astray') return astrayPanel(state, text, language);
  const words = text.panel[screen];
  const back = canGoBack(state) ? [['back', text.back, 'plain']] : [];
  const go = words.go ? [['go', words.go, 'big']] : [];
  const plain = { title: words.title, text: words.text ?? words.texts?.[trick] ?? '', buttons: [...back, ...go] };
  if (screen === 'brief') return { ...plain, text: trick === 'envelope' ? words.texts.envelope(round.total) : words.texts[trick] };
  if (screen === 'subtract') {
    const number = round.example;
    return { ...plain, example: [number, '−', Math.floor(number / 10), '−', number % 10, '=', resultOf(number)] };
  }
  if (screen === 'veil') {
    return { ...plain, title: words.title(answers.length + 1, QUESTIONS), buttons: [...back, ['no', text.no, 'big'], ['yes', text.yes, 'big']] };
  }
  if (screen === 'lucky') return { ...plain, chooser: [1, 27] };
  if (screen === 'deal') return { ...plain, title: words.title(Math.min(answers.length, DEALS - 1)), text: words.text(answers.length) };
  if (screen === 'pick') return { ...plain, title: words.title(answers.length + 1, SIDE) };
  if (screen === 'sum') return { ...plain, example: answers.flatMap((cell, at) => (at ? ['+', round.cells[cell]] : [round.cells[cell]])) };
  return plain;
}
