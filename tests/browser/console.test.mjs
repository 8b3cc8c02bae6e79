// The host's console: what it shows and does in a real browser, and what a hostile page cannot do with the host's browser.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, request as forwarded } from 'node:http';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { player, stopAll, tracked, until, violations } from './support.mjs';

after(stopAll);

/** A server with a library of its own and a console. */
async function serve(...options) {
  const folder = mkdtempSync(join(tmpdir(), 'webserver-console-'));
  const game = (slug, page) => {
    mkdirSync(join(folder, slug), { recursive: true });
    writeFileSync(join(folder, slug, 'index.html'), `<!doctype html><title>${slug}</title><link rel="icon" href="data:,">${page}`);
  };
  for (const slug of ['alpha', 'beta', 'gamma']) game(slug, `<h1>${slug}</h1>`);
  const entries = ['alpha', 'beta', 'gamma'].map((slug) => `[[games]]\nslug = "${slug}"\ntitle = { en = "${slug} quest", zh = "${slug} 之旅" }\npath = "${slug}"\n`);
  writeFileSync(join(folder, 'config.toml'), entries.join(''));
  const child = tracked(spawn(process.env.WEBSERVER_BIN, ['0', 'alpha', '--console', '0', '--lang', 'en', '--log', 'text', ...options], {
    cwd: folder,
    env: { ...process.env, XDG_STATE_HOME: join(folder, 'state'), WEBSERVER_CONTROL_DIR: join(folder, 'run') },
    stdio: ['pipe', 'ignore', 'pipe'],
  }));
  let said = '';
  child.stderr.on('data', (chunk) => { said += chunk; });
  const found = (pattern) => until(`${pattern} in ${said}`, () => said.match(pattern)?.[0]);
  const address = await found(/http:\/\/127\.0\.0\.1:\d+\/\?token=\w+/);
  const players = await found(/http:\/\/localhost:\d+\//);
  const ended = new Promise((resolve) => { child.on('exit', resolve); });
  return {
    address,
    players,
    folder,
    game,
    type: (line) => child.stdin.write(`${line}\n`),
    onAir: async () => (await fetch(players)).text(),
    async stop() {
      child.kill('SIGTERM');
      assert.equal(await ended, 0, said);
      rmSync(folder, { recursive: true });
    },
  };
}

const shownTitle = (page) => page.locator('#on-air .title').textContent();
const card = (page, slug) => page.locator('.card-game', { hasText: slug });

for (const [locale, colorScheme, width, height] of [
  ['en-US', 'light', 320, 640], ['zh-CN', 'dark', 390, 844], ['en-US', 'dark', 1440, 900], ['zh-CN', 'light', 1920, 1080], ['en-US', 'light', 3840, 2160],
]) {
  test(`axe finds nothing and nothing is cut: ${locale}, ${colorScheme}, ${width} wide`, async () => {
    const server = await serve();
    const { page, leave } = await player({ locale, colorScheme, viewport: { width, height } });
    await page.goto(server.address);
    assert.equal(page.url(), new URL('/', server.address).href, 'the token has left the address');
    await card(page, 'gamma').waitFor();
    const looks = async (name) => {
      assert.deepEqual(await violations(page), [], name);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(beyond <= 0, `${name} is ${beyond} pixels too wide`);
    };
    await looks('the console');
    await page.locator('#add').click();
    await looks('the dialog that adds');
    await page.keyboard.press('Escape');
    await card(page, 'beta').locator('button', { hasText: locale === 'zh-CN' ? '编辑' : 'Edit' }).click();
    await looks('the dialog that edits');
    await page.keyboard.press('Escape');
    await page.locator('#stop').click();
    await looks('the question whether to stop');
    await page.keyboard.press('Escape');
    await leave();
    await server.stop();
  });
}

test('two consoles see the same, and either publishes with one tap', async () => {
  const server = await serve();
  const [one, other] = [await player(), await player({ screen: 'phone', locale: 'zh-CN' })];
  for (const { page } of [one, other]) await page.goto(server.address);
  await card(one.page, 'beta').getByRole('button', { name: 'Publish' }).click();
  await until('beta on both', async () => (await shownTitle(one.page)) === 'beta quest' && (await shownTitle(other.page)) === 'beta 之旅');
  assert.match(await server.onAir(), /<h1>beta/);
  await card(other.page, 'gamma').getByRole('button', { name: '发布' }).click();
  await until('gamma on the first', async () => (await shownTitle(one.page)) === 'gamma quest');
  await fetch(`${server.players}indx.html`);
  await one.page.getByText('indx.html', { exact: true }).first().waitFor();
  await one.page.locator('#log .lines', { hasText: '/indx.html' }).waitFor();
  await one.leave();
  await other.leave();
  await server.stop();
});

test('a file and a folder are added, renamed, and removed unless the host keeps them', async () => {
  const server = await serve();
  const { page, leave } = await player();
  await page.goto(server.address);
  await card(page, 'gamma').waitFor();
  mkdirSync(join(server.folder, 'dropped', 'js'), { recursive: true });
  writeFileSync(join(server.folder, 'dropped', 'index.html'), '<!doctype html><title>Dropped</title><script src="js/main.js"></script>');
  writeFileSync(join(server.folder, 'dropped', 'js', 'main.js'), 'document.title = "it runs"; // 它在运行\n'.repeat(100_000));
  await page.locator('#add').click();
  await page.locator('#folder-input').setInputFiles(join(server.folder, 'dropped'));
  await card(page, 'Dropped').waitFor();
  await card(page, 'Dropped').getByRole('button', { name: 'Publish' }).click();
  await until('it is on the air', async () => /Dropped/.test(await server.onAir()));
  const script = await (await fetch(`${server.players}js/main.js`)).text();
  assert.equal(script, readFileSync(join(server.folder, 'dropped', 'js', 'main.js'), 'utf8'));
  await page.locator('#files-input').setInputFiles({ name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<!doctype html><title>Single</title><h1>x</h1>') });
  await card(page, 'Single').getByRole('button', { name: 'Edit' }).click();
  await page.locator('#edit-title').fill('Renamed');
  await page.locator('#edit-slug').fill('renamed');
  await page.locator('#edit-dialog').getByRole('button', { name: 'Save' }).click();
  await card(page, 'Renamed').waitFor();
  await card(page, 'Renamed').getByRole('button', { name: 'Edit' }).click();
  await page.locator('#edit-dialog').getByRole('button', { name: 'Remove' }).click();
  await card(page, 'Renamed').getByText(/Removing in \d+ s/).waitFor();
  await card(page, 'Renamed').getByRole('button', { name: 'Undo' }).click();
  await card(page, 'Renamed').getByRole('button', { name: 'Publish' }).waitFor();
  assert.match(readFileSync(join(server.folder, 'config.toml'), 'utf8'), /slug = "renamed"/);
  await until('nothing is left of uploads', () => readdirSync(join(server.folder, 'games')).every((name) => !name.startsWith('.adding')));
  await leave();
  await server.stop();
});

test('title, description and cover are set, and console and lobby show them at once', async () => {
  const server = await serve('--arcade');
  // One red and one blue pixel.
  const png = (data) => Buffer.from(`iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42m${data}`, 'base64');
  writeFileSync(join(server.folder, 'beta', 'shot.png'), png('P8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='));
  const [{ page, leave }, other] = [await player(), await player({ locale: 'zh-CN' })];
  await page.goto(server.address);
  await other.page.goto(server.players);
  await card(page, 'beta').getByRole('button', { name: 'Edit' }).click();
  const dialog = page.locator('#edit-dialog');
  await dialog.getByLabel('Description').fill('Jump & <b>run</b>');
  await dialog.getByLabel('Cover').selectOption('shot.png');
  await dialog.locator('.cover img').waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await card(page, 'beta').getByText('Jump & <b>run</b>').waitFor();
  const picture = card(page, 'beta').locator('img');
  await until('the picture', async () => (await picture.evaluate((image) => image.complete && image.naturalWidth)) === 1);
  await other.page.getByText('Jump & <b>run</b>').waitFor();
  await other.page.locator('img[src*="beta.png"]').first().waitFor();
  const config = readFileSync(join(server.folder, 'config.toml'), 'utf8');
  assert.match(config, /title = \{ en = "beta quest", zh = "beta 之旅" \}/, 'the title stays in both languages');
  await card(page, 'beta').getByRole('button', { name: 'Edit' }).click();
  assert.equal(await dialog.getByLabel('Cover').inputValue(), 'shot.png');
  await dialog.getByLabel('Description').fill('');
  await dialog.getByLabel('Cover').selectOption('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await until('they are taken back', () => !/shot|Jump/.test(readFileSync(join(server.folder, 'config.toml'), 'utf8')));
  await leave();
  await other.leave();
  await server.stop();
});

test('a picture that is not in the game becomes its cover, in the console and in the lobby', async () => {
  const server = await serve('--arcade');
  const [{ page, leave }, other] = [await player(), await player({ locale: 'zh-CN' })];
  await page.goto(server.address);
  await other.page.goto(server.players);
  const dialog = page.locator('#edit-dialog');
  const open = () => card(page, 'beta').getByRole('button', { name: 'Edit' }).click();
  const width = (picture) => picture.evaluate((image) => (image.complete ? image.naturalWidth : 0));
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="25"><rect width="40" height="25" fill="teal"/></svg>';
  await open();
  await dialog.locator('#cover-input').setInputFiles({ name: 'mine.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(svg) });
  assert.equal(await dialog.getByLabel('Cover').locator('option:checked').textContent(), 'mine.svg');
  await until('it is shown before it is saved', async () => (await width(dialog.locator('.cover img'))) === 40);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await until('the console shows it', async () => (await width(card(page, 'beta').locator('img'))) === 40);
  await until('the lobby shows it', async () => (await other.page.locator('img[src*="beta.svg"]').count()) === 1
    && (await (await fetch(`${server.players}covers/beta.svg`)).text()) === svg);
  assert.deepEqual(readdirSync(join(server.folder, 'beta')), ['index.html']);
  await open();
  assert.equal(await dialog.getByLabel('Cover').locator('option:checked').textContent(), 'Added picture');
  await until('it is shown again', async () => (await width(dialog.locator('.cover img'))) === 40);
  await dialog.locator('#cover-input').setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('text') });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('not a picture that browsers can show').waitFor();
  await open();
  await dialog.getByLabel('Cover').selectOption('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await until('it is taken back', () => !/cover_file/.test(readFileSync(join(server.folder, 'config.toml'), 'utf8')));
  await until('its file goes after it', () => !readdirSync(server.folder).includes('.covers'));
  await page.context().close();
  await other.leave();
  await server.stop();
});

test('with --live one button has all players reload; without it the console says what is missing', async () => {
  const server = await serve('--live');
  const [{ page, leave }, one, two] = [await player(), await player(), await player({ screen: 'phone' })];
  await page.goto(server.address);
  const loads = [];
  for (const each of [one, two]) {
    const state = { loads: 0, follows: false };
    each.page.on('load', () => { state.loads += 1; });
    each.page.on('response', (answer) => { state.follows ||= answer.url().endsWith('/.webserver/events'); });
    await each.page.goto(server.players);
    loads.push(state);
  }
  await until('both follow', () => loads.every(({ follows }) => follows));
  await page.getByRole('button', { name: 'Reload all players' }).click();
  await until('both have reloaded', () => loads.every((state) => state.loads === 2));
  await Promise.all([leave(), one.leave(), two.leave()]);
  await server.stop();
  const plain = await serve();
  const { page: other, leave: leaveOther } = await player();
  await other.goto(plain.address);
  await other.getByText('start the server with --live').waitFor();
  assert.equal(await other.getByRole('button', { name: 'Reload all players' }).count(), 0);
  await leaveOther();
  await plain.stop();
});

test('a dropped game of a taken name is replaced only at the host’s word', async () => {
  const server = await serve();
  const { page, context } = await player();
  await page.goto(server.address);
  await card(page, 'gamma').waitFor();
  const file = { name: 'beta.html', mimeType: 'text/html', buffer: Buffer.from('<!doctype html><title>Beta two</title><h1>two</h1>') };
  await page.locator('#files-input').setInputFiles(file);
  const row = page.locator('.imports li', { hasText: 'already has a game beta' });
  await row.waitFor();
  assert.ok(!readdirSync(server.folder).includes('games') || readdirSync(join(server.folder, 'games')).length === 0);
  await row.getByRole('button', { name: 'Replace' }).click();
  await page.locator('.imports li', { hasText: 'Added as beta' }).waitFor();
  await until('it is there', () => readFileSync(join(server.folder, 'games', 'beta', 'index.html'), 'utf8').includes('<h1>two'));
  // The piece that was on its way is refused, which browsers log.
  await context.close();
  await server.stop();
});

test('after a sleep the console connects again by itself, and shows what is true then', async () => {
  const server = await serve();
  const { page, leave } = await player();
  await page.clock.install();
  let streams = 0;
  page.on('request', (request) => { streams += new URL(request.url()).pathname === '/events' ? 1 : 0; });
  await page.goto(server.address);
  await until('alpha', async () => (await shownTitle(page)) === 'alpha quest');
  const before = streams;
  // As if the lid had been closed: the timers come late, and at once.
  await page.clock.fastForward('02:00:00');
  await until('a new stream', () => streams > before);
  await fetch(`${server.players}after-the-sleep`);
  await page.locator('#log .lines', { hasText: '/after-the-sleep' }).waitFor();
  await until('connected', async () => /Connected/.test(await page.locator('#connection').textContent()));
  await leave();
  await server.stop();
});

test('when the host ends access, open consoles say so', async () => {
  const server = await serve();
  const { page, context } = await player();
  await page.goto(server.address);
  await card(page, 'gamma').waitFor();
  server.type('lock');
  await page.getByRole('heading', { name: 'Signed out' }).waitFor();
  await context.close();
  await server.stop();
});

test('a hostile game and a name that leads here do nothing with the host’s browser', async () => {
  const server = await serve();
  const console_ = new URL('/', server.address).href;
  const attack = `<script>
    const target = ${JSON.stringify(console_)};
    const post = (options) => fetch(target + 'do/publish', { method: 'POST', body: '{"game":"beta"}', credentials: 'include', ...options })
      .then(async (answer) => answer.type + ' ' + answer.status, (error) => 'refused');
    const read = (path, options) => fetch(target + path, { credentials: 'include', ...options }).then((answer) => answer.text(), () => '');
    window.results = (async () => ({
      simple: await post({ mode: 'no-cors' }),
      json: await post({ headers: { 'Content-Type': 'application/json' } }),
      page: await read(''), opaque: await read('', { mode: 'no-cors' }), texts: await read('texts/en'),
      frame: await new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.onload = () => { let seen = ''; try { seen = frame.contentDocument.body.textContent; } catch { seen = 'closed'; } resolve(seen); };
        frame.src = target; document.documentElement.append(frame);
      }),
      events: await new Promise((resolve) => { const events = new EventSource(target + 'events', { withCredentials: true }); events.onopen = () => resolve('open'); events.onerror = () => { events.close(); resolve('refused'); }; }),
    }))();
    const form = document.createElement('form');
    Object.assign(form, { action: target + 'do/publish', method: 'post', enctype: 'text/plain', target: 'sink' });
    form.innerHTML = '<input name=\\'{"game":"beta","x":"\\' value=\\'"}\\'><iframe name="sink"></iframe>';
    document.documentElement.append(form);
    form.submit();
  </script>`;
  server.game('alpha', attack);
  const { page, context } = await player();
  await page.goto(server.address);
  await page.locator('#rebuild').click();
  await until('the attack is on the air', async () => /EventSource/.test(await server.onAir()));
  const port = new URL(server.players).port;
  // The same site as the console, the host that people type, and a site of its own.
  for (const origin of [`http://127.0.0.1:${port}/`, server.players, `http://evil.test:${port}/`]) {
    const game = await context.newPage();
    const answers = [];
    game.on('response', (response) => response.url().includes('/do/publish') && answers.push(response.status()));
    await game.goto(origin);
    const results = await game.evaluate(() => window.results);
    for (const name of ['simple', 'json']) assert.equal(results[name], 'refused', `${name} from ${origin}`);
    for (const name of ['page', 'opaque', 'texts']) assert.equal(results[name], '', `${name} from ${origin}`);
    assert.ok(['', 'closed'].includes(results.frame), `${origin}: ${results.frame}`);
    assert.equal(results.events, 'refused', origin);
    await until('the form was answered', () => answers.length >= 1);
    assert.ok(answers.every((status) => [401, 403, 405, 415].includes(status)), `${origin}: ${answers}`);
    await game.close();
  }
  // The name of a page of somebody else, which leads to this machine by now.
  const rebound = new URL(server.address);
  rebound.hostname = 'rebound.test';
  const other = await context.newPage();
  const answer = await other.goto(rebound.href);
  assert.equal(answer.status(), 421);
  assert.equal(answer.headers()['set-cookie'], undefined);
  assert.doesNotMatch(await other.content(), /alpha|console\.js/);
  assert.match(await shownTitle(page), /alpha/);
  await context.close();
  await server.stop();
});

test('a page whose name leads to this machine only after it was loaded neither reads nor acts', async () => {
  const server = await serve();
  const { port } = new URL(server.address);
  const { page: own, context: signedIn } = await player();
  await own.goto(server.address);
  await card(own, 'gamma').waitFor();
  // A proxy stands for the name server of the attacker: the name leads to the attacker first, then to the console.
  let leadsHere = false;
  const seen = [];
  const names = createServer((request, response) => {
    if (!leadsHere) {
      response.end('<!doctype html><title>harmless</title><link rel="icon" href="data:,">');
      return;
    }
    const { pathname, search } = new URL(request.url);
    const passed = forwarded({ host: '127.0.0.1', port, method: request.method, path: pathname + search, headers: request.headers }, (answer) => {
      seen.push([request.method, pathname, answer.statusCode]);
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  });
  await new Promise((resolve) => { names.listen(0, '127.0.0.1', resolve); });
  const { page, context } = await player({ proxy: { server: `http://127.0.0.1:${names.address().port}` } });
  await page.goto(`http://rebound.test:${port}/`);
  assert.equal(await page.title(), 'harmless');
  leadsHere = true;
  const token = new URL(server.address).search;
  const got = await page.evaluate(async (search) => {
    const status = (path, options) => fetch(path, options).then(async (answer) => `${answer.status} ${await answer.text()}`);
    const post = (path, type, body) => status(path, { method: 'POST', headers: { 'Content-Type': type }, body });
    return [
      await status('/'), await status(`/${search}`), await status('/covers/alpha'), await status('/events'), await status('/texts/en'),
      await post('/do/publish', 'application/json', '{"game":"beta"}'), await post('/do/stop', 'application/json', '{}'),
      await post('/added-covers/alpha', 'application/octet-stream', '<svg/>'), document.cookie,
    ];
  }, token);
  assert.equal(got.pop(), '');
  for (const answer of got) {
    assert.match(answer, /^421 /);
    assert.doesNotMatch(answer, /alpha|console/);
  }
  // Chromium asks again after a 421.
  assert.ok(seen.length >= got.length, 'all came to the console');
  assert.match(await shownTitle(own), /alpha/);
  await context.close();
  await signedIn.close();
  names.closeAllConnections();
  await new Promise((resolve) => { names.close(resolve); });
  await server.stop();
});
