// Saved progress and the texts of Garden Defense.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INVADERS, PLANT_ORDER } from '../../games/garden-defense/rules/data.js';
import { GARDENS } from '../../games/garden-defense/rules/gardens.js';
import { createGame, step } from '../../games/garden-defense/rules/game.js';
import { LEVELS, MINIS } from '../../games/garden-defense/rules/levels.js';
import { WARES } from '../../games/garden-defense/rules/shop.js';
import { freeze } from '../../games/garden-defense/rules/snapshot.js';
import { freshProgress, openStore, readProgress, readSettings, streakOf, withDay, withResult, withStats, withWin } from '../../games/garden-defense/save.js';
import { allTexts, chooseLanguage, plantAbout, setLanguage, setUpright, t } from '../../games/garden-defense/text.js';

function memory(start = {}) {
  const kept = { ...start };
  return { kept, getItem: (key) => kept[key] ?? null, setItem: (key, value) => { kept[key] = value; }, removeItem: (key) => { delete kept[key]; } };
}
const blocked = { getItem() { throw new Error('blocked'); }, setItem() { throw new Error('blocked'); } };
const full = { getItem: () => null, setItem() { throw new Error('QuotaExceededError'); } };

test('progress is kept per edition, under the game\'s own keys', () => {
  const storage = memory();
  const standard = openStore(storage, 'standard');
  standard.saveProgress(withWin(standard.progress, 1, 2));
  const unlimited = openStore(storage, 'unlimited');
  assert.equal(unlimited.progress.open, 1);
  unlimited.saveProgress(withWin(withWin(unlimited.progress, 1, 3), 2, 1));
  unlimited.saveSettings({ muted: true });
  assert.equal(openStore(storage, 'standard').progress.open, 2);
  assert.deepEqual(openStore(storage, 'unlimited').progress.stars, { 1: 3, 2: 1 });
  assert.equal(openStore(storage, 'standard').settings.muted, true);
  assert.deepEqual(Object.keys(storage.kept).sort(), ['garden-defense:progress', 'garden-defense:settings', 'garden-defense:unlimited:progress']);
});

test('a tab takes over the progress that another one kept', () => {
  const storage = memory();
  const [one, other] = [openStore(storage, 'standard'), openStore(storage, 'standard')];
  other.saveProgress(withWin(other.progress, 1, 3));
  for (const [key, own] of [['garden-defense:settings', false], ['garden-defense:unlimited:progress', false], [null, false], ['garden-defense:game', true], ['garden-defense:progress', true]]) {
    assert.equal(one.follow(key), own, key);
  }
  one.saveProgress(withStats(one.progress, createGame({ id: 'level-1', picks: ['rosehip'] })));
  assert.deepEqual(openStore(storage, 'standard').progress.stars, { 1: 3 });
  for (const lost of ['{', 'null']) {
    storage.kept['garden-defense:progress'] = lost;
    one.follow('garden-defense:progress');
    assert.equal(one.progress.open, 2);
  }
});

test('a win opens the next level and keeps the best stars', () => {
  let progress = withWin(freshProgress(), 1, 2);
  progress = withWin(progress, 1, 1);
  assert.deepEqual([progress.open, progress.stars[1]], [2, 2]);
  progress = withWin(progress, 10, 3);
  assert.equal(withWin(progress, 1, 3).open, 11);
  assert.equal(withWin(progress, 20, 3).open, 21);
});

