// Every screen of the mind reader at every size and in both languages; the duel with the owl; gamepads.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { player, publish, sizes, snap, stopAll, until, violations } from './support.mjs';

let server;
before(async () => { server = await publish('mind-reader'); });
after(async () => {
  await stopAll();
  await server?.stop();
});

const NOW = new Date('2026-11-26T10:00:00'); // a Thursday: four symbols of six
const MEMORY = { version: 2, muted: true, reads: { nines: 12, veils: 1, piles: 0, envelope: 120 }, duels: { played: 240, won: 231, streak: 112, longest: 112, last: '2026-11-25', tries: { 4: 100, 5: 131 }, days: { '2026-11-25': 4 } } };

/** A player with a past, on a page whose chance is seeded. */
async function visitor(options, address = '', memory = MEMORY) {
  const visit = await player(options);
  await visit.context.addInitScript((text) => {
    if (location.protocol !== 'about:' && !localStorage.getItem('mind-reader:memory')) localStorage.setItem('mind-reader:memory', text);
  }, JSON.stringify(memory));
  await visit.page.clock.setFixedTime(NOW);
  // The icon comes after the page; a test that leaves at once would count its end as a failed request.
  const icon = visit.page.waitForEvent('requestfinished', { predicate: (request) => request.url().endsWith('icon.svg'), timeout: 3000 }).catch(() => {});
  await visit.page.goto(`${server.url}?seed=5&speed=20${address}`);
  await icon;
  return visit;
}

const screenIs = (page, name) => page.locator(`body[data-screen="${name}"]`).waitFor();
const act = (page, action) => page.locator(`[data-action="${action}"]`).click();
const click = (page, id) => page.locator(`#${id}`).click();

/** Goes through all screens and calls `look(name)` on each. */
async function tour(page, look) {
  const begin = (trick) => page.locator(`[data-trick="${trick}"]`).click();
  const reveal = async () => {
    await act(page, 'go');
    await screenIs(page, 'reveal');
  };
  await look('title');
  await click(page, 'book-open');
  await look('statistics');
  await click(page, 'book-close');
  await begin('nines');
  for (const name of ['think', 'subtract', 'lookup', 'concentrate']) {
    await screenIs(page, name);
    await look(name);
    if (name !== 'concentrate') await act(page, 'go');
  }
  await reveal();
  await look('reveal');
  await act(page, 'astray');
  await look('astray');
  await act(page, 'claim');
  await look('astray answered');
  await act(page, 'title');
  await begin('veils');
  await look('choose');
  await act(page, 'go');
  await look('veil');
  for (const answer of ['yes', 'no', 'yes', 'no', 'yes']) await act(page, answer);
  await reveal();
  await act(page, 'astray');
  await look('astray veils');
  await page.locator('#board .tile').first().click();
  await look('astray veils answered');
  await act(page, 'again');
  await act(page, 'go');
  for (const answer of ['yes', 'no', 'yes', 'no', 'yes']) await act(page, answer);
  await reveal();
  await act(page, 'accept');
  await look('accepted');
  for (const name of ['nines', 'veils']) {
    await act(page, 'how');
    await page.locator('#how-tabs button').nth(['nines', 'veils'].indexOf(name)).click();
    await look(`how ${name}`);
    await click(page, 'how-close');
  }
  await act(page, 'title');
  await begin('piles');
  await look('lucky');
  await act(page, 'go');
  await look('deal');
  for (const column of [0, 2, 1]) await page.locator('.column').nth(column).click();
  await look('concentrate piles');
  await reveal();
  await look('reveal piles');
  await act(page, 'astray');
  await look('astray piles');
  await page.locator('.single').first().click();
  await look('astray piles answered');
  await act(page, 'title');
  await begin('envelope');
  await look('seal');
  await act(page, 'go');
  await page.locator('.number:enabled').first().click();
  await look('pick');
  for (let pick = 0; pick < 3; pick++) await page.locator('.number:enabled').first().click();
  await look('sum');
  await reveal();
  await act(page, 'accept');
  await act(page, 'how');
  await look('how envelope');
  await click(page, 'how-close');
  await act(page, 'title');
  await click(page, 'mode-friend');
  await begin('envelope');
  await look('brief envelope');
  await click(page, 'home');
  await begin('veils');
  await look('brief');
  await act(page, 'go');
  await look('hand');
  await act(page, 'go');
  await act(page, 'go');
  for (const answer of ['yes', 'no', 'yes', 'no', 'yes']) await act(page, answer);
  await look('handback');
  await click(page, 'home');
  await click(page, 'duel-open');
  for (const key of '123412') await page.keyboard.press(key);
  await click(page, 'duel-ask');
  for (const key of '55') await page.keyboard.press(key);
  await look('duel');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  for (let tries = 0; tries < 7; tries++) {
    for (const key of '6666') await page.keyboard.press(key);
    await click(page, 'duel-ask');
  }
  await look('duel lost');
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await click(page, 'duel-share');
  await look('text to copy');
  await click(page, 'copy-close');
  await click(page, 'duel-harder');
  await look('hard duel');
}

