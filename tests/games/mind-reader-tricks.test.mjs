// The tricks with symbols, cards and numbers, their course from screen to screen, the duel and its days.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beatsOf } from '../../games/mind-reader/beats.js';
import { dailyDuel, dayBefore, freshDuels, readDuels, recordDuel, streakOf } from '../../games/mind-reader/daily.js';
import { isDuel, judge, LEVELS, marksOf, newDuel, outcome, TRIES } from '../../games/mind-reader/duel.js';
import { dealEnvelope, isEnvelope, openCells, SIDE } from '../../games/mind-reader/envelope.js';
import { nearest } from '../../games/mind-reader/focus.js';
import { heldOn } from '../../games/mind-reader/gamepad.js';
import { nameOf, panelOf, stepsOf } from '../../games/mind-reader/panel.js';
import { cardAtLucky, CARDS, columnsOf, dealPiles, deckAfter, DEALS, faceOf, isPiles, placesOf, wrongColumn } from '../../games/mind-reader/piles.js';
import { createRandom } from '../../games/mind-reader/random.js';
import { advance, answer, begin, canGoBack, finding, goBack, rememberRound, revive, screensOf, TRICKS } from '../../games/mind-reader/show.js';
import { IDS } from '../../games/mind-reader/symbols.js';
import { TEXTS } from '../../games/mind-reader/text.js';
import { dealVeils, isVeils, QUESTIONS, symbolBehind, wrongAnswers } from '../../games/mind-reader/veils.js';

const SEEDS = 60;
const seeds = Array.from({ length: SEEDS }, (_, seed) => seed + 1);

test('five veils find every one of the 32 symbols', () => {
  for (const seed of seeds) {
    const round = dealVeils(IDS, createRandom(seed));
    assert.ok(isVeils(round, IDS));
    for (const veil of round.veils) assert.equal(veil.length, 16);
    for (const id of IDS) {
      const answers = round.veils.map((veil) => veil.includes(id));
      assert.equal(symbolBehind(round, answers), id);
      assert.deepEqual(wrongAnswers(round, answers, id), []);
      answers[2] = !answers[2];
      assert.notEqual(symbolBehind(round, answers), id);
      assert.deepEqual(wrongAnswers(round, answers, id), [2]);
    }
  }
});

test('no veil comes twice, so that the trick cannot be learned by heart', () => {
  const veils = seeds.flatMap((seed) => dealVeils(IDS, createRandom(seed)).veils.map((veil) => veil.slice().sort().join()));
  assert.equal(new Set(veils).size, veils.length);
});

test('27 cards: each one, for each lucky place, lies there after three deals', () => {
  const { deck } = dealPiles(createRandom(3));
  for (let lucky = 1; lucky <= CARDS; lucky++) {
    for (const card of deck) {
      const round = { deck, lucky };
      const answers = [];
      for (let deal = 0; deal < DEALS; deal++) answers.push(columnsOf(deckAfter(round, answers)).findIndex((cards) => cards.includes(card)));
      assert.equal(cardAtLucky(round, answers), card, `place ${lucky}`);
      assert.equal(wrongColumn(round, answers, card), null);
    }
  }
});

test('27 cards: places, columns, and the deal that went wrong', () => {
  assert.deepEqual([1, 3, 10, 14, 27].map(placesOf), [[0, 0, 0], [2, 0, 0], [0, 0, 1], [1, 1, 1], [2, 2, 2]]);
  for (const seed of seeds) {
    const round = dealPiles(createRandom(seed));
    assert.ok(isPiles(round));
    assert.deepEqual(columnsOf(round.deck).map((cards) => cards.length), [9, 9, 9]);
    const card = round.deck[seed % CARDS];
    const answers = [];
    for (let deal = 0; deal < DEALS; deal++) answers.push(columnsOf(deckAfter(round, answers)).findIndex((cards) => cards.includes(card)));
    const right = answers[1];
    answers[1] = (right + 1) % 3;
    assert.deepEqual(wrongColumn(round, answers, card), { deal: 1, column: right });
  }
  assert.deepEqual([0, 12, 13, 51].map(faceOf), [{ rank: 1, suit: 0 }, { rank: 13, suit: 0 }, { rank: 1, suit: 1 }, { rank: 13, suit: 3 }]);
});

