// Five veils: five questions, answered by yes or no, single out one of 32 symbols. No DOM, chance handed in.
import { shuffle } from './random.js';

/** The number of questions; two to this power is the number of symbols. */
export const QUESTIONS = 5;
const SYMBOLS = 2 ** QUESTIONS;

/**
 * A new round. Each symbol has a number of five bits, by its place in `order`; the veil `k` shows those whose bit `k` is set.
 * The numbers are dealt anew each time, so no veil is ever seen twice.
 */
export function dealVeils(ids, random) {
  const order = shuffle(ids.slice(0, SYMBOLS), random);
  const veils = Array.from({ length: QUESTIONS }, (_, bit) =>
    shuffle(order.filter((_, code) => (code >> bit) & 1), random));
  return { order, veils, grid: shuffle(order.slice(), random) };
}

/** The symbol that fits five answers. */
export function symbolBehind({ order }, answers) {
  return order[answers.reduce((code, yes, bit) => code | (yes ? 1 << bit : 0), 0)];
}

/** The questions, counted from 0, to which the answers do not fit a symbol. */
export function wrongAnswers({ veils }, answers, id) {
  return veils.flatMap((veil, question) => (veil.includes(id) === answers[question] ? [] : [question]));
}

/** Whether a saved round can be played. */
export function isVeils(round, ids) {
  const isList = (list, length) => Array.isArray(list) && list.length === length && new Set(list).size === length && list.every((id) => ids.includes(id));
  return isList(round?.order, SYMBOLS) && isList(round.grid, SYMBOLS) && Array.isArray(round.veils) && round.veils.length === QUESTIONS
    && round.veils.every((veil, bit) => isList(veil, SYMBOLS / 2) && veil.every((id) => (round.order.indexOf(id) >> bit) & 1));
}