/** What is cut, covered, outside of the window, too small to read or on top of another text. Runs in the page. */
function faultsOfLayout() {
  const faults = [];
  const root = document.querySelector('dialog[open]') ?? document.body;
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !element.closest('.unseen, noscript, .sheet, .figure, #notice');
  const scrollerOf = (element) => element.closest('.how-body, .cards');
  const name = (element) => element.id || element.textContent.trim().slice(0, 30) || element.className;
  const outside = (box, element) => {
    const scroller = scrollerOf(element)?.getBoundingClientRect();
    if (scroller) return box.left < scroller.left - 1 || box.right > scroller.right + 1;
    return box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5;
  };
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page is wider than the window');
  if (innerWidth !== screen.width && screen.width < 1000) faults.push(`laid out ${innerWidth} wide on a screen of ${screen.width}`);
  for (const control of root.querySelectorAll('button, input, textarea')) {
    if (!shown(control)) continue;
    const box = control.getBoundingClientRect();
    if (outside(box, control)) faults.push(`outside: ${name(control)}`);
    if (Math.min(box.width, box.height) < (control.closest('.tries') ? 24 : 40)) faults.push(`small: ${name(control)} ${box.width} x ${box.height}`);
    if (control.tagName === 'BUTTON' && control.scrollWidth > control.clientWidth + 1) faults.push(`cut: ${name(control)}`);
    const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    if (!scrollerOf(control) && top && !control.contains(top) && !top.contains(control)) faults.push(`covered: ${name(control)} by ${name(top)}`);
  }
  const lines = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !shown(element) || element.closest('textarea, script, style')) continue;
    if (parseFloat(getComputedStyle(element).fontSize) < 11) faults.push(`tiny: ${name(element)}`);
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (outside(box, element)) faults.push(`outside: "${node.data.trim()}"`);
      for (let parent = element; parent && parent !== document.body; parent = parent.parentElement) {
        const frame = parent.getBoundingClientRect();
        if (scrollerOf(element) === parent) break;
        if (getComputedStyle(parent).overflowX !== 'visible' && (box.left < frame.left - 1 || box.right > frame.right + 1)) faults.push(`cut: "${node.data.trim()}"`);
      }
      if (!scrollerOf(element)) lines.push({ node, left: box.left, right: box.right, top: box.top + box.height * 0.2, bottom: box.bottom - box.height * 0.2 });
    }
  }
  for (const [index, one] of lines.entries()) {
    for (const other of lines.slice(index + 1)) {
      if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1) {
        faults.push(`"${one.node.data.trim()}" over "${other.node.data.trim()}"`);
      }
    }
  }
  return faults;
}

