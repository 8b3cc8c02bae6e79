// The trick of the mind reader: the arithmetic, and tables that do not give it away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, shuffle } from '../../games/mind-reader/random.js';
import { CELLS, deal, isReachable, KINDS, RECENT, remember, resultOf } from '../../games/mind-reader/rules.js';
import { createStore, fresh, parse } from '../../games/mind-reader/save.js';
import { begin } from '../../games/mind-reader/show.js';
import { IDS, SYMBOLS } from '../../games/mind-reader/symbols.js';
import { chooseLanguage, TEXTS } from '../../games/mind-reader/text.js';

const ROUNDS = 200;

/** Rounds as one player sees them, one after the other. */
function play(seed, rounds = ROUNDS) {
  const random = createRandom(seed);
  let recent = [];
  return Array.from({ length: rounds }, () => {
    const round = deal(IDS, recent, random);
    recent = remember(recent, round.answer);
    return round;
  });
}

const count = (cells) => cells.reduce((counts, id) => counts.set(id, (counts.get(id) ?? 0) + 1), new Map());

test('the result of a number', () => {
  const table = [[10, 9], [11, 9], [19, 9], [20, 18], [42, 36], [47, 36], [50, 45], [73, 63], [89, 72], [90, 81], [99, 81]];
  for (const [number, result] of table) assert.equal(resultOf(number), result, String(number));
  const results = new Set();
  for (let number = 10; number <= 99; number++) results.add(resultOf(number));
  assert.deepEqual([...results], [9, 18, 27, 36, 45, 54, 63, 72, 81]);
  for (let cell = 0; cell < CELLS; cell++) assert.equal(isReachable(cell), results.has(cell), String(cell));
});

test('every two-digit number finds the answer, in every round', () => {
  for (const { answer, cells } of play(1)) {
    assert.equal(cells.length, CELLS);
    for (let number = 10; number <= 99; number++) assert.equal(cells[number - Math.floor(number / 10) - (number % 10)], answer);
  }
});

test('an answer stays away for the promised number of rounds', () => {
  assert.ok(RECENT >= 5);
  for (const seed of [1, 2, 3]) {
    const answers = play(seed).map(({ answer }) => answer);
    answers.forEach((answer, index) => {
      assert.ok(!answers.slice(Math.max(0, index - RECENT), index).includes(answer), `round ${index}`);
    });
    assert.equal(new Set(answers).size, IDS.length, 'every symbol becomes the answer some day');
  }
});

test('no symbol stands out by its number', () => {
  for (const { answer, cells } of play(7)) {
    const counts = count(cells);
    assert.equal(counts.size, KINDS);
    assert.equal(counts.get(answer), 12);
    for (const [id, times] of counts) if (id !== answer) assert.equal(times, 11, id);
  }
});

test('decoys: the answer also stands elsewhere, and 0, 90 and 99 carry something else', () => {
  const elsewhere = new Set();
  for (const { answer, cells } of play(9)) {
    const decoys = cells.flatMap((id, cell) => (id === answer && !isReachable(cell) ? [cell] : []));
    assert.equal(decoys.length, 3);
    decoys.forEach((cell) => elsewhere.add(cell));
    for (const cell of [0, 90, 99]) assert.notEqual(cells[cell], answer);
  }
  assert.ok(elsewhere.size > 60, 'decoys move about');
});

test('the slanting line of the answer is not the only one', () => {
  for (const { answer, cells } of play(11)) {
    const lines = [4, 5, 6, 7, 8, 10, 11, 12, 13, 14].filter((sum) => {
      const line = [];
      for (let row = 0; row < 10; row++) if (sum - row >= 0 && sum - row < 10) line.push(cells[row * 10 + sum - row]);
      const [id, times] = [...count(line)].sort((a, b) => b[1] - a[1])[0];
      return id !== answer && times >= line.length - 2 && times >= 4;
    });
    assert.ok(lines.length >= 3, `lines: ${lines}`);
  }
});

test('shuffles differ, and a seed repeats them', () => {
  const rounds = play(21, 60);
  assert.equal(new Set(rounds.map(({ cells }) => cells.join())).size, rounds.length);
  assert.deepEqual(play(21, 60), rounds);
  assert.notDeepEqual(play(22, 60), rounds);
});

test('shuffle keeps the items and favours no place', () => {
  const random = createRandom(5);
  const places = [0, 0, 0, 0];
  for (let round = 0; round < 8000; round++) {
    const list = shuffle([0, 1, 2, 3], random);
    assert.deepEqual(list.slice().sort(), [0, 1, 2, 3]);
    places[list.indexOf(0)] += 1;
  }
  for (const times of places) assert.ok(Math.abs(times - 2000) < 150, `places: ${places}`);
});

test('at least 24 symbols, each with its own drawing and names', () => {
  assert.ok(SYMBOLS.length >= 24);
  for (const key of ['id', 'en', 'zh', 'drawing']) {
    assert.equal(new Set(SYMBOLS.map((symbol) => symbol[key])).size, SYMBOLS.length, key);
  }
  for (const { id, drawing } of SYMBOLS) {
    assert.match(drawing, /^<(path|g)/, id);
    assert.doesNotMatch(drawing, /NaN|undefined/, id);
  }
});

