// Carrot Tower: what a player finds again after a refresh, Back, another game or a sleeping phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { player, publish, stopAll, until } from './support.mjs';
import { almostWon, begin, countedDown, midGame, noteCounts, number, openWith, press, raise, screen, stored, wave } from './carrot-tower-support.mjs';
import { mapCourse } from '../../games/carrot-tower/courses.js';
import { TOWER_NAMES } from '../../games/carrot-tower/rules/catalog.js';

let server;
before(async () => { server = await publish('carrot-tower'); });
after(async () => {
  await stopAll();
  await server?.stop();
});

const state = async (page) => [await number(page, 'coins'), await number(page, 'lives'), await wave(page), await page.locator('#cells [data-kind="tower"]').count()];
test('phone: a refresh, Back, and another page in between lose nothing; the game goes on after a count of three', async () => {
  const { page, leave } = await player({ screen: 'phone' });
  await noteCounts(page);
  await begin(page, server.url + '?seed=4');
  await raise(page, 2, 2, 'sling');
  await raise(page, 4, 2, 'sling');
  await press(page, '#next-wave');
  await page.locator('#cells [data-kind="path"][aria-label*="Field mouse"]').first().waitFor();
  const here = await state(page);
  assert.deepEqual(here.slice(2), [1, 2]);
  await page.reload();
  await screen(page, 'play');
  const again = await state(page);
  assert.deepEqual(again.slice(1), here.slice(1));
  assert.ok(again[0] >= here[0] && again[0] <= here[0] + 24, 'no coins are lost, and no more than a few critters beaten meanwhile');
  await countedDown(page);
  await page.goto('about:blank');
  await page.goBack();
  await until('the game is back', async () => (await state(page)).slice(1).join() === here.slice(1).join());
  await leave();
});

test('phone: a sleeping phone pauses and saves; on waking it counts to three, and not before the player says so', async () => {
  const { page, leave } = await player({ screen: 'phone' });
  await noteCounts(page);
  await begin(page, server.url + '?seed=4');
  await raise(page, 2, 2, 'sling');
  await press(page, '#next-wave');
  const hide = (hidden) => page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await hide(true);
  await screen(page, 'paused');
  const { game } = JSON.parse(await stored(page, 'game:garden'));
  assert.deepEqual([game.wave, game.towers.length], [1, 1]);
  await hide(false);
  assert.equal(await page.locator('body').getAttribute('data-screen'), 'paused');
  await press(page, '[data-go="resume"]');
  const ticks = async () => JSON.parse(await stored(page, 'game:garden')).game.ticks;
  await countedDown(page);
  await until('it goes on', async () => (await ticks()) > game.ticks);
  await leave();
});

test('desktop: a game left for the list of gardens stays there; starting over asks first', async () => {
  const { page, leave } = await player();
  await openWith(page, server.url + '?speed=1', midGame(mapCourse('pond', 3, TOWER_NAMES)));
  await screen(page, 'play');
  await page.click('#pause');
  await page.click('[data-go="maps"]');
  await page.locator('[data-map-choice="pond"][data-kept="3"]').waitFor();
  await page.click('[data-map-choice="garden"]');
  await screen(page, 'play');
  assert.equal(await wave(page), 0);
  await page.click('#pause');
  await page.click('[data-go="maps"]');
  await page.click('[data-map-choice="pond"]');
  await until('the third wave', async () => (await wave(page)) === 3);
  await page.click('#pause');
  await page.click('[data-go="restart"]');
  await page.locator('[data-go="restart"]', { hasText: 'Really start over?' }).waitFor();
  assert.equal(await page.locator('body').getAttribute('data-screen'), 'paused');
  await page.click('[data-go="restart"]');
  await screen(page, 'play');
  assert.equal(await wave(page), 0);
  await leave();
});

test('desktop: stars won in one tab are kept by another that was open already', async () => {
  const { page, context, leave } = await player();
  await page.goto(server.url);
  await press(page, '#start');
  const second = await context.newPage();
  await openWith(second, server.url + '?speed=20', { 'carrot-tower:progress': '{"version":2,"stars":{}}', ...almostWon(mapCourse('garden', 3, TOWER_NAMES)) });
  await screen(second, 'won');
  await page.locator('[data-map-choice="garden"]:not([data-stars="0"])').waitFor();
  await page.bringToFront();
  await page.keyboard.press('m');
  assert.deepEqual(Object.keys(JSON.parse(await stored(page, 'progress')).stars), ['garden']);
  await leave();
});

test('desktop: a broken game in progress is dropped with a notice, and progress stays', async () => {
  const { page, leave } = await player();
  await openWith(page, server.url + '?lang=en', { 'carrot-tower:game:garden': '{"course":{"key":"garden"}}', 'carrot-tower:current': 'garden' });
  await page.locator('#notice', { hasText: 'could not be read' }).waitFor();
  await screen(page, 'title');
  assert.equal(await stored(page, 'game:garden'), null);
  await page.click('#start');
  await page.locator('[data-map-choice="pond"][data-stars="1"]').waitFor();
  await leave();
});

for (const [what, value] of [['no JSON', '{"version":1,'], ['another shape', '{"version":1,"stars":{"garden":99}}'], ['an old version', '{"version":0}']]) {
  test(`desktop: a broken save (${what}) starts afresh with a notice`, async () => {
    const { page, leave } = await player();
    await page.addInitScript((text) => { if (!sessionStorage.getItem('once')) localStorage.setItem('carrot-tower:progress', text); sessionStorage.setItem('once', '1'); }, value);
    await page.goto(server.url + '?lang=en');
    await page.locator('#notice', { hasText: 'afresh' }).waitFor();
    await page.click('#start');
    await page.locator('[data-map-choice="garden"][data-stars="0"]').waitFor();
    assert.equal(JSON.parse(await page.evaluate(() => localStorage.getItem('carrot-tower:progress'))).version, 2);
    await leave();
  });
}