for (const lang of ['en', 'zh']) {
  for (const screen of ['phone', 'desktop']) {
    const withAxe = (screen === 'phone') === (lang === 'en');
    test(`${screen}, ${lang}: nothing is cut, covered or outside${withAxe ? ', and axe finds nothing' : ''}`, async () => {
      const { page, leave } = await visitor({ screen, deviceScaleFactor: 1, reducedMotion: 'reduce' }, `&lang=${lang}`);
      const faults = {};
      await tour(page, async (name) => {
        for (const [width, height] of sizes[screen]) {
          await page.setViewportSize({ width, height });
          const place = `${name}, ${width} x ${height}`;
          const fine = async () => (faults[place] = await page.evaluate(faultsOfLayout)).length === 0;
          if (await until(place, fine, 10).catch(() => false)) delete faults[place];
          await snap(page, `mind-reader-${width}-${lang}-${name}`);
        }
        const headings = await page.evaluate(() => [...document.querySelectorAll('h1')].filter((heading) => heading.checkVisibility()).length);
        assert.equal(headings, 1, `level-one headings on ${name}`);
        const found = withAxe ? await violations(page) : [];
        if (found.length) faults[`${name}, axe`] = found;
      });
      assert.deepEqual(faults, {});
      await leave();
    });
  }
}

/** What the owl thinks of, as the page keeps it. */
const secretOf = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('mind-reader:duel-daily')).secret);

test('the duel of the day: the same for two players, kept over a refresh, counted once, and shared', async () => {
  const secrets = [];
  for (const locale of ['en-US', 'zh-CN']) {
    const { page, leave } = await visitor({ screen: 'desktop', locale }, '', { version: 2 });
    await click(page, 'duel-open');
    await page.locator('#palette button').nth(2).click();
    secrets.push(await secretOf(page));
    await leave();
  }
  assert.deepEqual(secrets[0], secrets[1]);

  const { page, leave } = await visitor({ screen: 'desktop', permissions: ['clipboard-read', 'clipboard-write'] });
  await click(page, 'duel-open');
  const secret = await secretOf(page);
  const ask = async (row) => {
    for (const kind of row) await page.keyboard.press(String(kind + 1));
    await click(page, 'duel-ask');
  };
  assert.equal(await page.locator('#duel-ask').isDisabled(), true);
  await ask(secret.map((kind) => (kind + 1) % 6));
  await page.keyboard.press('1');
  await page.keyboard.press('2');
  await page.reload();
  await screenIs(page, 'duel');
  assert.equal(await page.locator('.tries li').first().locator('.token[class*="kind-"]').count(), 4);
  assert.equal(await page.locator('.draft .token[class*="kind-"]').count(), 2);
  await page.locator('.draft .token').first().click(); // a tap takes a symbol out again
  await page.keyboard.press('Backspace');
  assert.equal(await page.locator('.draft .token[class*="kind-"]').count(), 0);
  await click(page, 'home');
  assert.equal(await page.locator('#duel-state').textContent(), 'Today’s duel: 7 tries left');
  await click(page, 'duel-open');
  await ask(secret);
  assert.equal(await page.locator('#duel-title').textContent(), 'You read my mind in 2 tries!');
  assert.match(await page.locator('#duel-text').textContent(), /^113 days in a row\./);
  await click(page, 'duel-share');
  await page.locator('#notice').waitFor();
  const shared = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(shared, /^Mind Reader, duel of November 26: 2\/8\n[🟡⚪⚫]{4}\n🟡🟡🟡🟡$/u);
  await click(page, 'home');
  assert.equal(await page.locator('#duel-state').textContent(), 'Today’s duel: won in 2');
  await click(page, 'duel-open');
  assert.equal(await page.locator('#duel-title').textContent(), 'You read my mind in 2 tries!');
  await click(page, 'duel-free');
  await screenIs(page, 'duel');
  assert.equal(await page.locator('#palette').isVisible(), true);
  await click(page, 'home');
  await page.clock.setFixedTime(new Date('2026-11-27T00:01:00'));
  await click(page, 'book-open');
  assert.match((await page.locator('#book-body').innerText()).replace(/\s+/g, ' '), /Played 241 Won 232 Days won in a row 113/);
  await click(page, 'book-close');
  await page.reload();
  assert.equal(await page.locator('#duel-state').textContent(), 'Today’s duel');
  await leave();
});

test('the answers to a guess can be heard', async () => {
  const { page, leave } = await visitor({ screen: 'desktop', locale: 'en-US' });
  await click(page, 'duel-open');
  const secret = await secretOf(page);
  const other = [0, 1, 2, 3, 4, 5].find((kind) => !secret.includes(kind));
  for (const kind of [secret[0], other, other, other]) await page.keyboard.press(String(kind + 1));
  await click(page, 'duel-ask');
  assert.match(await page.locator('#announcement').textContent(), /^Try 1: .+\. 1 in place, 0 elsewhere$/);
  await leave();
});