const good = JSON.stringify(freshProgress());
test('broken progress starts afresh with a notice', () => {
  for (const text of ['', '{', 'null', '[]', '7', '"x"', '{}', '{"version":0,"open":3}', '{"version":1,"open":99,"stars":{},"endlessBest":0,"picks":[]}',
    '{"version":1,"open":"3","stars":{},"endlessBest":0,"picks":[]}', '{"version":1,"open":3,"stars":null,"endlessBest":0,"picks":[]}',
    '{"version":1,"open":3,"stars":{},"endlessBest":0,"picks":{}}', good.replace('"open":1', '"open":22'), good.replace('"brass":0', '"brass":-1'), good.replace('"perks":[]', '"perks":3')]) {
    assert.equal(readProgress(text), null, text);
    const storage = memory({ 'garden-defense:progress': text });
    const store = openStore(storage, 'standard');
    assert.deepEqual([store.progress, store.trouble], [freshProgress(), 'badSave'], text);
    assert.equal(openStore(storage, 'standard').trouble, null, 'told once');
  }
  const odd = readProgress(good.replace('"stars":{}', '"stars":{"1":9,"2":2,"x":1}').replace('"perks":[]', '"perks":["can","x",4]').replace('"best":{}', '"best":{"day":{"wave":3,"score":50},"moon":{"wave":1,"score":1}}'));
  assert.deepEqual([odd.stars, odd.perks, odd.best], [{ 2: 2 }, ['can'], { day: { wave: 3, score: 50 } }]);
});

test('progress of version 1 moves forward: nothing won is lost', () => {
  const old = (open, stars, endlessBest) => JSON.stringify({ version: 1, open, stars, endlessBest, picks: ['hedge', 5] });
  const moved = readProgress(old(8, { 1: 3, 2: 1 }, 4), 'standard');
  assert.deepEqual([moved.version, moved.open, moved.stars, moved.brass, moved.best, moved.picks], [2, 8, { 1: 3, 2: 1 }, 40, { day: { wave: 4, score: 0 } }, ['hedge']]);
  assert.deepEqual(moved.gifts, ['chamomile', 'trumpet'], 'plants that come later now');
  const unlimited = readProgress(old(8, { 1: 3 }, 9), 'unlimited');
  assert.deepEqual([unlimited.best, unlimited.stars], [{ day: { wave: 9, score: 0 } }, {}]);
});

test('a game in progress is kept, gone on with, and forgotten; a broken one with a notice', () => {
  const storage = memory();
  const store = openStore(storage, 'standard');
  assert.equal(store.loadGame(), null);
  const game = createGame({ id: 'level-3', picks: ['dewcup', 'rosehip', 'hedge', 'touchmenot'], seed: 5 });
  for (let i = 0; i < 900; i++) step(game);
  store.saveGame(game);
  assert.ok(storage.kept['garden-defense:game']);
  const again = openStore(storage, 'standard').loadGame();
  assert.deepEqual([again.tick, again.dew, again.saved > 0], [900, game.dew, true]);
  assert.equal(openStore(storage, 'unlimited').loadGame(), null, 'one for each edition');
  store.saveGame(null);
  assert.equal(store.loadGame(), null);
  assert.equal(store.trouble, null);
  storage.kept['garden-defense:game'] = JSON.stringify(freeze(game)).slice(0, 500);
  const broken = openStore(storage, 'standard');
  assert.deepEqual([broken.loadGame(), broken.trouble, storage.kept['garden-defense:game']], [null, 'badGame', undefined]);
});

test('results, days in a row, statistics', () => {
  let { progress, best } = withResult(freshProgress(), 'pond', 7, 900);
  assert.deepEqual([progress.best.pond, best], [{ wave: 7, score: 900 }, true]);
  ({ progress, best } = withResult(progress, 'pond', 9, 800));
  assert.deepEqual([progress.best.pond, best], [{ wave: 9, score: 900 }, false]);
  for (const day of ['2026-02-26', '2026-02-27', '2026-02-28', '2026-03-01', '2026-03-01']) progress = withDay(progress, day, 5, 100);
  assert.deepEqual([streakOf(progress, '2026-03-01'), streakOf(progress, '2026-03-02'), streakOf(progress, '2026-03-03'), progress.stats.days], [4, 4, 0, 4]);
  for (let i = 1; i <= 28; i++) for (const month of ['04', '05', '06']) progress = withDay(progress, `2026-${month}-${String(i).padStart(2, '0')}`, 1, 1);
  assert.equal(Object.keys(progress.daily).length, 60, 'the last days only');
  const game = { status: 'won', defeated: 12, planted: 3, collected: 4, time: 60.4 };
  assert.deepEqual(withStats(progress, game).stats, { games: 1, won: 1, toys: 12, planted: 3, dew: 4, seconds: 60, days: 88 });
  assert.deepEqual(readProgress(JSON.stringify(progress)), progress);
});