test('the envelope holds the sum of every possible choice', () => {
  const totals = new Set();
  for (const seed of seeds) {
    const { cells, total } = dealEnvelope([], createRandom(seed));
    assert.ok(isEnvelope({ cells, total }));
    assert.equal(new Set(cells).size, cells.length, 'all numbers differ');
    assert.ok(total >= 41 && total <= 98);
    cells.forEach((number, cell) => {
      if (cell % SIDE) assert.ok(Math.abs(number - cells[cell - 1]) > 1, 'no counting up');
    });
    totals.add(total);
    const choose = (picks) => {
      if (picks.length === SIDE) return assert.equal(picks.reduce((sum, cell) => sum + cells[cell], 0), total);
      return openCells(picks).forEach((cell) => choose([...picks, cell]));
    };
    choose([]);
  }
  assert.ok(totals.size > 20, `totals: ${totals.size}`);
  assert.deepEqual(openCells([0]), [5, 6, 7, 9, 10, 11, 13, 14, 15]);
});

test('what came out of late does not come out again', () => {
  const random = createRandom(9);
  const recent = {};
  const totals = [];
  const symbols = [];
  for (let round = 0; round < 80; round++) {
    const [square, symbol] = [begin('envelope', false, recent, random), begin('nines', false, recent, random)];
    rememberRound(recent, square);
    rememberRound(recent, symbol);
    assert.ok(!totals.slice(-12).includes(square.round.total));
    assert.ok(!symbols.slice(-8).includes(symbol.round.answer));
    totals.push(square.round.total);
    symbols.push(symbol.round.answer);
  }
});

/** Plays a trick with answers by chance, up to the reveal; calls `each` on every screen. */
function play(trick, friend, random, each = () => {}) {
  const state = begin(trick, friend, {}, random);
  for (let step = 0; step < 40 && state.screen !== 'reveal'; step++) {
    each(state);
    if (state.screen === 'veil') answer(state, random() < 0.5);
    else if (state.screen === 'deal') answer(state, Math.floor(random() * 3));
    else if (state.screen === 'pick') answer(state, openCells(state.answers)[Math.floor(random() * openCells(state.answers).length)]);
    else advance(state);
  }
  assert.equal(state.screen, 'reveal');
  each(state);
  return state;
}

test('every trick, for oneself and for a friend, can be left and taken up on each screen', () => {
  for (const trick of TRICKS) {
    for (const friend of [false, true]) {
      for (const seed of seeds.slice(0, 10)) {
        play(trick, friend, createRandom(seed), (state) => {
          const revived = revive(JSON.parse(JSON.stringify({ version: 1, ...state })));
          assert.ok(revived, `${trick} ${state.screen}`);
          assert.deepEqual(revived.answers, state.answers);
          assert.deepEqual(revived.round, state.round);
          const screens = screensOf(trick, friend);
          assert.equal(revived.screen, state.screen === 'reading' ? screens[screens.indexOf('reading') - 1] : state.screen);
        });
      }
    }
  }
});

test('broken states are not played', () => {
  const good = JSON.parse(JSON.stringify(play('piles', false, createRandom(1))));
  assert.ok(revive(good));
  const broken = [
    null, 7, [], {}, { ...good, trick: 'none' }, { ...good, friend: 1 }, { ...good, screen: 'pick' }, { ...good, answers: null },
    { ...good, answers: [0, 1] }, { ...good, answers: [0, 1, 5] }, { ...good, screen: 'lucky' }, { ...good, round: null },
    { ...good, round: { ...good.round, lucky: 28 } }, { ...good, round: { ...good.round, deck: good.round.deck.fill(3) } }, { ...good, trick: 'nines' },
  ];
  for (const state of broken) assert.equal(revive(state), null, JSON.stringify(state)?.slice(0, 80));
  const square = begin('envelope', false, {}, createRandom(1));
  square.round.cells[3] += 1;
  assert.equal(revive(square), null);
});

