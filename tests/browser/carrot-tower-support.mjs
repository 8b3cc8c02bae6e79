// What Carrot Tower's browser tests share: steps of a player, and games laid into the store before the page opens.
import assert from 'node:assert/strict';
import { gameOf, mapCourse } from '../../games/carrot-tower/courses.js';
import { build, callWave, canCall, cellAt, step, upgrade } from '../../games/carrot-tower/rules/game.js';
import { spawn } from '../../games/carrot-tower/rules/critters.js';
import { pack } from '../../games/carrot-tower/rules/snapshot.js';
import { MAPS } from '../../games/carrot-tower/rules/maps.js';
import { timetable, waveOf } from '../../games/carrot-tower/rules/waves.js';

export const number = async (page, id) => Number(await page.locator(`#${id}`).textContent());
export const wave = async (page) => Number((await page.locator('#wave').textContent()).split('/')[0]);
export const screen = (page, name) => page.locator(`body[data-screen="${name}"]`).waitFor();
export const cell = (page, x, y) => page.locator(`#cells [data-x="${x}"][data-y="${y}"]`);
export const labelled = (page, x, y, words) => page.locator(`#cells [data-x="${x}"][data-y="${y}"][aria-label*="${words}"]`).waitFor();

/** Taps on a phone, clicks elsewhere. */
export async function press(page, target) {
  const spot = typeof target === 'string' ? page.locator(target) : target;
  await (page.viewportSize().width < 500 ? spot.tap() : spot.click());
}

/** Opens the game and goes through title and map list to a map. */
export async function begin(page, url, map = 'garden') {
  await page.goto(url);
  await screen(page, 'title');
  await press(page, '#start');
  await screen(page, 'maps');
  await press(page, `[data-map-choice="${map}"]`);
  await screen(page, 'play');
  assert.equal(await page.locator('body').getAttribute('data-map'), map);
}

/** Builds a tower. */
export async function raise(page, x, y, name) {
  await press(page, cell(page, x, y));
  await press(page, `[data-tower="${name}"]`);
  await page.locator(`#cells [data-x="${x}"][data-y="${y}"][data-kind="tower"]`).waitFor();
}

/** What the game has written to the store. */
export const stored = (page, key) => page.evaluate((name) => localStorage.getItem(`carrot-tower:${name}`), key);

export const DAY = '2026-11-26';
/** A player who has won everything and keeps coming back, with numbers as long as they get. */
export const everything = {
  version: 2, stars: Object.fromEntries(MAPS.map(({ id }, i) => [id, (i % 3) + 1])), tidy: { garden: true }, hints: true,
  endless: { garden: { wave: 123, score: 104210 } }, stats: { games: 1234, wins: 777, waves: 14000, beaten: 231000, seconds: 432000 },
  daily: { day: DAY, played: 104, streak: 33, longest: 33, tries: 2, best: { wave: 15, score: 13120, lives: 7, won: true } },
};

/** A game as the page keeps it, and as the one that was being played. */
const kept = (course, game) => ({ [`carrot-tower:game:${course.key}`]: JSON.stringify({ course, game: pack(game) }), 'carrot-tower:current': course.key });

/** A game in the third wave: a tower, a few critters, some coins. */
export function midGame(course, change = () => {}) {
  const game = gameOf(course);
  game.coins = 900;
  const free = game.cells.findIndex((cell) => cell === null);
  build(game, free % 11, Math.floor(free / 11), 'sling');
  callWave(game);
  for (let i = 0; i < 90; i++) step(game);
  game.wave = 3;
  change(game);
  return kept(course, game);
}

// Where to build and what to improve, in order; the same place again means its next level.
const PLAN = 'sling 7,2; mortar 5,3; mister 2,2; hive 8,2; sling 7,2; sling 7,2; sling 4,4; sling 4,4; sling 4,4; hive 8,2; mister 2,2; mortar 5,3; hive 8,2; hive 5,4; hive 5,4; hive 5,4; hive 1,2'
  .split('; ').map((line) => line.split(' ')).map(([name, at]) => [name, ...at.split(',').map(Number)]);

/** A game on the first map, played fairly by a plan until a wave comes out. */
export function playedUntil(wave) {
  const course = mapCourse('garden', 2, ['sling', 'mortar', 'mister', 'hive']);
  const game = gameOf(course);
  const todo = [...PLAN];
  for (let tick = 0; tick < 30 * 60 * 10 && game.wave < wave; tick++) {
    const [name, x, y] = todo[0] ?? [];
    const there = name && cellAt(game, x, y);
    if (name && (there?.tower ? upgrade(game, there) : build(game, x, y, name))) todo.shift();
    if (game.status === 'ready' && tick > 10 && canCall(game)) callWave(game);
    step(game);
    game.events.length = 0;
  }
  return kept(course, game);
}

/** A game that is won, or lost, with its next step. */
export const almostWon = (course) => midGame(course, (game) => {
  const { length } = timetable(waveOf(game.waves, 15), game.map.paths.length);
  Object.assign(game, { wave: 15, spawned: length, monsters: [], shots: [] });
});
export const almostLost = (course) => midGame(course, (game) => {
  game.lives = 1;
  spawn(game, 'mouse', 0, game.map.paths[0].length - 0.1);
});

/** Opens a page of the game with things in its store; reloads keep what the game has written meanwhile. */
export async function openWith(page, url, items = {}) {
  const list = { 'carrot-tower:progress': JSON.stringify(everything), ...items };
  await page.addInitScript((all) => {
    if (sessionStorage.getItem('laid') === JSON.stringify(all)) return;
    localStorage.clear();
    for (const [key, value] of Object.entries(all)) localStorage.setItem(key, value);
    sessionStorage.setItem('laid', JSON.stringify(all));
  }, list);
  await page.goto(url);
}

/** Makes every page of a player note the numbers that it counts before a game goes on, because each is seen only for a moment. */
export const noteCounts = (page) => page.addInitScript(() => {
  globalThis.counted = [];
  new MutationObserver(() => {
    const box = document.querySelector('#count:not([hidden])');
    if (box && box.textContent !== globalThis.counted.at(-1)) globalThis.counted.push(box.textContent);
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
});

/** Waits until the page has counted to three and goes on. */
export const countedDown = (page) => page.waitForFunction(() => globalThis.counted.join() === '3,2,1' && document.querySelector('#count').hidden);
