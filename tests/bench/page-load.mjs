// The loading of games as players see it: exports in the shape of six engines, in Chromium over 20 Mbit/s and 20 ms with a processor a quarter as
// fast, from webserver and from its peers: first, after a refresh, and after a new export with 1 % changed.
//
//   cargo build --profile dist && (cd tests/browser && npm ci) && node tests/bench/page-load.mjs [--rounds 3] [--only nginx,webserver] [--size 1]
//
// Each file is made by a seed: text compresses as scripts do, code and scenes by half, pictures and sound not at all. --size 4 makes the
// exports four times as large. Peers: nginx as Debian installs it, nginx with everything packed beforehand, and Caddy with both codings.
// Rates and delays are Chromium's own (DevTools protocol), so only requests wait, not the handshake. The pages ask for the files as those
// engines do and draw when they have all. "stale" is said of a page that shows the old export.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { chromium } from '../browser/node_modules/playwright-core/index.mjs';

const { values: options } = parseArgs({ options: {
  rounds: { type: 'string', default: '3' }, only: { type: 'string', default: '' }, games: { type: 'string', default: '' }, size: { type: 'string', default: '1' },
} });
const webserver = process.env.WEBSERVER_BIN ?? fileURLToPath(new URL('../../target/dist/webserver', import.meta.url));
const KB = 1024 * Number(options.size);
const LINK = { offline: false, latency: 20, downloadThroughput: 20e6 / 8, uploadThroughput: 5e6 / 8 };
const SLOWER = 4;
const DAY = 86_400_000;

/** A generator of numbers below a bound (xorshift), the same for each seed. */
function random(seed) {
  let state = seed * 2654435761 + 1 >>> 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const noise = (seed, length) => {
  const next = random(seed);
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = next(256);
  return bytes;
};

/** Words and marks, as scripts have. */
function text(seed, length) {
  const next = random(seed);
  let out = '';
  while (out.length < length) out += `name${next(3000)}${' ;=()\n,.'[next(8)]}`;
  return Buffer.from(out.slice(0, length));
}

/** Code and scenes: half of each piece repeats what came before. */
function code(seed, length) {
  const next = random(seed);
  const bytes = noise(seed, length);
  for (let at = 4096; at + 64 < length; at += 16 + next(32)) {
    const from = at - 64 - next(4000);
    bytes.copy(bytes, at, from, from + 8 + next(16));
  }
  return bytes;
}

/** A file as Unity packs it: gzip with a comment that says so. */
function unity(bytes) {
  const sums = Buffer.alloc(8);
  sums.writeUInt32LE(crc32(bytes), 0);
  sums.writeUInt32LE(bytes.length, 4);
  const head = Buffer.from([0x1f, 0x8b, 8, 0x10, 0, 0, 0, 0, 0, 3]);
  return Buffer.concat([head, Buffer.from('UnityWeb Compressed Content (gzip)\0'), deflateRawSync(bytes), sums]);
}

const script = (seed, length) => Buffer.concat([Buffer.from('/*'), text(seed, length), Buffer.from('*/')]);
const many = (count, name, make) => Object.fromEntries(Array.from({ length: count }, (_, number) => [name(number), make(number)]));

/** Each export: its files, and those that its page fetches. Scripts are loaded by tags. `marked` is the file that a new export changes. */
const exports = {
  'Godot 4': { marked: 'index.pck', files: () => ({ 'index.js': script(1, 350 * KB), 'index.wasm': code(2, 8000 * KB), 'index.pck': Buffer.concat([code(3, 1500 * KB), noise(4, 1500 * KB)]) }) },
  'Unity, packed': { marked: 'Build/game.data.gz', files: () => ({
    'Build/game.loader.js': script(11, 40 * KB), 'Build/game.framework.js.gz': unity(script(12, 400 * KB)),
    'Build/game.wasm.gz': unity(code(13, 6000 * KB)), 'Build/game.data.gz': unity(Buffer.concat([code(14, 2000 * KB), noise(15, 1500 * KB)])) }) },
  'Construct 3': { marked: 'data.json', files: () => ({
    'c3runtime.js': script(21, 700 * KB), 'data.json': text(22, 300 * KB),
    ...many(40, (n) => `images/sheet${n}.webp`, (n) => noise(200 + n, 40 * KB)), ...many(20, (n) => `media/${n}.webm`, (n) => noise(300 + n, 60 * KB)) }) },
  'RPG Maker': { marked: 'data/Map1.json', files: () => ({
    ...many(12, (n) => `js/rmmz_${n}.js`, (n) => script(400 + n, 90 * KB)), ...many(60, (n) => `data/Map${n}.json`, (n) => text(500 + n, 30 * KB)),
    ...many(50, (n) => `img/${n}.png`, (n) => noise(600 + n, 40 * KB)) }) },
  GameMaker: { marked: 'html5game/texture_0.png', files: () => ({
    'html5game/game.js': script(31, 2500 * KB), ...many(6, (n) => `html5game/texture_${n}.png`, (n) => noise(700 + n, 500 * KB)) }) },
  Phaser: { marked: 'assets/levels.json', files: () => ({
    'assets/index-1a2b.js': script(41, 1400 * KB), 'assets/style.css': text(42, 20 * KB), 'assets/levels.json': text(43, 200 * KB),
    ...many(30, (n) => `assets/${n}.png`, (n) => noise(800 + n, 30 * KB)) }) },
};

/** The page: scripts by tags in their order, the rest by fetch, then a picture and the first byte of the marked file. */
function page(files, marked) {
  const names = Object.keys(files);
  const tags = names.filter((name) => /\.js$/.test(name)).map((name) => `<script src="${name}"></script>`).join('\n');
  const fetched = names.filter((name) => !/\.js$/.test(name));
  return `<!doctype html><meta charset="utf-8"><title>loading</title><canvas id="c" width="300" height="200"></canvas>\n${tags}\n<script>
Promise.all(${JSON.stringify(fetched)}.map(async (name) => { const answer = await fetch(name); if (!answer.ok) throw new Error(name);
  const bytes = new Uint8Array(await answer.arrayBuffer()); return name === ${JSON.stringify(marked)} ? bytes.at(-1) : 0; }))
.then((marks) => { const at = c.getContext('2d'); at.fillStyle = '#c33'; at.fillRect(20, 20, 200, 100);
  requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = [performance.now(), Math.max(...marks)]; })); })
.catch((error) => { window.drawn = [-1, String(error)]; });
</script>\n`;
}

/** Writes an export; its last byte in the marked file is its version. A new one changes a hundredth of the bytes as well. */
function write(folder, { files, marked }, version) {
  const all = files();
  const isPacked = marked.endsWith('.gz');
  const begun = isPacked ? Buffer.concat([code(14, 2000 * KB), noise(15, 1500 * KB)]) : all[marked];
  const total = Object.values(all).reduce((sum, bytes) => sum + bytes.length, 0);
  if (version > 1) noise(99, Math.min(Math.floor(total / 100), begun.length >> 1)).forEach((byte, at) => { begun[at] = marked.endsWith('.json') ? 97 + byte % 26 : byte; });
  begun[begun.length - 1] = 48 + version;
  all[marked] = isPacked ? unity(begun) : begun;
  const day = new Date(Date.now() - (version > 1 ? 0 : 10 * DAY));
  for (const [name, bytes] of Object.entries({ 'index.html': Buffer.from(page(all, marked)), ...all })) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path) || !readFileSync(path).equals(bytes)) {
      writeFileSync(path, bytes);
      utimesSync(path, day, day);
    }
  }
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

