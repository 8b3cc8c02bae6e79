// Carrot Tower: every screen in both languages at four sizes: nothing is clipped or off-screen, and axe finds nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { player, publish, sizes, snap, stopAll, violations } from './support.mjs';
import { DAY, almostLost, almostWon, midGame, openWith, screen } from './carrot-tower-support.mjs';
import { dailyCourse, endlessCourse, mapCourse } from '../../games/carrot-tower/courses.js';
import { timetable, waveOf } from '../../games/carrot-tower/rules/waves.js';
import { TOWER_NAMES } from '../../games/carrot-tower/rules/catalog.js';

let server;
before(async () => {
  server = await publish('carrot-tower');
});
after(async () => {
  await stopAll();
  await server?.stop();
});

/**
 * Runs in the page: everything visible that leaves the window, is cut off by a box around it, or overlaps another control.
 * What can be scrolled to counts as visible.
 */
function measure() {
  const faults = [];
  const slack = 1.5;
  // Texts for screen readers only are clipped on purpose.
  const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest('.sr, [hidden]') && getComputedStyle(node).clipPath === 'none';
  const name = (node) => `${node.tagName.toLowerCase()}${node.id ? `#${node.id}` : ''}.${node.className} "${node.textContent.trim().slice(0, 40)}"`;
  const covered = (node) => document.querySelector('#overlay:not([hidden])') && !node.closest('#overlay, #notice');
  const check = (box, node, what) => {
    if (box.width < 0.5 || box.height < 0.5) return;
    let scrolls = false;
    for (let around = what.startsWith('control') ? node.parentElement : node; around && around !== document.body; around = around.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(around);
      const frame = around.getBoundingClientRect();
      if (overflowY === 'auto' || overflowY === 'scroll') {
        scrolls = true;
        const left = frame.left + around.clientLeft;
        if (box.left < left - slack || box.right > left + around.clientWidth + slack) faults.push(`${what} cut at the side by ${name(around).slice(0, 40)}`);
        break;
      }
      if (overflowX === 'visible') continue;
      if (box.left < frame.left - slack || box.right > frame.right + slack || box.top < frame.top - slack || box.bottom > frame.bottom + slack) {
        faults.push(`${what} cut by ${name(around).slice(0, 40)}`);
        break;
      }
    }
    if (box.left < -slack || box.right > innerWidth + slack) faults.push(`${what} beside the window`);
    if (!scrolls && (box.top < -slack || box.bottom > innerHeight + slack)) faults.push(`${what} above or below the window`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const node = text.parentElement;
    if (!text.data.trim() || !seen(node) || covered(node)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) check(box, node, `text ${name(node)}`);
  }
  const controls = [...document.querySelectorAll('button, input, textarea')].filter((node) => seen(node) && !covered(node) && !node.closest('#cells'));
  for (const node of controls) {
    const box = node.getBoundingClientRect();
    check(box, node, `control ${name(node)}`);
    if (node.matches('button') && (box.width < 40 || box.height < 40)) faults.push(`control ${name(node)} is only ${Math.round(box.width)} x ${Math.round(box.height)}`);
    for (const other of controls) {
      if (other === node || node.contains(other) || other.contains(node)) continue;
      const b = other.getBoundingClientRect();
      if (box.left < b.right - slack && b.left < box.right - slack && box.top < b.bottom - slack && b.top < box.bottom - slack) faults.push(`${name(node)} overlaps ${name(other)}`);
    }
  }
  return [...new Set(faults)];
}

for (const device of ['phone', 'desktop']) {
  for (const lang of ['en', 'zh']) {
    // axe sees structure and colours, which are the same in both languages.
    const withAxe = (device === 'phone') === (lang === 'en');
    test(`${device}, ${lang}: nothing is clipped or off-screen${withAxe ? ', axe finds nothing' : ''}`, async () => {
      // All ends and three maps are looked at where room is short, fewer where there is plenty.
      const tight = device === 'phone';
      const { page, leave } = await player({ screen: device, reducedMotion: 'reduce' });
      const wrong = {};
      const look = async (name) => {
        for (const [width, height] of sizes[device]) {
          await page.setViewportSize({ width, height });
          // The resize is heard before the next frame.
          await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
          const faults = await page.evaluate(measure);
          if (faults.length) wrong[`${name}, ${width} x ${height}`] = faults;
          await snap(page, `carrot-tower-${width}-${lang}-${name}`);
        }
        const found = withAxe ? await violations(page) : [];
        if (found.length) wrong[`${name}, axe`] = found;
      };
      const url = (more) => `${server.url}?lang=${lang}&day=${DAY}&speed=20&seed=7${more}`;
      const click = (target) => page.locator(target).first().click();

      await openWith(page, url(''));
      await look('title');
      await click('#start');
      await look('maps');
      await click('#maps-daily');
      await look('daily');
      await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
      await click('[data-go="share"]');
      await page.locator('#share-box').waitFor();
      await look('share');
      await click('[data-go="shut"]');
      for (const map of tight ? ['garden', 'moonlit', 'frost'] : ['pond']) {
        await click(`[data-map-choice="${map}"]`);
        await screen(page, 'play');
        await look(`${map}, before the first wave`);
        await click('#cells [data-kind="free"]');
        await look(`${map}, shop`);
        await page.keyboard.press('Escape');
        await click('#pause');
        await click('[data-go="maps"]');
      }

      const busy = midGame(mapCourse('moonlit', 3, TOWER_NAMES), (game) => {
        Object.assign(game, { coins: 98765, wave: 12, score: 123456, spawned: 0, rest: null });
        Object.assign(game.waits, { hail: 0, freeze: 38 });
      });
      await openWith(page, url('').replace('speed=20', 'speed=1'), busy);
      await page.locator('#count').waitFor({ state: 'hidden' });
      // The count passes too quickly to be measured, so it is shown once more.
      const showCount = (text) => page.locator('#count').evaluate((box, number) => Object.assign(box, { hidden: !number, textContent: number }), text);
      await showCount('3');
      await look('count');
      await showCount('');
      await click('[data-power="hail"]');
      await look('hail');
      await page.keyboard.press('Escape');
      await click('#cells [data-kind="tower"]');
      await look('tower');
      await page.keyboard.press('Escape');
      await click('#cells [data-kind="obstacle"]');
      await look('obstacle');
      await page.keyboard.press('Escape');
      await click('#pause');
      await look('paused');
      await click('[data-go="restart"]');
      await look('start over?');

      const resting = midGame(mapCourse('ridge', 3, TOWER_NAMES), (game) => {
        const { length } = timetable(waveOf(game.waves, 9), game.map.paths.length);
        Object.assign(game, { coins: 1000, wave: 9, rest: 14.5, spawned: length, monsters: [], shots: [], focus: null });
      });
      await openWith(page, url('').replace('speed=20', 'speed=1'), resting);
      await page.locator('#count').waitFor({ state: 'hidden' });
      await page.locator('#next-more', { hasText: '+' }).waitFor();
      await look('between waves');

      for (const [name, items, end] of [
        ['won', almostWon(mapCourse('garden', 3, ['sling'])), 'won'], ['lost', almostLost(mapCourse('frost', 3, TOWER_NAMES)), 'lost'],
        ['daily over', almostWon(dailyCourse(DAY)), 'won'], ['endless over', almostLost(endlessCourse('orchard', 3)), 'lost'],
      ].slice(0, tight ? 4 : 2)) {
        await openWith(page, url(''), items);
        await screen(page, end);
        await look(name);
      }
      assert.deepEqual(wrong, {});
      await leave();
    });
  }
}

test('the page names its description, colours, pictures and manifest, and all of them are there', async () => {
  const { page, leave } = await player();
  await page.goto(server.url);
  const head = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll('meta[name], meta[property], link')].map((node) => [node.getAttribute('name') ?? node.getAttribute('property') ?? node.rel, node.content ?? node.getAttribute('href')])));
  assert.ok(head.description.length > 30 && /^#/.test(head['theme-color']));
  const { icons } = await page.evaluate(async (href) => (await fetch(href)).json(), head.manifest);
  for (const path of [head['og:image'], head.icon, head['apple-touch-icon'], ...icons.map(({ src }) => src)]) {
    assert.doesNotMatch(path, /^(\/|https?:)/, 'relative, so that it works below any path');
    const [width, height] = await page.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    }, path);
    const { sizes: wanted } = icons.find(({ src }) => src === path) ?? {};
    if (/^\d/.test(wanted ?? '')) assert.equal(`${width}x${height}`, wanted);
  }
  await leave();
});
