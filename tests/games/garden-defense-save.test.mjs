// Saved progress and the texts of Garden Defense.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INVADERS, PLANT_ORDER } from '../../games/garden-defense/rules/data.js';
import { freshProgress, openStore, readProgress, readSettings, withWin } from '../../games/garden-defense/save.js';
import { allTexts, chooseLanguage, setLanguage, t } from '../../games/garden-defense/text.js';

function memory(start = {}) {
  const kept = { ...start };
  return { kept, getItem: (key) => kept[key] ?? null, setItem: (key, value) => { kept[key] = value; } };
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

test('a win opens the next level and keeps the best stars', () => {
  let progress = withWin(freshProgress(), 1, 2);
  progress = withWin(progress, 1, 1);
  assert.deepEqual([progress.open, progress.stars[1]], [2, 2]);
  progress = withWin(progress, 10, 3);
  assert.equal(withWin(progress, 1, 3).open, 11);
});

test('broken and old progress starts afresh with a notice', () => {
  for (const text of ['', '{', 'null', '[]', '7', '"x"', '{}', '{"version":0,"open":3}', '{"version":1,"open":99,"stars":{},"endlessBest":0,"picks":[]}',
    '{"version":1,"open":"3","stars":{},"endlessBest":0,"picks":[]}', '{"version":1,"open":3,"stars":null,"endlessBest":0,"picks":[]}',
    '{"version":1,"open":3,"stars":{},"endlessBest":0,"picks":{}}']) {
    assert.equal(readProgress(text), null, text);
    const storage = memory({ 'garden-defense:progress': text });
    const store = openStore(storage, 'standard');
    assert.deepEqual([store.progress, store.trouble], [freshProgress(), 'badSave'], text);
    assert.equal(openStore(storage, 'standard').trouble, null, 'told once');
  }
  assert.deepEqual(readProgress('{"version":1,"open":3,"stars":{"1":9,"2":2,"x":1},"endlessBest":4,"picks":["hedge",5]}'),
    { version: 1, open: 3, stars: { 2: 2 }, endlessBest: 4, picks: ['hedge'] });
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

test('both languages say the same things, about every plant and invader', () => {
  const shape = (value) => (typeof value === 'string' ? [...new Set(value.match(/\{\w+\}/g) ?? [])].sort().join() : Array.isArray(value) ? value.length : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)])));
  assert.deepEqual(shape(allTexts.zh), shape(allTexts.en));
  for (const texts of Object.values(allTexts)) {
    assert.deepEqual(Object.keys(texts.plants).sort(), [...PLANT_ORDER].sort());
    assert.deepEqual(Object.keys(texts.invaders).sort(), Object.keys(INVADERS).sort());
  }
  setLanguage('en');
  assert.equal(t('level', { n: 3 }), 'Level 3');
});
