// Carrot Tower: what is kept in the browser, the texts, the hints and the layout.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isOpen, noteWin, openSave, openTowers, totalStars } from '../../games/carrot-tower/save.js';
import { pickLanguage, t, textKeys, useLanguage } from '../../games/carrot-tower/text.js';
import { MONSTERS, OBSTACLES, TARGET_MODES, TOWER_NAMES } from '../../games/carrot-tower/rules/catalog.js';
import { MAPS } from '../../games/carrot-tower/rules/maps.js';
import { mapCourse } from '../../games/carrot-tower/courses.js';
import { build, callWave, cellAt, createGame, upgrade } from '../../games/carrot-tower/rules/game.js';
import { spawn } from '../../games/carrot-tower/rules/critters.js';
import { nextHint } from '../../games/carrot-tower/ui/hints.js';
import { layout } from '../../games/carrot-tower/ui/layout.js';

const PROGRESS = 'carrot-tower:progress';

function storage(items = {}) {
  const map = new Map(Object.entries(items));
  return { map, getItem: (key) => map.get(key) ?? null, setItem: (key, value) => map.set(key, value), removeItem: (key) => map.delete(key) };
}

test('progress and settings come back as they were kept', () => {
  const store = storage();
  const save = openSave(() => store);
  assert.equal(save.trouble, null);
  noteWin(save.progress, 'garden', 2, true);
  Object.assign(save.settings, { language: 'zh', volume: 0.25, muted: true, fast: true });
  save.keep();
  assert.ok([...store.map.keys()].every((key) => key.startsWith('carrot-tower:')));
  const again = openSave(() => store);
  assert.deepEqual(again.progress, save.progress);
  assert.deepEqual(again.settings, save.settings);
});

test('broken saves start afresh and are mended in the store', () => {
  for (const broken of ['', 'x', '{', 'null', '[]', '5', '{"version":0,"stars":{}}', '{"version":1}', '{"version":1,"stars":{"garden":4}}', '{"version":1,"stars":{"garden":"3"}}', '{"version":1,"stars":null}', '{"version":3,"stars":{}}', '{"version":2,"stars":{},"stats":{"games":-1}}', '{"version":2,"stars":{},"endless":{"garden":{"wave":"x"}}}', '{"version":2,"stars":{},"daily":{"best":{"wave":1}}}']) {
    const store = storage({ [PROGRESS]: broken });
    const save = openSave(() => store);
    assert.equal(save.trouble, broken === '' ? null : 'broken', broken);
    assert.equal(totalStars(save.progress), 0);
    if (broken) assert.equal(JSON.parse(store.map.get(PROGRESS)).version, 2);
  }
  const settings = openSave(() => storage({ 'carrot-tower:settings': '{"volume":77,"muted":"yes","language":3}' })).settings;
  assert.deepEqual(settings, { language: null, volume: 1, muted: false, fast: false });
});

test('a tab takes over the progress that another one kept', () => {
  const store = storage();
  const [one, other] = [openSave(() => store), openSave(() => store)];
  noteWin(other.progress, 'garden', 3, true);
  other.keep();
  assert.equal(one.follow('carrot-tower:settings'), false);
  assert.equal(one.follow(null), false);
  assert.equal(one.follow(PROGRESS), true);
  one.keep();
  assert.equal(totalStars(openSave(() => store).progress), 3);
  for (const lost of ['{', 'null']) {
    store.setItem(PROGRESS, lost);
    assert.equal(one.follow(PROGRESS), false);
    assert.equal(totalStars(one.progress), 3);
  }
});

test('broken settings take no progress with them, nor the other way round', () => {
  const [progress, settings] = ['{"version":2,"stars":{"garden":3}}', '{"muted":true}'];
  for (const [kept, stars, muted] of [[{ [PROGRESS]: progress, 'carrot-tower:settings': '{"mu' }, 3, false], [{ [PROGRESS]: progress, 'carrot-tower:settings': 'null' }, 3, false], [{ [PROGRESS]: '{"ver', 'carrot-tower:settings': settings }, 0, true]]) {
    const store = storage(kept);
    assert.equal(openSave(() => store).trouble, 'broken');
    const again = openSave(() => store);
    assert.deepEqual([again.trouble, totalStars(again.progress), again.settings.muted], [null, stars, muted], JSON.stringify(kept));
  }
});

test('blocked or full storage is no exception', () => {
  assert.equal(openSave(() => { throw new Error('SecurityError'); }).trouble, 'blocked');
  assert.equal(openSave(() => null).trouble, 'blocked');
  const full = openSave(() => ({ getItem: () => null, setItem() { throw new Error('QuotaExceededError'); } }));
  assert.equal(full.trouble, null);
  full.keep();
  assert.equal(full.trouble, 'blocked');
});

test('a game that cannot be written stays for as long as the page is open', () => {
  const course = mapCourse('garden', 1, TOWER_NAMES);
  for (const open of [() => ({ getItem: () => null, setItem() { throw new Error('QuotaExceededError'); } }), () => { throw new Error('SecurityError'); }]) {
    const save = openSave(open);
    const game = createGame('garden');
    build(game, 2, 2, 'sling');
    save.keepGame(course, game);
    assert.equal(save.trouble, 'blocked');
    assert.equal(save.peekGame('garden').wave, 0);
    assert.equal(save.loadGame('garden').game.towers.length, 1);
    save.dropGame('garden');
    assert.deepEqual([save.peekGame('garden'), save.loadGame('garden')], [null, null]);
  }
});