test('back takes answers back one by one, and never past the beginning or out of a reading', () => {
  for (const trick of TRICKS) {
    for (const friend of [false, true]) {
      const state = play(trick, friend, createRandom(4), (at) => {
        if (['handback', 'reading', 'reveal', 'brief', 'hand'].includes(at.screen)) assert.equal(canGoBack(at), false, `${trick} ${at.screen}`);
      });
      state.screen = screensOf(trick, friend)[screensOf(trick, friend).indexOf('reading') - 1];
      let steps = 0;
      for (; canGoBack(state) && steps < 20; steps++) goBack(state);
      if (friend && trick !== 'envelope') continue;
      assert.equal(state.screen, screensOf(trick, friend)[friend ? 2 : 0] === 'handback' ? 'handback' : state.screen);
      if (!friend) {
        assert.equal(state.screen, screensOf(trick, false)[0]);
        assert.deepEqual(state.answers, []);
      }
    }
  }
});

test('an impossible answer is not taken', () => {
  const state = begin('envelope', false, {}, createRandom(2));
  advance(state);
  answer(state, 0);
  answer(state, 1);
  assert.deepEqual(state.answers, [0]);
});

test('every screen has words, a way on, and steps, in both languages', () => {
  for (const [language, text] of Object.entries(TEXTS)) {
    for (const trick of TRICKS) {
      for (const friend of [false, true]) {
        const end = play(trick, friend, createRandom(6), (state) => {
          const panel = panelOf(state, text, language, 0);
          assert.ok(panel.title && !/undefined/.test(panel.title + panel.text), `${trick} ${state.screen}: ${panel.title} ${panel.text}`);
          if (state.screen !== 'reading' && !['deal', 'pick'].includes(state.screen)) assert.ok(panel.buttons.length > 0, state.screen);
          const { names, at } = stepsOf(state, text);
          assert.ok(names.every(Boolean) && at < names.length, `${names}`);
        });
        assert.match(panelOf(end, text, language, 0).title, new RegExp(nameOf(finding(end), language, text)));
        for (const accepted of [true, false]) assert.ok(panelOf({ ...end, accepted }, text, language, 3).buttons.length >= 2);
      }
    }
  }
});

test('"not mine": the owl finds the mistake, or says that there was none', () => {
  const text = TEXTS.en;
  const veils = play('veils', false, createRandom(8));
  const other = IDS.find((id) => wrongAnswers(veils.round, veils.answers, id).length === 2);
  const [one, two] = wrongAnswers(veils.round, veils.answers, other).map((question) => question + 1);
  assert.match(panelOf({ ...veils, screen: 'astray', claim: other }, text, 'en', 0).text, new RegExp(`veils ${one} and ${two} did not fit`));
  assert.equal(panelOf({ ...veils, screen: 'astray', claim: finding(veils).symbol }, text, 'en', 0).text, text.astray.same);
  const piles = play('piles', false, createRandom(8));
  const lost = piles.round.deck.find((card) => card !== finding(piles).card);
  assert.match(panelOf({ ...piles, screen: 'astray', claim: lost }, text, 'en', 0).text, /In deal [123] the .+ was in the (left|middle|right) column/);
  const nines = play('nines', false, createRandom(8));
  assert.match(panelOf({ ...nines, screen: 'astray', claim: 63 }, text, 'en', 0).text, /^63 − 6 − 3 = 54, and next to 54 is the /);
  const square = play('envelope', false, createRandom(8));
  assert.match(panelOf({ ...square, screen: 'astray', claim: null }, text, 'en', 0).text, new RegExp(`= ${square.round.total}\\.`));
});