test('the reading builds up: the owl speaks and the ball changes before the answer comes', async () => {
  const { page, leave } = await visitor({ screen: 'desktop', locale: 'en-US', reducedMotion: 'no-preference' });
  await page.locator('[data-trick="veils"]').click();
  await act(page, 'go');
  for (const answer of ['yes', 'no', 'yes', 'no', 'yes']) await act(page, answer);
  await page.evaluate(() => {
    window.said = new Set();
    window.seen = [];
    new MutationObserver(() => window.said.add(document.getElementById('step-text').textContent)).observe(document.getElementById('step-text'), { childList: true });
    new MutationObserver(() => window.seen.push(document.getElementById('vision').dataset.symbol)).observe(document.getElementById('vision'), { attributes: true });
  });
  await act(page, 'go');
  await screenIs(page, 'reveal');
  const { said, seen } = await page.evaluate(() => ({ said: [...window.said], seen: window.seen }));
  for (const line of ['Many pictures… they rush by…', 'Three are left…', 'One burns brighter than the others…']) assert.ok(said.includes(line), `${said}`);
  assert.ok(new Set(seen.filter(Boolean)).size >= 8, `${seen}`);
  await leave();
});

test('with reduced motion a new screen stands at once: a button that still moves loses the press', async () => {
  const { page, leave } = await visitor({ screen: 'desktop', reducedMotion: 'reduce' });
  const moving = await page.evaluate(() => {
    document.querySelector('[data-trick="veils"]').click();
    document.body.getBoundingClientRect();
    return document.getAnimations().filter((animation) => animation instanceof CSSTransition).map(({ transitionProperty }) => transitionProperty);
  });
  assert.deepEqual(moving, []);
  await leave();
});

test('Home at once into another trick, and Back from there', async () => {
  const { page, leave } = await visitor({ screen: 'desktop' });
  await page.locator('[data-trick="nines"]').click();
  await page.evaluate(() => {
    document.getElementById('home').click();
    document.querySelector('[data-trick="piles"]').click();
  });
  await page.waitForFunction(() => history.state?.screen === 'play');
  await screenIs(page, 'lucky');
  await page.goBack();
  await screenIs(page, 'title');
  await leave();
});

test('a gamepad plays a whole trick and goes back to the title', async () => {
  const { page, leave, context } = await player({ screen: 'desktop' });
  await context.addInitScript(() => {
    const pad = { index: 0, connected: true, axes: [0, 0], buttons: Array.from({ length: 16 }, () => ({ pressed: false })) };
    window.pad = pad;
    navigator.getGamepads = () => [pad];
  });
  await page.goto(`${server.url}?speed=20`);
  await page.evaluate(() => window.dispatchEvent(new Event('gamepadconnected')));
  const NAMES = { a: 0, b: 1, start: 9, up: 12, down: 13, left: 14, right: 15 };
  const press = (name) => page.evaluate(async (index) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    window.pad.buttons[index].pressed = true;
    for (let wait = 0; wait < 3; wait++) await frame();
    window.pad.buttons[index].pressed = false;
    for (let wait = 0; wait < 3; wait++) await frame();
  }, NAMES[name]);
  const focused = () => page.evaluate(() => document.activeElement.dataset.trick);
  for (let step = 0; step < 12 && await focused() !== 'nines'; step++) await press(step % 4 === 3 ? 'left' : 'down');
  for (let step = 0; step < 4 && await focused() !== 'nines'; step++) await press('up');
  assert.equal(await focused(), 'nines');
  for (const next of ['think', 'subtract', 'lookup']) {
    await press('a');
    await screenIs(page, next);
  }
  await press('b');
  await screenIs(page, 'subtract');
  for (const next of ['lookup', 'concentrate', 'reveal']) {
    await press('a');
    await screenIs(page, next);
  }
  await press('a');
  await page.locator('[data-action="again"]').waitFor();
  await press('start');
  await screenIs(page, 'title');
  await leave();
});
