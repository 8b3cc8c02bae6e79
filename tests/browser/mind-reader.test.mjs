// The mind reader as played: think of a number, work it out, look it up, and see whether the ball knows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeBrowser, player, publish, until } from './support.mjs';

let server;
before(async () => { server = await publish('mind-reader'); });
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const WORDS = {
  en: { begin: 'Raise the curtain', steps: ['I have one', 'I have my result', 'I know my symbol', 'Read my mind'], again: 'Again', how: 'How it works', close: 'Close' },
  zh: { begin: '拉开帷幕', steps: ['想好了', '算好了', '记住了', '读我的心'], again: '再来一次', how: '揭秘', close: '关闭' },
};

const screenIs = (page, name) => page.locator(`body[data-screen="${name}"]`).waitFor();

/** Presses a button and waits for the screen it leads to. A busy machine may miss a tap, and a player would tap again. */
async function press(page, name, touch, next) {
  const button = page.getByRole('button', { name, exact: true });
  if (!touch) {
    await button.click();
    return screenIs(page, next);
  }
  const shown = page.locator(`body[data-screen="${next}"]`);
  for (let attempt = 0; attempt < 4; attempt++) {
    await button.tap({ timeout: 5000 }).catch(() => {});
    if (await shown.waitFor({ timeout: 4000 }).then(() => true, () => false)) return undefined;
  }
  return assert.fail(`"${name}" does not lead to "${next}"`);
}

/** One round with a number that the page never hears of; returns the symbol that the player saw and the ball showed. */
async function playRound(page, words, touch, number) {
  await screenIs(page, 'think');
  assert.equal(await page.locator('#vision[data-symbol]').count(), 0);
  await press(page, words.steps[0], touch, 'subtract');
  assert.match(await page.locator('#example').innerText(), /^\d\d\s*−\s*\d\s*−\s*\d\s*=\s*\d\d?$/);
  await press(page, words.steps[1], touch, 'lookup');
  const result = number - Math.floor(number / 10) - (number % 10);
  const cell = page.locator(`[data-number="${result}"]`);
  await cell.waitFor({ state: 'visible' });
  const seen = await cell.getAttribute('data-symbol');
  assert.match(await cell.getAttribute('aria-label'), new RegExp(`^${result}[:：] ?.+`));
  const drawn = await cell.locator('use').getAttribute('href');
  assert.equal(drawn, `#symbol-${seen}`);
  await press(page, words.steps[2], touch, 'concentrate');
  assert.equal(await page.locator('[role="table"]').isVisible(), false);
  await press(page, words.steps[3], touch, 'reveal');
  const shown = await page.locator('#vision').getAttribute('data-symbol');
  assert.equal(shown, seen);
  const name = (await page.locator('#step-title').textContent()).replace(/[!！]$/, '');
  assert.match(await cell.getAttribute('aria-label'), new RegExp(`${name}$`));
  return shown;
}

for (const [language, screen, locale] of [['en', 'phone', 'en-GB'], ['en', 'desktop', 'en-US'], ['zh', 'phone', 'zh-CN'], ['zh', 'desktop', 'zh-CN']]) {
  test(`two rounds: ${language}, ${screen}`, async () => {
    const words = WORDS[language];
    const touch = screen === 'phone';
    const { page, leave } = await player({ screen, locale });
    await page.goto(`${server.url}?speed=20`);
    assert.equal(await page.title(), language === 'en' ? 'Mind Reader' : '读心术');
    assert.equal(await page.locator('html').getAttribute('lang'), language === 'en' ? 'en' : 'zh-CN');
    await press(page, words.begin, touch, 'think');
    const answers = [];
    for (const number of [10 + Math.floor(Math.random() * 90), language === 'en' ? 90 : 19]) {
      answers.push(await playRound(page, words, touch, number));
      await press(page, words.again, touch, 'think');
    }
    await screenIs(page, 'think');
    assert.equal(new Set(answers).size, 2, `answers: ${answers}`);
    await leave();
  });
}

test('the whole table fits on a phone, upright and sideways', async () => {
  for (const viewport of [{ width: 390, height: 844 }, { width: 360, height: 640 }, { width: 844, height: 390 }]) {
    const { page, leave } = await player({ screen: 'phone', viewport });
    await page.goto(server.url);
    await press(page, WORDS.en.begin, true, 'think');
    await press(page, WORDS.en.steps[0], true, 'subtract');
    await press(page, WORDS.en.steps[1], true, 'lookup');
    await page.locator('[data-number="99"]').waitFor({ state: 'visible' });
    // It moves into its place, some time after it is there.
    let faults;
    const look = () => page.evaluate(() => {
      const panel = document.getElementById('step-panel').getBoundingClientRect();
      const outside = ({ left, right, top, bottom }) => left < 0 || top < 0 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5;
      const covers = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
      const wrong = outside(panel) ? ['panel'] : [];
      for (const cell of document.querySelectorAll('[data-number]')) {
        const box = cell.getBoundingClientRect();
        const symbol = cell.querySelector('svg').getBoundingClientRect();
        if (outside(box) || covers(box, panel) || symbol.width < 16 || symbol.height < 16) wrong.push(cell.dataset.number);
      }
      return wrong;
    });
    const fits = async () => (faults = await look()).length === 0;
    await until('the table to fit', fits).catch(() => assert.deepEqual(faults, [], JSON.stringify(viewport)));
    await leave();
  }
});

