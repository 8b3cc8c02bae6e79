// No game that plays from a plain file server plays worse here: each export is opened from `python3 -m http.server` and
// from webserver, and must come to the same result.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { browser, closeBrowser, project, publish } from './support.mjs';

/** A frame of raw blocks (RFC 8878, 3.1.1): what `zstd` would make of bytes that it cannot shrink. Node 20 cannot compress. */
function zstdFrame(content) {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  const pieces = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), length];
  for (let start = 0; start < content.length; start += 0x10000) {
    const block = content.subarray(start, start + 0x10000);
    const isLast = start + 0x10000 >= content.length ? 1 : 0;
    const head = Buffer.alloc(3);
    head.writeUIntLE((block.length << 3) | isLast, 0, 3);
    pieces.push(head, block);
  }
  return Buffer.concat(pieces);
}

after(closeBrowser);

/** A folder on python's server, on a port of the system's choice. */
async function plain(folder) {
  const child = spawn('python3', ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1'], { cwd: folder });
  let said = '';
  const port = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const port = said.match(/port (\d+)/);
      if (port) resolve(port[1]);
    });
    child.on('exit', () => reject(new Error(`python3 -m http.server ended: ${said}`)));
  });
  return {
    url: `http://localhost:${port}/`,
    stop: () => new Promise((resolve) => { child.on('exit', resolve); child.kill(); }),
  };
}

/** What a page comes to: its result, the errors that it throws, and what it shows. */
async function play(url, patience) {
  const context = await (await browser()).newContext();
  const page = await context.newPage();
  const thrown = [];
  page.on('pageerror', (error) => thrown.push(String(error).split('\n')[0]));
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction(() => window.result !== undefined, null, { timeout: patience }).catch(() => {});
  const result = await page.evaluate(async () => ({ result: await window.result, title: document.title }));
  await context.close();
  return { ...result, thrown };
}

async function compare(folder, patience = 8000) {
  const servers = [await plain(folder), await publish(folder)];
  try {
    const [there, here] = [await play(servers[0].url, patience), await play(servers[1].url, patience)];
    assert.deepEqual(here, there);
    return here;
  } finally {
    for (const server of servers) await server.stop();
  }
}

const page = (script, head = '') => `<!doctype html><title>t</title>${head}<body><script>${script}</script>`;
const run = (body) => page(`window.result = (async () => { ${body} })().catch((error) => 'threw ' + error);`);
const big = Buffer.from('sector of the disk '.repeat(20000));
/** A module with one memory, shared or not. */
const wasm = (isShared) => Buffer.from([0, 97, 115, 109, 1, 0, 0, 0, 2, 16, 1, 3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2, isShared ? 3 : 1, 1, 2]);
/** `小学` in GBK, and `日本` in ISO-2022-JP. */
const gbk = Buffer.from([0xd0, 0xa1, 0xd1, 0xa7]);
const iso2022 = Buffer.from([0x1b, 0x24, 0x42, 0x46, 0x7c, 0x4b, 0x5c, 0x1b, 0x28, 0x42]);
const inCharset = (charset, text) => Buffer.concat([
  Buffer.from(`<!doctype html><meta charset=${charset}><title>t</title><p id=p>`), text,
  Buffer.from('</p><script>window.result = p.textContent</script>'),
]);