test('wins open the next map and new towers; stars only grow', () => {
  const { progress } = openSave(() => storage());
  const open = () => MAPS.map((map) => isOpen(progress, map.id));
  assert.deepEqual(open(), [true, false, false, false, false, false]);
  assert.deepEqual(openTowers(progress), ['sling', 'mortar', 'mister', 'hive']);
  assert.equal(noteWin(progress, 'garden', 3, false), 'mill');
  assert.equal(noteWin(progress, 'garden', 1, false), null);
  assert.equal(progress.stars.garden, 3);
  assert.deepEqual(open(), [true, true, false, false, false, false]);
  assert.equal(noteWin(progress, 'orchard', 1, false), 'lantern');
  assert.deepEqual([open(), openTowers(progress), totalStars(progress)], [[true, true, true, false, false, false], TOWER_NAMES, 4]);
  assert.equal(isOpen(progress, 'desert'), false);
});

test('both languages have every text, and everything of the catalogue has a name', () => {
  const { en, zh } = textKeys();
  assert.deepEqual(en, zh);
  const names = [...TOWER_NAMES, ...Object.keys(MONSTERS), ...Object.keys(OBSTACLES), ...TARGET_MODES, ...MAPS.map((map) => map.id)];
  const notes = [...TOWER_NAMES.flatMap((name) => [`${name}Note`, `${name}Tag`]), ...Object.keys(MONSTERS).map((name) => `${name}Note`)];
  for (const key of [...names, ...notes]) assert.ok(en.includes(key), key);
});

test('the language: asked for, remembered, then the browser', () => {
  for (const [asked, remembered, preferred, expected] of [
    ['zh', 'en', ['en'], 'zh'], ['fr', 'zh', ['en'], 'zh'], [null, null, ['zh-Hans-CN', 'en'], 'zh'], [null, null, ['fr', 'zh-TW'], 'zh'],
    [null, null, ['de', 'en-GB', 'zh'], 'en'], [null, null, ['fr'], 'en'], [null, 'toString', undefined, 'en'],
  ]) assert.equal(pickLanguage(asked, remembered, preferred), expected);
  useLanguage('zh');
  assert.equal(t('cell', { row: 2, column: 3, what: t('free') }), '第 2 行第 3 列：空地');
  useLanguage('en');
  assert.equal(t('cell', { row: 2, column: 3, what: t('levelled', { name: t('sling'), n: 2 }) }), 'Row 2, column 3: Pea sling, level 2');
});

test('hints lead from the first tower to the first wave, an upgrade and an obstacle', () => {
  const game = createGame('garden');
  assert.deepEqual(nextHint(game, null), ['hintBuild', { x: 2, y: 2 }]);
  assert.equal(nextHint(game, { x: 2, y: 2, there: null })[0], 'hintPick');
  const tower = build(game, 2, 2, 'sling');
  assert.deepEqual(nextHint(game, null), ['hintMore', '#next-wave']);
  game.coins = 50;
  assert.deepEqual(nextHint(game, null), ['hintWave', '#next-wave']);
  callWave(game);
  assert.equal(nextHint(game, null), null, 'no coins for an upgrade yet');
  game.coins = 90;
  assert.deepEqual(nextHint(game, null), ['hintSelect', tower]);
  assert.equal(nextHint(game, { x: 2, y: 2, there: tower })[0], 'hintUpgrade');
  upgrade(game, tower);
  game.wave = 2;
  assert.deepEqual(nextHint(game, null), ['hintClear', cellAt(game, 4, 3)], 'of those in range the weakest');
  game.cleared = 1;
  assert.equal(nextHint(game, null), null);
  game.waits.hail = 0;
  for (let i = 0; i < 4; i++) spawn(game, 'mouse', 0, i);
  assert.equal(nextHint(game, null)[0], 'hintHail');
});

test('cells are large enough to tap on usual screens', () => {
  for (const [width, height, tall, least] of [[390, 844, true, 55], [390, 664, true, 48], [360, 640, true, 44], [844, 390, false, 50], [667, 375, false, 40], [1280, 800, false, 80], [768, 1024, true, 70]]) {
    const plan = layout(width, height);
    assert.equal(plan.tall, tall);
    assert.ok(plan.cell >= least, `${width}x${height}: ${plan.cell}`);
    assert.ok(plan.cell * (tall ? 7 : 11) + (tall ? 0 : plan.side) <= width && plan.cell * (tall ? 11 : 7) <= height);
  }
});

test('the page asks for every module at once, so that none waits for another to name it', () => {
  const root = fileURLToPath(new URL('../../games/carrot-tower', import.meta.url));
  const modules = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? modules(path) : path.endsWith('.js') ? [relative(root, path).replaceAll('\\', '/')] : [];
  });
  const page = readFileSync(join(root, 'index.html'), 'utf8');
  const named = [...page.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, href]) => href);
  assert.deepEqual([...named, 'main.js'].sort(), modules(root).sort());
});
