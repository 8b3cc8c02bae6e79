// A new export costs a browser that has the one before little more than what changed (compression dictionaries, RFC 9842).
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { player, publish, stopAll, until } from './support.mjs';

const skip = process.env.WEBSERVER_BIN ? false : 'needs WEBSERVER_BIN';
// The second is too large for the cache of Chromium's incognito mode, and the dictionary takes its place.
const SIZES = (process.env.DICTIONARY_MB ?? '1,9').split(',').map((megabytes) => megabytes * 1_000_000);
let place;

before(async () => (place = await mkdtemp(join(tmpdir(), 'differences-'))));
after(async () => {
  await stopAll();
  await rm(place, { recursive: true, force: true });
});

/** The page tells the hash of the file by fetch, by XMLHttpRequest and by a worker's fetch. */
const page = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>t</title>
  <script src="game.js"></script><script>
  const hash = (bytes) => crypto.subtle.digest('SHA-256', bytes).then((hash) => new Uint8Array(hash).toHex());
  const load = () => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', 'game.pck');
    request.responseType = 'arraybuffer';
    request.onload = () => resolve(request.response);
    request.onerror = reject;
    request.send();
  });
  fetch('game.pck').then((answer) => answer.arrayBuffer()).then(hash).then(async (fetched) => {
    window.hashes = [fetched, await hash(await load())];
    const worker = new Worker('worker.js');
    worker.onmessage = async ({ data }) => (window.hashes = [...window.hashes, await hash(data)], window.isDone = true);
  });</script>`;
const worker = `fetch('game.pck').then((answer) => answer.arrayBuffer()).then((bytes) => postMessage(bytes, [bytes]));`;

/** A game whose data is this, and whose script tells the version. */
async function game(name, file, version = 1) {
  const folder = join(place, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.html'), page);
  await writeFile(join(folder, 'worker.js'), worker);
  await writeFile(join(folder, 'game.pck'), file);
  await writeFile(join(folder, 'game.js'), `window.version = ${version}; // ${'padding '.repeat(20_000)}`);
  return folder;
}

let visit = 0;

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Loads the page, and returns the bytes that the file took on the wire, by the requests for it. */
async function loaded(visitor, url, expected, version = 1) {
  const devtools = await visitor.context.newCDPSession(visitor.page);
  await devtools.send('Network.enable');
  const files = new Set();
  const wire = [];
  devtools.on('Network.requestWillBeSent', ({ requestId, request }) => request.url.endsWith('game.pck') && files.add(requestId));
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => files.has(requestId) && wire.push(encodedDataLength));
  // Another address each time: the same would be a reload, which validates more.
  await visitor.page.goto(`${url}?${visit++}`);
  await visitor.page.waitForFunction('window.isDone');
  assert.deepEqual(await visitor.page.evaluate('window.hashes'), Array(3).fill(hashOf(expected)));
  assert.equal(await visitor.page.evaluate('window.version'), version);
  await devtools.detach();
  return wire;
}

/** Waits until this file is on the air. */
const isOnAir = (url, file) => until('the file', async () => {
  const answer = await fetch(new URL('game.pck', url), { headers: { 'accept-encoding': 'identity' } });
  return hashOf(Buffer.from(await answer.arrayBuffer())) === hashOf(file);
}, 60);

/** Waits until the server has the difference from `old` to what is on the air. */
const differenceIsMade = (url, old) => until('the difference', async () => {
  const known = `:${createHash('sha256').update(old).digest('base64')}:`;
  const answer = await fetch(new URL('game.pck', url), { headers: { 'accept-encoding': 'dcz', 'available-dictionary': known } });
  await answer.body.cancel();
  return answer.headers.get('content-encoding') === 'dcz';
}, 60);

for (const SIZE of SIZES) test(`of ${SIZE} bytes, a new export with 1 % changed costs under 2 %, and no game gets the difference of another`, { skip }, async () => {
  const first = randomBytes(SIZE);
  const second = Buffer.concat([first.subarray(0, SIZE / 2), randomBytes(SIZE / 100), first.subarray(SIZE / 2 + SIZE / 100 - 5)]);
  const folder = await game(`one-${SIZE}`, first);
  const other = await game(`two-${SIZE}`, randomBytes(SIZE));
  const server = await publish(folder);
  const visitor = await player();
  const cold = await loaded(visitor, server.url, first);
  assert.ok(cold[0] > SIZE, `${cold}`);
  await game(`one-${SIZE}`, second, 2);
  await isOnAir(server.url, second);
  await differenceIsMade(server.url, first);
  const update = await loaded(visitor, server.url, second, 2);
  assert.ok(update[0] < SIZE / 50, `${update}`);
  if (SIZE > 4_000_000) await differenceIsMade(server.url, second);
  const refresh = await loaded(visitor, server.url, second, 2);
  assert.ok(Math.max(...refresh) < SIZE / 500, `a refresh: ${refresh}`);
  console.log(`${SIZE} bytes: first ${cold}, new export ${update}, refresh ${refresh}`);
  const another = randomBytes(SIZE);
  await game(`two-${SIZE}`, another);
  server.type(`publish ${other}`);
  await isOnAir(server.url, another);
  const switched = await loaded(visitor, server.url, another);
  assert.ok(switched[0] > SIZE, `${switched}`);
  await visitor.leave();
  await server.stop();
});

test('a service worker keeps a large file in a cache of its own', { skip }, async () => {
  const folder = join(place, 'kept');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.html'), `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>t</title><script>
    fetch('game.pck').then(() => navigator.serviceWorker.register('sw.js'));
    navigator.serviceWorker.ready.then(async () => (window.kept = (await (await caches.match('game.pck')).arrayBuffer()).byteLength));</script>`);
  await writeFile(join(folder, 'sw.js'), `addEventListener('install', (event) =>
    event.waitUntil(caches.open('game').then((cache) => cache.addAll(['game.pck']))));`);
  await writeFile(join(folder, 'game.pck'), randomBytes(100_000));
  const server = await publish(folder);
  const visitor = await player();
  await visitor.page.goto(server.url);
  await visitor.page.waitForFunction('window.kept === 100_000');
  await visitor.leave();
  await server.stop();
});
