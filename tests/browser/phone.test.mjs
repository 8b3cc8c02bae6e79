// A phone in one scan: the page for the projector, and https with the authority of the machine, trusted and not.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { launch, newContext, player, publish, stopAll, until } from './support.mjs';

const skip = process.env.WEBSERVER_BIN ? false : 'needs WEBSERVER_BIN';
const zbar = spawnSync('zbarimg', ['--version']).error ? 'needs zbarimg (zbar-tools)' : false;
const certutil = spawnSync('certutil', ['--help']).error ? 'needs certutil (libnss3-tools)' : false;
let place;

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'phone-'));
  // An authority of its own.
  process.env.XDG_DATA_HOME = join(place, 'data');
  for (const [name, title] of [['one', 'First Game'], ['two', 'Second Game']]) {
    await mkdir(join(place, name));
    await writeFile(join(place, name, 'index.html'), `<!doctype html><link rel="icon" href="data:,"><title>${title}</title>`);
  }
  await mkdir(join(place, 'threads'));
  await writeFile(join(place, 'threads', 'index.html'), `<!doctype html><link rel="icon" href="data:,"><title>Threads</title>
    <script>document.title = 'on ' + typeof SharedArrayBuffer; new SharedArrayBuffer(1);</script>`);
  await writeFile(join(place, 'threads', 'sw.js'), '');
});
after(async () => {
  await stopAll();
  await rm(place, { recursive: true, force: true });
});

/** The texts of the QR codes that a camera sees in the window. */
async function scanned(page) {
  const file = join(place, 'window.png');
  await page.screenshot({ path: file });
  const { stdout } = spawnSync('zbarimg', ['-q', '--raw', file], { encoding: 'utf8' });
  return stdout.trim().split('\n');
}

test('the page for the projector shows code and address on every screen and follows by itself', { skip: skip || zbar }, async () => {
  // An address that is not called localhost, on every machine.
  const server = await publish(join(place, 'one'), '--host', '127.0.0.2');
  const host = await player();
  const { page } = host;
  for (const locale of ['en-GB', 'zh-CN']) {
    for (const [width, height] of [[1920, 1080], [1280, 720], [1024, 768], [390, 844], [320, 568]]) {
      for (const colorScheme of ['light', 'dark']) {
        const screen = await player({ viewport: { width, height }, colorScheme, locale, isMobile: false, hasTouch: false });
        await screen.page.goto(`${server.url}.webserver/join`);
        const what = `${width} × ${height}, ${colorScheme}, ${locale}`;
        assert.deepEqual(await scanned(screen.page), [server.url], what);
        const seen = await screen.page.evaluate(() => {
          const box = (query) => document.querySelector(query).getBoundingClientRect().toJSON();
          return { code: box('.code svg'), address: box('.address'), text: document.querySelector('.address').innerText,
            letter: parseFloat(getComputedStyle(document.querySelector('.address')).fontSize),
            isWide: document.documentElement.scrollWidth > innerWidth };
        });
        assert.equal(`http://${seen.text}/`, server.url, what);
        assert.ok(!seen.isWide && seen.address.right <= width && seen.address.bottom <= height, `${what}: all in the window`);
        // The code as large as the window allows; at ten metres a letter is read whose height is 1/400 of the distance:
        // 25 mm, which is 1.3 % of a picture of two metres.
        assert.ok(seen.code.width >= 0.55 * Math.min(width, height), `${what}: ${JSON.stringify(seen)}`);
        assert.ok(seen.letter * 0.7 >= 0.013 * width, `${what}: letters of ${seen.letter} pixels`);
        await screen.leave();
      }
    }
  }
  await page.goto(`${server.url}.webserver/join`);
  const shows = (words) => () => page.evaluate((words) => document.querySelector('main').innerText.includes(words), words);
  assert.ok(await shows('First Game')() && await shows('0 players')());
  const guest = await player({ screen: 'phone' });
  await guest.page.goto(server.url);
  await until('a player', shows('1 player has loaded it'));
  await page.evaluate(() => (window.mark = 'the same page'));
  server.type(`publish ${join(place, 'two')}`);
  await until('the next game', shows('Second Game'));
  assert.ok(await shows('0 players')());
  assert.equal(await page.evaluate(() => window.mark), 'the same page');
  await guest.leave();
  await host.leave();
  await server.stop();
});