test('a reading builds up in order and does not say the answer before its end', () => {
  for (const trick of TRICKS) {
    for (const seed of seeds) {
      const random = createRandom(seed);
      const state = play(trick, false, random);
      const beats = beatsOf(state, random);
      const times = beats.map(({ at }) => at);
      assert.deepEqual(times, times.slice().sort((a, b) => a - b));
      assert.ok(times[0] === 0 && times.at(-1) < 1);
      for (const { say } of beats) {
        if (!say) continue;
        const [name, detail] = Array.isArray(say) ? say : [say];
        for (const text of Object.values(TEXTS)) assert.doesNotMatch(text.say[name](detail), /undefined/);
      }
      const found = finding(state);
      assert.ok(beats.every(({ show }) => show?.card === undefined || show.card !== found.card), 'the card stays hidden');
      assert.ok(beats.every(({ show }) => show?.number === undefined));
    }
  }
});

test('a guess is judged', () => {
  const table = [
    [[0, 1, 2, 3], [0, 1, 2, 3], 4, 0], [[0, 1, 2, 3], [3, 2, 1, 0], 0, 4], [[0, 0, 1, 1], [0, 1, 0, 2], 1, 2],
    [[0, 0, 0, 1], [1, 1, 1, 1], 1, 0], [[0, 1, 2, 3], [4, 5, 4, 5], 0, 0], [[0, 1, 1, 2], [1, 0, 1, 1], 1, 2],
  ];
  for (const [secret, guess, exact, near] of table) assert.deepEqual(judge(secret, guess), { exact, near }, `${secret} ${guess}`);
  assert.equal(marksOf([0, 0, 1, 1], [0, 1, 0, 2]), '🟡⚪⚪⚫');
});

/** Duels of a player who guesses by chance among what `allowed` lets through: how many are won. */
function duels(level, allowed, rounds) {
  const { slots, kinds } = LEVELS[level];
  const all = Array.from({ length: kinds ** slots }, (_, code) => Array.from({ length: slots }, (_, slot) => Math.floor(code / kinds ** slot) % kinds));
  let won = 0;
  let tries = 0;
  for (let seed = 0; seed < rounds; seed++) {
    const random = createRandom(1000 + seed);
    const duel = newDuel(IDS, seed, level);
    let left = all;
    while (outcome(duel) === 'play') {
      const guess = left[Math.floor(random() * left.length)];
      duel.guesses.push(guess);
      left = allowed(left, duel.secret, guess);
    }
    if (outcome(duel) === 'won') {
      won += 1;
      tries += duel.guesses.length;
    }
  }
  return { won: won / rounds, tries: tries / Math.max(won, 1) };
}

test('balance of the duel: thinking wins, guessing loses, and the hard one is harder', () => {
  const thinking = (left, secret, guess) => {
    const { exact, near } = judge(secret, guess);
    return left.filter((row) => {
      const verdict = judge(row, guess);
      return verdict.exact === exact && verdict.near === near;
    });
  };
  const half = (left, secret, guess) => left.filter((row) => judge(row, guess).exact === judge(secret, guess).exact);
  const blind = (left) => left;
  const rounds = { easy: 40, hard: 8 };
  const results = Object.fromEntries(Object.keys(LEVELS).map((level) => [level, {
    thinking: duels(level, thinking, rounds[level]), half: duels(level, half, rounds[level]), blind: duels(level, blind, 200),
  }]));
  assert.ok(results.easy.thinking.won > 0.95 && results.easy.thinking.tries > 3.5 && results.easy.thinking.tries < 6, JSON.stringify(results));
  assert.ok(results.hard.thinking.won >= 0.75 && results.hard.thinking.tries > results.easy.thinking.tries, JSON.stringify(results));
  assert.ok(results.easy.half.won < results.easy.thinking.won || results.easy.half.tries > results.easy.thinking.tries, JSON.stringify(results));
  for (const level of Object.keys(LEVELS)) assert.ok(results[level].blind.won < 0.05, JSON.stringify(results));
});