const sizeOf = (folder) => filesOf(folder).reduce((sum, path) => sum + statSync(path).size, 0);

const freePort = () => new Promise((resolve) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

const nginx = (base, port, www, more) => {
  writeFileSync(join(base, 'nginx.conf'), `worker_processes 2; daemon off; pid ${base}/nginx.pid; error_log stderr crit; events { worker_connections 700; }
http { include /etc/nginx/mime.types; default_type application/octet-stream; access_log off; sendfile on; tcp_nopush on; gzip on; ${more}
server { listen 127.0.0.1:${port}; root ${www}; location ~ \\.gz$ { gzip off; gzip_static off; ${more.includes('no-cache') ? 'add_header Cache-Control no-cache; ' : ''}add_header Content-Encoding gzip; types { } } } }`);
  return ['nginx', ['-p', base, '-e', 'stderr', '-c', join(base, 'nginx.conf')]];
};

/** Each server's command; `pack` is what its host does before. */
const servers = {
  webserver: { start: (base, port, www) => [webserver, [String(port), www, '--host', '127.0.0.1', '--log', 'off']] },
  'nginx, default': { start: (base, port, www) => nginx(base, port, www, '') },
  'nginx, tuned': {
    pack(www) {
      for (const path of filesOf(www).filter((path) => /\.(html|js|css|json|wasm|pck)$/.test(path))) {
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
        const { mtime } = statSync(path);
        utimesSync(`${path}.gz`, mtime, mtime);
      }
    },
    start: (base, port, www) => nginx(base, port, www, 'gzip_static on; gzip_vary on; add_header Cache-Control no-cache;'),
  },
  caddy: {
    start(base, port, www) {
      writeFileSync(join(base, 'Caddyfile'), `{\nadmin off\nauto_https off\n}\nhttp://127.0.0.1:${port} {\nroot * ${www}\nencode zstd gzip\n@packed path *.gz\nheader @packed Content-Encoding gzip\nfile_server\n}\n`);
      return ['caddy', ['run', '--config', join(base, 'Caddyfile'), '--adapter', 'caddyfile']];
    },
  },
};

/** Waits, some minutes at most, until the address answers, the server has done its work, and webserver has packed these files. */
async function settled(url, child, accepts, packed = []) {
  const ticks = () => readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((sum, part) => sum + Number(part), 0);
  for (let turn = 0; turn < 200; turn++) {
    // Not started yet, or the file is changing.
    const bytes = await fetch(url).then(async (answer) => answer.ok && Buffer.from(await answer.arrayBuffer()), () => undefined).catch(() => undefined);
    const before = ticks();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const isPacked = (file) => fetch(file).then((answer) => answer.headers.has('content-encoding'), () => false);
    if (bytes && accepts(bytes) && (await Promise.all(packed.map(isPacked))).every(Boolean) && ticks() - before <= 3) return;
  }
  throw new Error(`${url} is not ready: ${child.spawnfile} ${(await fetch(url).catch((error) => error.cause ?? error)).status}`);
}

/** Loads the page; returns kilobytes received, milliseconds to the last byte and to the first picture, and the version shown. */
async function load(context, url, isFirst) {
  const tab = context.pages()[0] ?? await context.newPage();
  const devtools = await context.newCDPSession(tab);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', LINK);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  let bytes = 0, first, last;
  devtools.on('Network.requestWillBeSent', ({ timestamp }) => { first ??= timestamp; });
  devtools.on('Network.loadingFinished', ({ encodedDataLength, timestamp }) => {
    bytes += encodedDataLength;
    last = timestamp;
  });
  await (isFirst ? tab.goto(url, { timeout: 120_000 }) : tab.reload({ timeout: 120_000 }));
  const drawn = await tab.waitForFunction('window.drawn', undefined, { timeout: 120_000, polling: 100 });
  const [picture, mark] = await drawn.jsonValue();
  if (picture < 0) throw new Error(`${url}: ${mark}`);
  await devtools.detach();
  return { kb: bytes / 1000, last: (last - first) * 1000, picture, version: mark - 48 };
}

const median = (values) => [...values].sort((one, other) => one - other)[values.length >> 1];
const only = options.only.split(',').filter(Boolean);
const games = options.games.split(',').filter(Boolean);
const base = mkdtempSync(join(tmpdir(), 'page-load-'));
chmodSync(base, 0o755); // nginx's workers are another user
const cells = new Map();
const running = new Set();
try {
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, made] of Object.entries(exports).filter(([name]) => !games.length || games.includes(name))) {
      for (const [server, { pack, start }] of Object.entries(servers).filter(([name]) => !only.length || only.some((one) => name.startsWith(one)))) {
        const place = mkdtempSync(join(base, 'run-'));
        chmodSync(place, 0o755);
        const www = join(place, 'www');
        mkdirSync(www);
        write(www, made, 1);
        const raw = sizeOf(www) / 1000;
        pack?.(www);
        const port = await freePort();
        const [program, words] = start(place, port, www);
        const child = spawn(program, words, { cwd: place, stdio: 'ignore', env: { ...process.env, WEBSERVER_NO_MDNS: 'true' } });
        let failed;
        child.on('error', (error) => { failed = error; });
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (failed) {
          if (!round && name === Object.keys(exports)[0]) console.log(`${server} is not installed`);
          rmSync(place, { recursive: true });
          continue;
        }
        running.add(child);
        const url = `http://127.0.0.1:${port}/`;
        const packs = server !== 'webserver' ? [] : Object.keys(made.files()).filter((file) => /(js|json|wasm)$/.test(file)).map((file) => new URL(file, url));
        await settled(url, child, () => true, packs);
        const context = await chromium.launchPersistentContext(join(place, 'profile'), {
          executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
        });
        const note = (visit, seen, version) => {
          const key = `${name}|${server}|${visit}`;
          const cell = cells.get(key) ?? { raw, seen: [], isStale: false };
          cell.seen.push(seen);
          cell.isStale ||= seen.version !== version;
          cells.set(key, cell);
        };
        note('cold', await load(context, url, true), 1);
        note('refresh', await load(context, url, false), 1);
        write(www, made, 2);
        pack?.(www);
        const packed = readFileSync(join(www, made.marked));
        await settled(new URL(made.marked, url), child, (bytes) => made.marked.endsWith('.gz') || bytes.at(-1) === packed.at(-1), packs);
        note('new export', await load(context, url, false), 2);
        await context.close();
        child.kill('SIGTERM');
        await new Promise((resolve) => child.exitCode === null ? child.on('exit', resolve) : resolve());
        running.delete(child);
        rmSync(place, { recursive: true });
      }
    }
  }
} finally {
  running.forEach((child) => child.kill('SIGTERM'));
  rmSync(base, { recursive: true, force: true });
}
console.log('| export | visit | server | kB received | last byte, s | first picture, s | |\n| --- | --- | --- | ---: | ---: | ---: | --- |');
for (const [key, { raw, seen, isStale }] of cells) {
  const [name, server, visit] = key.split('|');
  const of = (field) => median(seen.map((one) => one[field]));
  const size = visit === 'cold' ? `${name}, ${(raw / 1000).toFixed(1)} MB` : name;
  console.log(`| ${size} | ${visit} | ${server} | ${of('kb').toFixed(0)} | ${(of('last') / 1000).toFixed(2)} | ${(of('picture') / 1000).toFixed(2)} | ${isStale ? 'stale' : ''} |`);
}