/** A Chromium of its own home, which trusts these authorities. */
async function chromiumWith(home, ...authorities) {
  const store = join(home, '.pki/nssdb');
  await mkdir(store, { recursive: true });
  execFileSync('certutil', ['-N', '--empty-password', '-d', `sql:${store}`]);
  for (const file of authorities) execFileSync('certutil', ['-A', '-n', file, '-t', 'C,,', '-i', file, '-d', `sql:${store}`]);
  return launch({
    env: { ...process.env, HOME: home },
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', `--host-resolver-rules=MAP ${name} 127.0.0.1`],
  });
}

/** A name of this machine that is not localhost: over http it is no secure context. */
const name = `${hostname().split('.')[0].toLowerCase()}.local`;

const powers = () => ({
  isSecureContext,
  crossOriginIsolated,
  threads: typeof SharedArrayBuffer === 'function',
  gamepads: typeof navigator.getGamepads === 'function',
  worklets: typeof AudioContext === 'function' && 'audioWorklet' in AudioContext.prototype,
  workers: 'serviceWorker' in navigator,
});

test('with the authority a phone plays at once with all that a secure context gives', { skip: skip || certutil }, async () => {
  const server = await publish(join(place, 'threads'));
  const port = new URL(server.url).port;
  const file = join(place, 'ca.crt');
  execFileSync(process.env.WEBSERVER_BIN, ['ca', '--export', file]);
  const phone = await chromiumWith(join(place, 'trusting'), file);
  const page = await (await newContext({}, phone)).newPage();
  await page.goto(`https://${name}:${port}/`);
  assert.deepEqual(await page.evaluate(powers), {
    isSecureContext: true, crossOriginIsolated: true, threads: true, gamepads: true, worklets: true, workers: true,
  });
  assert.equal(await page.title(), 'on function');
  const scope = await page.evaluate(async () => (await navigator.serviceWorker.register('sw.js')).scope);
  assert.equal(scope, `https://${name}:${port}/`);
  // A new lease: the machine has an address that no certificate named, and the phone is asked nothing.
  await page.goto(`https://127.9.9.9:${port}/`);
  assert.equal(await page.title(), 'on function');
  // The same address over http, which is what the https is for.
  await page.goto(`http://${name}:${port}/`);
  const plain = await page.evaluate(powers);
  assert.ok(!plain.isSecureContext && !plain.crossOriginIsolated && !plain.threads && !plain.workers, JSON.stringify(plain));
  await phone.close();
  await server.stop();
});

test('without the authority two taps lead past the warning to threads, but to no service worker', { skip: skip || certutil }, async () => {
  const server = await publish(join(place, 'threads'));
  const port = new URL(server.url).port;
  const phone = await chromiumWith(join(place, 'distrusting'));
  const page = await (await newContext({}, phone)).newPage();
  const url = `https://${name}:${port}/`;
  await assert.rejects(page.goto(url), /ERR_CERT_AUTHORITY_INVALID/);
  await page.click('#details-button');
  await page.click('#proceed-link');
  await page.waitForURL(url);
  await until('the game', async () => (await page.title()) === 'on function');
  const seen = await page.evaluate(powers);
  assert.ok(seen.isSecureContext && seen.crossOriginIsolated && seen.threads, JSON.stringify(seen));
  await assert.rejects(page.evaluate(() => navigator.serviceWorker.register('sw.js')), /SSL certificate error/);
  await phone.close();
  await server.stop();
});