test('the duel of a day is the same for everybody, and hard at weekends', () => {
  assert.deepEqual(dailyDuel(IDS, '2026-11-26'), dailyDuel(IDS, '2026-11-26'));
  assert.notDeepEqual(dailyDuel(IDS, '2026-11-26').secret + dailyDuel(IDS, '2026-11-26').kinds, dailyDuel(IDS, '2026-11-27').secret + dailyDuel(IDS, '2026-11-27').kinds);
  assert.deepEqual(['2026-11-27', '2026-11-28', '2026-11-29', '2026-11-30'].map((date) => dailyDuel(IDS, date).level), ['easy', 'hard', 'hard', 'easy']);
});

test('saved duels: what cannot be played is refused', () => {
  const duel = newDuel(IDS, 1, 'easy');
  assert.ok(isDuel(JSON.parse(JSON.stringify({ ...duel, guesses: [[0, 1, 2, 3]], draft: [1, null] })), IDS));
  for (const change of [{ level: 'none' }, { secret: [1] }, { secret: [1, 2, 3, 9] }, { kinds: ['moon'] }, { guesses: [[1, 2]] }, { guesses: [[1, 2, 3, null]] }, { draft: 5 }, { date: 'now' }]) {
    assert.equal(isDuel({ ...duel, ...change }, IDS), false, JSON.stringify(change));
  }
  for (const nothing of [null, 5, [], {}]) assert.equal(isDuel(nothing, IDS), false);
});

test('duels are counted: days in a row, tries, and a day only once', () => {
  const counts = freshDuels();
  const finish = (date, won) => {
    const duel = date ? dailyDuel(IDS, date) : newDuel(IDS, 5, 'easy');
    const wrong = duel.secret.map((kind) => (kind + 1) % duel.kinds.length);
    duel.guesses = won ? [wrong, duel.secret] : Array(TRIES).fill(wrong);
    recordDuel(counts, duel);
  };
  for (const date of ['2026-11-24', '2026-11-25', '2026-11-26']) finish(date, true);
  finish('2026-11-26', false);
  finish(null, true);
  assert.deepEqual([counts.played, counts.won, counts.tries, counts.longest], [4, 4, { 2: 4 }, 3]);
  assert.equal(streakOf(counts, '2026-11-27'), 3);
  assert.equal(streakOf(counts, '2026-11-28'), 0);
  finish('2026-11-27', false);
  assert.deepEqual([streakOf(counts, '2026-11-27'), counts.longest, counts.days['2026-11-27']], [0, 3, 0]);
  assert.deepEqual(readDuels(JSON.parse(JSON.stringify(counts))), counts);
  for (const nothing of [null, 5, 'x', { tries: { 9: 1, 1: -2 }, days: { never: 1 }, last: 5 }]) assert.deepEqual(readDuels(nothing), freshDuels());
  assert.equal(dayBefore('2026-03-01'), '2026-02-28');
});

test('gamepads and the focus by direction', () => {
  const pad = (pressed, x = 0, y = 0) => ({ buttons: Array.from({ length: 16 }, (_, at) => ({ pressed: pressed.includes(at) })), axes: [x, y] });
  for (const [held, expected] of [[pad([0]), ['a']], [pad([12]), ['up']], [pad([], 0.9), ['right']], [pad([], 0.2), []]]) assert.deepEqual([...heldOn(held)], expected);
  const box = (x, y) => ({ left: x, right: x + 20, top: y, bottom: y + 20 });
  assert.equal(nearest([box(100, 0), box(0, 100)], box(0, 0), 'right'), 0);
  assert.equal(nearest([box(100, 0), box(0, 100)], box(0, 0), 'down'), 1);
});
