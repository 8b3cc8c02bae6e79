// Exports as engines make them, in a real browser: threads, scripts of other hosts, modules in every coding, seeking.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { player, publish, stopAll } from './support.mjs';

after(stopAll);

/** Puts these files on the air, and calls `play` with their address and a player, who then leaves. */
async function playing(files, play, finish = ({ leave }) => leave()) {
  const folder = mkdtempSync(join(tmpdir(), 'export-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const server = await publish(folder);
  try {
    const visitor = await player();
    await play(visitor.page, server.url);
    await finish(visitor);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

/** The same server at an address that browsers do not trust, as on a LAN. */
const onLan = (url) => url.replace('localhost', 'lan.test');

/** Another host, with a script that says it may not be read by others. */
async function otherHost(play) {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/javascript' });
    response.end('window.fromAfar = true;');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await play(`http://127.0.0.1:${server.address().port}/sdk.js`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const threads = {
  'game.js': `
    var PThread = { unusedWorkers: [] };
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const cells = new Int32Array(memory.buffer);
    const worker = new Worker('game.worker.js');
    worker.onmessage = () => {
      document.title = [crossOriginIsolated, Atomics.load(cells, 0), window.fromAfar].join(' ');
    };
    worker.postMessage(memory);`,
  'game.worker.js': `
    onmessage = ({ data }) => {
      importScripts('task.js');
      task(new Int32Array(data.buffer));
      postMessage('done');
    };`,
  'task.js': 'const task = (cells) => Atomics.store(cells, 0, 42);',
};
const link = '<!doctype html><link rel=icon href=data:,>';

test('a game with threads is isolated, and its threads share memory', () =>
  playing({ 'index.html': `${link}<script src=game.js></script>`, ...threads }, async (page, url) => {
    await page.goto(url);
    await page.waitForFunction(() => document.title.startsWith('true 42'));
  }));

test('a game with threads that loads from another host has both', () =>
  otherHost((script) =>
    playing({ 'index.html': `${link}<script src=${script}></script><script src=game.js></script>`, ...threads },
      async (page, url) => {
        await page.goto(url);
        await page.waitForFunction(() => document.title === 'true 42 true');
      })));

test('a game without threads loads scripts of other hosts', () =>
  otherHost((script) =>
    playing({
      'index.html': `${link}<script src=${script}></script>`,
    }, async (page, url) => {
      await page.goto(url);
      await page.waitForFunction(() => window.fromAfar && !crossOriginIsolated);
    })));

/** `(func (export "answer") (result i32) i32.const 42)`, as `wat2wasm` writes it. */
const wasm = Buffer.from('0061736d010000000105016000017f03020100070a0106616e7377657200000a06010400412a0b', 'hex');

/** Brotli as Unity marks it: a block of metadata before one that is not compressed (RFC 7932, 9.1 and 9.2). */
function unityBrotli(plain) {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(((plain.length - 1) << 3) | (1 << 19));
  const marker = Buffer.from('UnityWeb Compressed Content (brotli)');
  return Buffer.concat([Buffer.from([0x6b, 0x8d, 0]), marker, head.subarray(0, 3), plain, Buffer.from([3])]);
}

const modules = {
  'plain.wasm': wasm,
  'unmarked.wasm.gz': gzipSync(wasm),
  'unmarked.wasm.br': brotliCompressSync(wasm),
  'marked.wasm.br': unityBrotli(wasm),
  'marked.wasm.unityweb': unityBrotli(wasm),
  'missing.wasm.br': brotliCompressSync(wasm),
};

const instantiated = (names) => Promise.all(names.map(async (name) => {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(name));
  return instance.exports.answer();
}));

test('modules start while they stream in, whatever they are compressed with and whatever the browser accepts', () =>
  playing({ 'index.html': link, ...modules }, async (page, url) => {
    const names = [...Object.keys(modules), 'missing.wasm'];
    for (const address of [url, onLan(url)]) {
      const accepted = page.waitForRequest(/plain\.wasm/).then((request) => request.allHeaders());
      await page.goto(address);
      assert.deepEqual(await page.evaluate(instantiated, names), names.map(() => 42));
      const codings = (await accepted)['accept-encoding'];
      assert.equal(codings.includes('br'), address === url, codings);
    }
  }));

test('a page inflates what it asked for to inflate itself', () =>
  playing({
    'index.html': `${link}<script type=module>
      const { body } = await fetch('game.wasm.gz');
      const inflated = new Response(body.pipeThrough(new DecompressionStream('gzip')));
      const { instance } = await WebAssembly.instantiate(await inflated.arrayBuffer());
      document.title = instance.exports.answer();
    </script>`,
    'game.wasm.gz': gzipSync(wasm),
  }, async (page, url) => {
    await page.goto(url);
    await page.waitForFunction(() => document.title === '42');
  }));

test('a page that was made for a path of its own finds its files there', () =>
  playing({
    'index.html': `${link}<base href="/repo/"><script>document.write('<script src=a.js><\\/script>')</script>`,
    'a.js': 'document.title = location.pathname;',
  }, async (page, url) => {
    await page.goto(url);
    assert.equal(new URL(page.url()).pathname, '/repo/');
    await page.waitForFunction(() => document.title === '/repo/');
  }));

/** Ten minutes of silence, 8,000 bytes a second. */
function wav() {
  const length = 600 * 8000;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20); // PCM
  head.writeUInt16LE(1, 22); // mono
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(8000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(length, 40);
  return Buffer.concat([head, Buffer.alloc(length, 128)]);
}

/** A second of moving squares, recorded by the browser itself; in base64. */
async function recorded() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
  const drawing = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: 'video/webm;codecs=vp8' });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const ended = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  const end = performance.now() + 1500;
  while (performance.now() < end) {
    drawing.fillStyle = `hsl(${Math.random() * 360} 90% 50%)`;
    drawing.fillRect(Math.random() * 300, Math.random() * 200, 40, 40);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  recorder.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Seeks to these places one after the other, and says where it came to and how wide the picture is. */
async function sought([source, places]) {
  const video = Object.assign(document.createElement('video'), { src: source, muted: true, preload: 'metadata' });
  document.body.append(video);
  const happens = (name) => new Promise((resolve, reject) => {
    video.addEventListener(name, resolve, { once: true });
    video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
  });
  await happens('loadeddata');
  const times = [];
  for (const place of places) {
    video.currentTime = place;
    await happens('seeked');
    times.push(video.currentTime);
  }
  return { times, width: video.videoWidth };
}

test('a video element seeks by ranges', async () => {
  const { page, leave } = await player();
  const video = Buffer.from(await page.evaluate(recorded), 'base64');
  await leave();
  await playing({ 'index.html': link, 'clip.webm': video, 'long.wav': wav() }, async (page, url) => {
    await page.goto(url);
    const parts = [];
    page.on('response', (response) => {
      if (/webm|wav/.test(response.url())) parts.push([response.status(), response.headers()['content-range']]);
    });
    const long = await page.evaluate(sought, ['long.wav', [570, 10]]);
    assert.deepEqual(long.times.map(Math.round), [570, 10]);
    const clip = await page.evaluate(sought, ['clip.webm', [1e6, 0.5, 0]]);
    assert.equal(clip.width, 320);
    assert.deepEqual(clip.times.slice(1), [0.5, 0]);
    assert.ok(parts.every(([status]) => status === 206), JSON.stringify(parts));
    assert.ok(parts.some(([, range]) => !range.startsWith('bytes 0-')), JSON.stringify(parts));
    // Whoever seeks lets go of what was under way, which is a fault elsewhere.
  }, ({ context }) => context.close());
});