test('how it works opens, computes and closes by keyboard', async () => {
  const { page, leave } = await player({ screen: 'desktop', locale: 'en-US' });
  await page.goto(server.url);
  const dialog = page.getByRole('dialog', { name: 'How it works' });
  const focusOn = async (id) => {
    for (let step = 0; step < 15; step++) {
      if (await page.evaluate(() => document.activeElement.id) === id) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab does not reach ${id}`);
  };
  await focusOn('how-open');
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await focusOn('number');
  const start = Number(await page.locator('#how-number').textContent());
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('#how-number').textContent(), String(start + 1));
  for (const [key, number, result] of [['Home', 10, 9], ['End', 99, 81]]) {
    await page.keyboard.press(key);
    assert.equal(await page.locator('#how-number').textContent(), String(number));
    const lines = (await page.locator('#how-lines span').allTextContents()).join(' ');
    assert.ok(lines.includes(`= ${result}`) && lines.includes(`${result} = 9 × ${result / 9}`), lines);
  }
  await focusOn('less');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#how-number').textContent(), '98');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'how-open');
  await page.keyboard.press('Enter');
  await focusOn('how-close');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
  await leave();
});

test('a round by keyboard alone, back and home, and the language button', async () => {
  const { page, leave } = await player({ screen: 'desktop', locale: 'en-US' });
  await page.goto(`${server.url}?speed=20`);
  await page.getByRole('button', { name: 'Raise the curtain' }).focus();
  for (const next of ['think', 'subtract', 'lookup', 'concentrate', 'reading', 'reveal', 'think']) {
    if (next === 'reveal') {
      await screenIs(page, 'reveal');
      continue;
    }
    await page.keyboard.press('Enter');
    if (next !== 'reading') await screenIs(page, next);
  }
  await press(page, 'I have one', false, 'subtract');
  await press(page, 'I have my result', false, 'lookup');
  const before = await page.locator('[data-number="36"]').getAttribute('data-symbol');
  await press(page, 'Back', false, 'subtract');
  await press(page, 'I have my result', false, 'lookup');
  assert.equal(await page.locator('[data-number="36"]').getAttribute('data-symbol'), before);
  await page.getByRole('button', { name: '切换到中文' }).click();
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  assert.equal(await page.title(), '读心术');
  assert.match(await page.locator('[data-number="36"]').getAttribute('aria-label'), /^36：/);
  await page.getByRole('button', { name: '离开舞台' }).click();
  await screenIs(page, 'title');
  await page.reload();
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  assert.match(await page.locator('#rounds').textContent(), /1/);
  await leave();
});

test('"not mine" helps with the sum, and the next round goes on', async () => {
  const { page, leave } = await player({ screen: 'phone', locale: 'en-US' });
  await page.goto(`${server.url}?speed=20`);
  await press(page, WORDS.en.begin, true, 'think');
  await playRound(page, WORDS.en, true, 55);
  const wrong = page.getByRole('button', { name: 'Not mine' });
  await until('the sum to check', async () => {
    if (await wrong.isVisible()) await wrong.tap();
    return /\d\d − \d − \d = \d+/.test(await page.locator('#step-text').textContent());
  });
  await press(page, 'Again', true, 'think');
  await playRound(page, WORDS.en, true, 55);
  await leave();
});

test('broken memory and forbidden storage still start, with a notice', async () => {
  for (const broken of ['{{{', 'null']) {
    const { page, leave, context } = await player();
    await context.addInitScript((text) => localStorage.setItem('mind-reader:memory', text), broken);
    await page.goto(`${server.url}?speed=20`);
    await page.locator('#notice').waitFor({ state: 'visible' });
    await press(page, WORDS.en.begin, false, 'think');
    await leave();
  }
  const { page, leave, context } = await player();
  await context.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });
  });
  await page.goto(`${server.url}?speed=20`);
  await page.locator('#notice').waitFor({ state: 'visible' });
  await press(page, WORDS.en.begin, false, 'think');
  await playRound(page, WORDS.en, false, 31);
  await leave();
});
