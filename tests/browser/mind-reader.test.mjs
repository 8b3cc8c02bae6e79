// The mind reader as played: think of a number, work it out, look it up, and see whether the ball knows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { player, publish, stopAll, until } from './support.mjs';

let server;
before(async () => { server = await publish('mind-reader'); });
after(async () => {
  await stopAll();
  await server?.stop();
});

const WORDS = {
  en: { trick: 'The Hidden Symbol', steps: ['I have one', 'I have my result', 'I know my symbol', 'Read my mind'], right: 'That’s it!', again: 'Again' },
  zh: { trick: '心中图案', steps: ['想好了', '算好了', '记住了', '读我的心'], right: '正是它！', again: '再来一次' },
};

const screenIs = (page, name) => page.locator(`body[data-screen="${name}"]`).waitFor();

/** Presses a button and waits for the screen it leads to. A busy machine may miss a tap, and a player would tap again. */
async function press(page, name, touch, next) {
  const button = page.getByRole('button', { name: new RegExp(`^${name}`) });
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
    await press(page, words.trick, touch, 'think');
    const answers = [];
    for (const number of [10 + Math.floor(Math.random() * 90), language === 'en' ? 90 : 19]) {
      answers.push(await playRound(page, words, touch, number));
      await page.getByRole('button', { name: words.right }).click();
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
    await press(page, WORDS.en.trick, true, 'think');
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

test('a round by keyboard alone, back and home, and the language button', async () => {
  const { page, leave } = await player({ screen: 'desktop', locale: 'en-US' });
  await page.goto(`${server.url}?speed=20`);
  await page.getByRole('button', { name: /^The Hidden Symbol/ }).focus();
  for (const next of ['think', 'subtract', 'lookup', 'concentrate', 'reveal']) {
    await page.keyboard.press('Enter');
    await screenIs(page, next);
  }
  await page.locator('[data-action="accept"]').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('[data-action="again"]').waitFor();
  await page.keyboard.press('Enter');
  await screenIs(page, 'think');
  await press(page, 'I have one', false, 'subtract');
  await press(page, 'I have my result', false, 'lookup');
  const before = await page.locator('[data-number="36"]').getAttribute('data-symbol');
  await press(page, 'Back$', false, 'subtract');
  await press(page, 'I have my result', false, 'lookup');
  assert.equal(await page.locator('[data-number="36"]').getAttribute('data-symbol'), before);
  await page.getByRole('button', { name: '切换到中文' }).click();
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  assert.equal(await page.title(), '读心术');
  assert.match(await page.locator('[data-number="36"]').getAttribute('aria-label'), /^36：/);
  await page.getByRole('button', { name: '回到标题' }).click();
  await screenIs(page, 'title');
  await page.reload();
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  assert.match(await page.locator('[data-trick="nines"]').innerText(), /读中 1 次/);
  await leave();
});

test('a mind read in one tab is remembered by another that was open already', async () => {
  const { page, context, leave } = await player({ screen: 'desktop', locale: 'en-US' });
  await page.goto(server.url);
  const second = await context.newPage();
  await second.goto(`${server.url}?speed=20`);
  await press(second, WORDS.en.trick, false, 'think');
  await playRound(second, WORDS.en, false, 47);
  await second.getByRole('button', { name: WORDS.en.right }).click();
  await page.locator('[data-trick="nines"]', { hasText: 'Read once' }).waitFor();
  await page.locator('#sound').click();
  const { reads, muted } = JSON.parse(await page.evaluate(() => localStorage.getItem('mind-reader:memory')));
  assert.deepEqual([reads.nines, muted], [1, true]);
  await leave();
});

const act = (page, action) => page.locator(`[data-action="${action}"]`).click();

/** Starts a trick from the title and thinks of something; answers as one who thinks of it. Returns what the ball must show. */
const PLAYERS = {
  async veils(page) {
    const id = await page.locator('#board .tile').nth(11).getAttribute('data-symbol');
    await act(page, 'go');
    for (let veil = 1; veil <= 5; veil++) {
      await page.locator('#step-title', { hasText: String(veil) }).waitFor();
      assert.equal(await page.locator('#board .tile').count(), 16);
      await act(page, await page.locator(`#board [data-symbol="${id}"]`).count() ? 'yes' : 'no');
    }
    return ['symbol', id];
  },
  async piles(page) {
    await page.locator('#choose').fill('14');
    await act(page, 'go');
    const card = await page.locator('#board .card').nth(17).getAttribute('data-card');
    for (let deal = 0; deal < 3; deal++) {
      const column = page.locator('.column', { has: page.locator(`[data-card="${card}"]`) });
      const dealt = await page.locator('.columns').innerText();
      await column.click();
      if (deal < 2) await until('the next deal', async () => await page.locator('.columns').innerText() !== dealt);
    }
    return ['card', card];
  },
  async envelope(page) {
    await act(page, 'go');
    let sum = 0;
    for (const turn of [2, 5, 3, 0]) {
      const open = page.locator('#board .number:enabled');
      const cell = open.nth(turn % await open.count());
      sum += Number(await cell.textContent());
      await cell.click();
    }
    return ['number', String(sum)];
  },
};

for (const trick of ['veils', 'piles', 'envelope']) {
  test(`${trick}: the owl knows, twice, and a refresh on any screen loses nothing`, async () => {
    const { page, leave } = await player({ screen: trick === 'piles' ? 'phone' : 'desktop', locale: 'en-US' });
    await page.goto(`${server.url}?speed=20`);
    await page.locator(`[data-trick="${trick}"]`).click();
    for (let round = 0; round < 2; round++) {
      const [kind, expected] = await PLAYERS[trick](page);
      const screen = await page.locator('body').getAttribute('data-screen');
      await page.reload();
      await screenIs(page, screen);
      await act(page, 'go');
      await screenIs(page, 'reveal');
      assert.equal(await page.locator('#vision').getAttribute(`data-${kind}`), expected);
      await page.reload();
      await screenIs(page, 'reveal');
      assert.equal(await page.locator('#vision').getAttribute(`data-${kind}`), expected);
      await act(page, 'accept');
      await act(page, 'again');
    }
    await leave();
  });
}

test('a refresh in the middle of the answers keeps those that were given', async () => {
  const { page, leave } = await player({ screen: 'desktop', locale: 'en-US' });
  await page.goto(`${server.url}?speed=20`);
  await page.locator('[data-trick="veils"]').click();
  await act(page, 'go');
  for (const answer of ['yes', 'no', 'yes']) await act(page, answer);
  const shown = await page.locator('#board').innerHTML();
  await page.reload();
  await screenIs(page, 'veil');
  assert.match(await page.locator('#step-title').textContent(), /4/);
  assert.equal(await page.locator('#board').innerHTML(), shown);
  await page.goBack();
  await screenIs(page, 'title');
  await page.goForward();
  await screenIs(page, 'veil');
  assert.match(await page.locator('#step-title').textContent(), /4/);
  await act(page, 'back');
  assert.match(await page.locator('#step-title').textContent(), /3/);
  await leave();
});

test('explanations are locked until their trick succeeds once, and "not mine" does not unlock', async () => {
  const { page, leave } = await player({ screen: 'desktop', locale: 'en-US' });
  await page.goto(`${server.url}?speed=20`);
  assert.equal(await page.locator('#how-open').isVisible(), false);
  await page.locator('[data-trick="nines"]').click();
  for (let step = 0; step < 4; step++) await act(page, 'go');
  await screenIs(page, 'reveal');
  assert.equal(await page.locator('#how-open').isVisible(), false);
  await act(page, 'astray');
  assert.equal(await page.locator('#step-title').textContent(), 'Not yours? Let me see.');
  await page.locator('#choose').fill('63');
  await act(page, 'claim');
  assert.match(await page.locator('#step-text').textContent(), /^63 − 6 − 3 = 54, and next to 54 is the \S+/);
  assert.equal(await page.locator('#how-open').isVisible(), false);
  await act(page, 'again');
  for (let step = 0; step < 4; step++) await act(page, 'go');
  await act(page, 'accept');
  await act(page, 'how');
  const dialog = page.getByRole('dialog', { name: 'How it works' });
  await dialog.waitFor();
  assert.deepEqual(await page.locator('#how-tabs button').evaluateAll((tabs) => tabs.map(({ disabled }) => disabled)), [false, true, true, true]);
  await page.locator('#number').focus();
  for (const [key, number, result] of [['Home', 10, 9], ['End', 99, 81]]) {
    await page.keyboard.press(key);
    assert.equal(await page.locator('#how-number').textContent(), String(number));
    const lines = (await page.locator('#how-lines span').allTextContents()).join(' ');
    assert.ok(lines.includes(`= ${result}`) && lines.includes(`${result} = 9 × ${result / 9}`), lines);
  }
  await page.getByRole('button', { name: 'One less' }).last().click();
  assert.equal(await page.locator('#how-number').textContent(), '98');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await act(page, 'title');
  await page.reload();
  await page.locator('#how-open').click();
  await dialog.waitFor();
  await leave();
});

test('"not mine" on the other tricks: the owl finds the wrong answer', async () => {
  const { page, leave } = await player({ screen: 'desktop', locale: 'en-US' });
  await page.goto(`${server.url}?speed=20`);
  await page.locator('[data-trick="veils"]').click();
  const [, id] = await PLAYERS.veils(page);
  await page.goBack();
  await screenIs(page, 'title');
  await page.goForward();
  await screenIs(page, 'concentrate');
  await act(page, 'back'); // and now a wrong answer to the last question
  await act(page, await page.locator(`#board [data-symbol="${id}"]`).count() ? 'no' : 'yes');
  await act(page, 'go');
  await screenIs(page, 'reveal');
  assert.notEqual(await page.locator('#vision').getAttribute('data-symbol'), id);
  await act(page, 'astray');
  await page.locator(`#board [data-symbol="${id}"]`).click();
  assert.match(await page.locator('#step-text').textContent(), /^The answer at veil 5 did not fit the /);
  await act(page, 'title');
  await page.locator('[data-trick="envelope"]').click();
  const [, sum] = await PLAYERS.envelope(page);
  await act(page, 'go');
  await screenIs(page, 'reveal');
  await act(page, 'astray');
  assert.match(await page.locator('#step-text').textContent(), new RegExp(`^Let us add again: \\d+ \\+ \\d+ \\+ \\d+ \\+ \\d+ = ${sum}\\.`));
  await leave();
});

test('for a friend: the phone goes there and back, and the ball shows the answer only while it is held', async () => {
  const { page, leave } = await player({ screen: 'desktop', locale: 'en-US' });
  await page.goto(`${server.url}?speed=20`);
  await page.getByRole('button', { name: 'Read a friend’s mind' }).click();
  await page.locator('[data-trick="veils"]').click();
  await screenIs(page, 'brief');
  await act(page, 'go');
  await screenIs(page, 'hand');
  await act(page, 'go');
  await screenIs(page, 'choose');
  const [, id] = await PLAYERS.veils(page);
  await screenIs(page, 'handback');
  const vision = page.locator('#vision[data-symbol]');
  assert.equal(await vision.count(), 0, 'the friend must not see it');
  const { x, y, width, height } = await page.locator('#peek').boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  assert.equal(await vision.getAttribute('data-symbol'), id);
  await page.mouse.up();
  assert.equal(await vision.count(), 0);
  await page.locator('#peek').focus();
  await page.keyboard.press('Enter');
  assert.equal(await vision.getAttribute('data-symbol'), id);
  await until('the ball to go dark by itself', async () => await vision.count() === 0);
  await page.reload();
  await screenIs(page, 'handback');
  await act(page, 'go');
  await screenIs(page, 'reveal');
  assert.equal(await vision.getAttribute('data-symbol'), id);
  await act(page, 'accept');
  await act(page, 'title');
  // The sum is known before the friend chooses.
  await page.locator('[data-trick="envelope"]').click();
  const [, total] = (await page.locator('#step-text').textContent()).match(/Write (\d+) on/);
  await act(page, 'go');
  await act(page, 'go');
  const [, sum] = await PLAYERS.envelope(page);
  assert.equal(sum, total);
  await leave();
});

test('broken memory and forbidden storage still start, with a notice', async () => {
  for (const broken of ['{{{', 'null']) {
    const { page, leave, context } = await player();
    await context.addInitScript((text) => ['memory', 'show', 'duel', 'duel-daily', 'place'].forEach((key) => localStorage.setItem(`mind-reader:${key}`, text)), broken);
    await page.goto(`${server.url}?speed=20`);
    await page.locator('#notice').waitFor({ state: 'visible' });
    await press(page, WORDS.en.trick, false, 'think');
    await leave();
  }
  const { page, leave, context } = await player();
  await context.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });
  });
  await page.goto(`${server.url}?speed=20`);
  await page.locator('#notice').waitFor({ state: 'visible' });
  await press(page, WORDS.en.trick, false, 'think');
  await playRound(page, WORDS.en, false, 31);
  await leave();
});

test('what version 1 remembered is kept', async () => {
  const { page, leave, context } = await player({ locale: 'en-US' });
  await context.addInitScript(() => {
    if (!localStorage.getItem('mind-reader:memory')) localStorage.setItem('mind-reader:memory', '{"language":"zh","muted":true,"volume":0.2,"rounds":5,"recent":["moon"]}');
  });
  await page.goto(server.url);
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  assert.match(await page.locator('[data-trick="nines"]').innerText(), /读中 5 次/);
  assert.equal(await page.locator('#how-open').isVisible(), true);
  await leave();
});