const exports = {
  'scripts of any name': {
    'index.html': page('', '<script src=engine></script><script src=lib.es6></script>'
      + '<script src="jquery.js%3Fver=3"></script><script src=level.dat></script><script src="x.js@1.2"></script><script src=run.js></script>'),
    engine: 'window.a = 1', 'lib.es6': 'window.b = 1', 'jquery.js?ver=3': 'window.c = 1', 'level.dat': 'window.d = 1', 'x.js@1.2': 'window.e = 1',
    ai: "postMessage('worker')", 'late.txt': 'window.f = 1',
    'run.js': `addEventListener('load', () => { window.result = new Promise((resolve) => {
      const late = document.createElement('script'); late.src = ['late', 'txt'].join('.'); document.body.append(late);
      late.onload = late.onerror = () => { const worker = new Worker('ai');
        worker.onmessage = ({ data }) => resolve([a, b, c, d, e, window.f, data]);
        worker.onerror = () => resolve('worker failed'); }; }); });`,
  },
  'fetched gz and zst without a sign': {
    'index.html': run(`const bytes = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer());
      return [[...(await bytes('world.dat.gz')).slice(0, 3)], (await bytes('world.dat.zst')).length > 3 && [...(await bytes('world.dat.zst')).slice(0, 4)]];`),
    'world.dat.gz': gzipSync(big),
    'world.dat.zst': zstdFrame(big),
  },
  'a progress bar by XHR': {
    'index.html': run(`return new Promise((resolve) => { const xhr = new XMLHttpRequest(); let last; xhr.open('GET', 'a.bin');
      xhr.onprogress = (event) => { last = [event.lengthComputable, event.loaded, event.total]; };
      xhr.onload = () => resolve(last); xhr.send(); });`),
    'a.bin': big,
  },
  'a buffer of the size that the server states': {
    'index.html': run(`const answer = await fetch('a.bin'); const whole = new Uint8Array(+answer.headers.get('Content-Length'));
      const reader = answer.body.getReader(); let at = 0;
      for (let part; !(part = await reader.read()).done; at += part.value.length) whole.set(part.value, at);
      return [at, whole.length];`),
    'a.bin': big,
  },
  'the size of a file by HEAD': {
    'index.html': run(`const xhr = new XMLHttpRequest(); xhr.open('HEAD', 'disk.img', false); xhr.send();
      return [xhr.getResponseHeader('Content-Length'), xhr.getResponseHeader('Content-Encoding')];`),
    'disk.img': big,
  },
  'a short page in GBK': { 'index.html': inCharset('gbk', gbk) },
  'a page in ISO-2022-JP': { 'index.html': inCharset('iso-2022-jp', iso2022) },
  'a page in UTF-8': { 'index.html': inCharset('utf-8', Buffer.from('勇者')) },
  'a package with a flavour for threads that is not used': {
    'index.html': run(`return [self.crossOriginIsolated, (await fetch('jolt.wasm')).ok];`),
    'jolt.wasm': wasm(false), 'jolt.multithread.wasm': wasm(true),
  },
  'a compressed file that is asked for in vain before the plain one': {
    'index.html': run(`const coded = await fetch('a.dat.br'); const answer = coded.ok ? coded : await fetch('a.dat'); return [coded.ok, await answer.text()];`),
    'a.dat': 'plain',
  },
  'files below .well-known': {
    'index.html': run(`return (await fetch('.well-known/assetlinks.json')).status;`),
    '.well-known/assetlinks.json': '[]',
  },
  'names with encoded signs': {
    'index.html': run(`const get = async (name) => (await fetch(name)).status; return [await get('my%2520hero.png'), await get('50%25off.png')];`),
    'my%20hero.png': '1', '50%off.png': '2',
  },
  'a module that is compiled while it arrives': {
    'index.html': run(`const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
      return String((await WebAssembly.instantiateStreaming(fetch('a.wasm'), { env: { memory } })).instance);`),
    'a.wasm': wasm(false),
  },
};

for (const [name, files] of Object.entries(exports)) {
  test(`as from a plain server: ${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plain-'));
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), content);
    }
    try {
      const { result } = await compare(folder);
      assert.ok(result !== undefined && !String(result).startsWith('threw'), String(result));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test('as from a plain server: absolute links inside the game', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plain-'));
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(folder, 'real/a.txt'), 'a');
  symlinkSync(join(folder, 'real'), join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), run("return (await fetch('assets/a.txt')).text();"));
  try {
    assert.equal((await compare(folder)).result, 'a');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const games = readdirSync(join(project, 'games'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name: game } of games) {
  test(`as from a plain server: ${game}`, async () => {
    await compare(join(project, 'games', game), 1000);
  });
}