test('blocked, missing or full storage is no reason to stop', () => {
  for (const storage of [blocked, full, null]) {
    const store = openStore(storage, 'standard');
    store.saveProgress(withWin(store.progress, 1, 3));
    store.saveSettings({ volume: 0.2 });
    assert.deepEqual([store.progress.open, store.settings.volume, store.trouble], [2, 0.2, 'noSave']);
  }
});

test('odd settings fall back to the defaults', () => {
  const usual = { lang: null, muted: false, volume: 0.7 };
  for (const text of [null, '', '{', '[]', 'null', '{"volume":9,"muted":"yes","lang":4}']) assert.deepEqual(readSettings(text), usual);
  assert.deepEqual(readSettings('{"volume":0,"muted":true,"lang":"zh"}'), { lang: 'zh', muted: true, volume: 0 });
});

test('language: asked for, remembered, preferred, English', () => {
  for (const [asked, remembered, preferred, expected] of [
    ['zh', 'en', ['en'], 'zh'], [null, 'zh', ['en'], 'zh'], [null, null, ['zh-TW', 'en'], 'zh'], [null, null, ['fr', 'zh-CN'], 'zh'],
    [null, null, ['fr'], 'en'], ['xx', 'yy', [], 'en'],
  ]) assert.equal(chooseLanguage(asked, remembered, preferred), expected);
});

test('both languages say the same things, about everything there is', () => {
  // {lane} and {Lane} are words, which a language uses where it needs them.
  const shape = (value) => (typeof value === 'string' ? [...new Set(value.match(/\{\w+\}/g) ?? [])].filter((place) => !/lane/i.test(place)).sort().join()
    : Array.isArray(value) ? value.length : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)])));
  assert.deepEqual(shape(allTexts.zh), shape(allTexts.en));
  for (const texts of Object.values(allTexts)) {
    assert.deepEqual(Object.keys(texts.plants).sort(), [...PLANT_ORDER].sort());
    assert.deepEqual(Object.keys(texts.invaders).sort(), Object.keys(INVADERS).sort());
    assert.deepEqual(Object.keys(texts.wares).sort(), Object.keys(WARES).sort());
    for (const group of [texts.gardenNames, texts.gardenRules]) assert.deepEqual(Object.keys(group).sort(), Object.keys(GARDENS).sort());
    for (const group of [texts.miniNames, texts.miniAbout]) assert.deepEqual(Object.keys(group).sort(), Object.keys(MINIS).sort());
    for (let level = 1; level <= LEVELS.length; level++) assert.ok(texts.taught[level], `level ${level}`);
  }
});

test('Chinese calls lanes by how they run: rows across, columns down', () => {
  const said = (upright) => {
    setUpright(upright);
    return [t('cell', { lane: 3, cell: 4, what: t('bare') }), plantAbout('rosehip')];
  };
  setLanguage('zh');
  assert.deepEqual(said(false), ['第 3 行，第 4 格：空地', '沿着本行弹射蔷薇果。']);
  assert.deepEqual(said(true), ['第 3 列，第 4 格：空地', '沿着本列弹射蔷薇果。']);
  setLanguage('en');
  assert.deepEqual(said(true), ['Lane 3, cell 4: bare soil', 'Slings rosehips down its lane.']);
  setUpright(false);
  for (const texts of Object.values(allTexts)) assert.doesNotMatch(JSON.stringify(texts), /[“”](?=[a-z])|Go on|for nothing|too dear|half back/);
});