test('memory: what makes no sense starts afresh, and version 1 moves forward', () => {
  for (const text of ['', '{{', 'null', '7', '"x"', '[]', 'undefined']) assert.equal(parse(text), null, text);
  const table = [
    ['{}', {}],
    ['{"version":2,"language":"fr","muted":"yes","volume":3,"reads":{"nines":-1,"veils":"x"},"recent":{"nines":"moon","envelope":[1.5]},"duels":7}', {}],
    ['{"language":"fr","muted":"yes","volume":3,"rounds":-1,"recent":"moon"}', {}],
    ['{"language":"zh","muted":true,"volume":0.2,"rounds":5,"recent":["moon","nonsense",4,"sun"]}',
      { language: 'zh', muted: true, volume: 0.2, reads: { ...fresh().reads, nines: 5 }, recent: { nines: ['moon', 'sun'], envelope: [] } }],
    [JSON.stringify({ recent: [...IDS] }), { recent: { nines: IDS.slice(-RECENT), envelope: [] } }],
    [JSON.stringify({ ...fresh(), friend: true, reads: { nines: 1, veils: 2, piles: 3, envelope: 4 } }), { friend: true, reads: { nines: 1, veils: 2, piles: 3, envelope: 4 } }],
  ];
  for (const [text, expected] of table) assert.deepEqual(parse(text), { ...fresh(), ...expected }, text);
  // The worst that can be remembered still leaves answers to choose from.
  assert.ok(IDS.includes(deal(IDS, parse(table[4][0]).recent.nines, createRandom(1)).answer));
});

test('the store survives storage that is empty, broken, full or forbidden', () => {
  const cases = [
    [() => ({ getItem: () => null, setItem() {}, removeItem() {} }), []],
    [() => ({ getItem: () => '%', setItem() {}, removeItem() {} }), ['broken', 'broken', 'broken', 'broken']],
    [() => ({ getItem: () => null, setItem() { throw new Error('QuotaExceededError'); }, removeItem() {} }), ['blocked', 'blocked', 'blocked']],
    [() => { throw new Error('SecurityError'); }, Array(8).fill('blocked')],
  ];
  for (const [open, expected] of cases) {
    const faults = [];
    const store = createStore(open, (fault) => faults.push(fault));
    assert.deepEqual(store.load(), fresh());
    assert.equal(store.show(), null);
    assert.equal(store.duel(true), null);
    assert.equal(store.duel(false), null);
    assert.equal(store.place(), null);
    store.save(fresh());
    store.saveDuel({ date: null });
    store.savePlace('show');
    assert.deepEqual(faults, expected);
  }
  const content = {};
  const storage = { getItem: (key) => content[key] ?? null, setItem: (key, value) => { content[key] = value; }, removeItem: (key) => { delete content[key]; } };
  const store = createStore(() => storage, assert.fail);
  const memory = { ...fresh(), reads: { ...fresh().reads, piles: 3 }, friend: true };
  store.save(memory);
  assert.deepEqual(store.load(), memory);
  store.savePlace('duel');
  assert.equal(store.place(), 'duel');
  store.savePlace(null);
  assert.equal(store.place(), null);
  assert.ok(Object.keys(content).every((key) => key.startsWith('mind-reader:')));
});

test('what cannot be written stays for as long as the page is open', () => {
  for (const storage of [{ getItem: () => null, setItem() { throw new Error('QuotaExceededError'); } }, { getItem() { throw new Error('SecurityError'); }, setItem() { throw new Error('SecurityError'); } }]) {
    const store = createStore(() => storage, () => {});
    const state = begin('nines', false, {}, createRandom(1));
    store.saveShow(state);
    store.savePlace('show');
    assert.deepEqual([store.show().round, store.place()], [state.round, 'show']);
  }
});

test('a tab takes over the memory that another one kept', () => {
  const content = {};
  const storage = { getItem: (key) => content[key] ?? null, setItem: (key, value) => { content[key] = value; }, removeItem: (key) => { delete content[key]; } };
  const [one, other] = [createStore(() => storage, assert.fail), createStore(() => storage, assert.fail)];
  const memory = one.load();
  other.save({ ...fresh(), reads: { ...fresh().reads, piles: 3 } });
  for (const [key, followed] of [['mind-reader:show', false], [null, false], ['mind-reader:memory', true]]) assert.equal(one.follow(key, memory), followed, key);
  one.save({ ...memory, muted: true });
  assert.deepEqual([one.load().reads.piles, one.load().muted], [3, true]);
  content['mind-reader:memory'] = '%';
  assert.equal(one.follow('mind-reader:memory', memory), false);
  assert.equal(memory.reads.piles, 3);
});

test('both languages say the same things', () => {
  const shape = (value) => (value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)])) : typeof value);
  assert.deepEqual(shape(TEXTS.zh), shape(TEXTS.en));
  for (const text of Object.values(TEXTS)) {
    assert.ok(text.howLines(47, 4, 7).every((line) => !line.includes('undefined')));
    assert.match(text.howLines(47, 4, 7).join(), /36/);
  }
  const table = [
    [[null, null, ['en-US']], 'en'], [[null, null, ['zh-CN', 'en']], 'zh'], [[null, null, ['fr', 'zh-TW']], 'zh'],
    [[null, null, ['de']], 'en'], [[null, 'zh', ['en']], 'zh'], [['en', 'zh', ['zh']], 'en'], [['xx', null, []], 'en'],
  ];
  for (const [input, expected] of table) assert.equal(chooseLanguage(...input), expected, JSON.stringify(input));
});
