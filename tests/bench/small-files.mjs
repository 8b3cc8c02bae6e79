// A page of 1,300 small files, the shape of an RPG Maker game, in Chromium: HTTP/1.1 and HTTP/2 of webserver and of nginx, over a
// link of 20 Mbit/s with 40 ms there and back.
//
//   cargo build --profile dist && (cd tests/browser && npm ci) && node tests/bench/small-files.mjs [--rounds 5] [--files 1300] [--order]
//
// --order loads another page instead: sixty pictures of 60 kB and then the script, of 300 kB, and tells when the script runs.
// EARLIER names a binary to compare with.
//
// HTTP/2 comes over TLS 1.3, as browsers want it; HTTP/1.1 without, which is in its favour. A relay stands for the link: it holds each
// piece for 20 ms in both directions, a new connection for 40 ms more (TCP's handshake), and sends what comes from the server
// at 20 Mbit/s, all connections together. It has no loss and no slow start. nginx is as Debian installs it, with
// http2 and without its limit of 1,000 requests a connection, at which Chromium failed a few of the files.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '../browser/node_modules/playwright-core/index.mjs';
import { freePort, webserver } from './exports.mjs';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, files: { type: 'string', default: '1300' }, order: { type: 'boolean' } } });
const COUNT = Number(options.files);
const ONE_WAY = 20; // ms
const RATE = 20e6 / 8 / 1000; // bytes a millisecond, from the server

/** Files of 1 to 8 kB which do not compress, and a page that asks for all at once. */
function write(www) {
  let state = 7;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const noise = (length) => Buffer.from(Array.from({ length }, () => next() & 255));
  if (options.order) {
    const pictures = Array.from({ length: 60 }, (_, number) => `picture-${number}.png`);
    for (const name of pictures) writeFileSync(join(www, name), noise(60_000));
    writeFileSync(join(www, 'game.js'), `/* ${noise(150_000).toString('hex')} */ window.loaded = [performance.now(), 0];`);
    writeFileSync(join(www, 'index.html'), `<!doctype html><meta charset="utf-8"><title>order</title>${pictures.map((name) => `<img src="${name}" alt="">`).join('')}<script src="game.js"></script>\n`);
    return;
  }
  const names = [];
  for (let number = 0; number < COUNT; number++) {
    const folder = ['img/characters', 'img/tilesets', 'audio/se', 'data'][number % 4];
    const name = `${folder}/${number}.${['png', 'png', 'ogg', 'bin'][number % 4]}`;
    mkdirSync(join(www, folder), { recursive: true });
    writeFileSync(join(www, name), noise(1000 + next() % 7000));
    names.push(name);
  }
  writeFileSync(join(www, 'index.html'), `<!doctype html><meta charset="utf-8"><title>small files</title><script>
Promise.all(${JSON.stringify(names)}.map(async (name) => { const answer = await fetch(name); if (!answer.ok) throw new Error(name);
  return (await answer.arrayBuffer()).byteLength; }))
.then((sizes) => { window.loaded = [performance.now(), sizes.reduce((sum, size) => sum + size, 0)]; })
.catch((error) => { window.loaded = [-1, String(error)]; });
</script>\n`);
}

/** Acts in the order of the calls, each at its time or later: timers alone may overtake each other. */
function queue() {
  const waiting = [];
  let timer;
  const run = () => {
    timer = undefined;
    while (waiting.length && waiting[0].at <= performance.now()) waiting.shift().act();
    if (waiting.length) timer = setTimeout(run, waiting[0].at - performance.now());
  };
  return (at, act) => {
    waiting.push({ at, act });
    timer ??= setTimeout(run, waiting[0].at - performance.now());
  };
}

/** Relays to `port`, late and at the link's rate. */
function link(port) {
  let free = 0; // when the link has sent what it was given
  const server = createServer((player) => {
    const origin = connect(port, '127.0.0.1');
    const opened = performance.now() + 2 * ONE_WAY;
    const [toOrigin, toPlayer] = [queue(), queue()];
    player.setNoDelay(true);
    origin.setNoDelay(true);
    player.on('data', (piece) => toOrigin(Math.max(opened, performance.now()) + ONE_WAY, () => origin.write(piece)));
    origin.on('data', (piece) => {
      free = Math.max(free, performance.now()) + piece.length / RATE;
      toPlayer(free + ONE_WAY, () => player.write(piece));
      // No more than 64 kB ahead of the link, as a socket's buffer would hold.
      if (free - performance.now() > 65536 / RATE) {
        origin.pause();
        setTimeout(() => origin.resume(), free - performance.now() - 32768 / RATE);
      }
    });
    origin.on('end', () => toPlayer(free + ONE_WAY, () => player.end()));
    player.on('end', () => toOrigin(performance.now() + ONE_WAY, () => origin.end()));
    for (const side of [player, origin]) side.on('error', () => { player.destroy(); origin.destroy(); });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ port: server.address().port, close: () => server.close() })));
}

/** Waits, ten seconds at most, until somebody listens. */
async function listening(port) {
  for (let turn = 0; turn < 200; turn++) {
    const isThere = await new Promise((resolve) => {
      const probe = connect(port, '127.0.0.1', () => { probe.destroy(); resolve(true); }).on('error', () => resolve(false));
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody listens on ${port}`);
}

async function load(name, url, protocol) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
  });
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    const failures = new Set();
    page.on('requestfailed', (request) => failures.add(request.failure()?.errorText));
    page.on('response', (response) => response.status() === 200 || failures.add(response.status()));
    await page.goto(url, { timeout: 120_000, waitUntil: 'commit' });
    const loaded = await (await page.waitForFunction('window.loaded', undefined, { timeout: 120_000, polling: 100 })).jsonValue();
    if (loaded[0] < 0) throw new Error(`${name}: ${[...failures]}`);
    const used = await page.evaluate(() => [...new Set(performance.getEntriesByType('resource').slice(0, 200).map((entry) => entry.nextHopProtocol))].join());
    if (used !== protocol) throw new Error(`${name} was loaded by ${used} instead of ${protocol}`);
    return loaded;
  } finally {
    await browser.close();
  }
}

const base = mkdtempSync(join(tmpdir(), 'small-files-'));
chmodSync(base, 0o755); // nginx's workers are another user
const running = [];
const links = [];
try {
  const www = join(base, 'www');
  mkdirSync(www);
  write(www);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', join(base, 'own.key'), '-out', join(base, 'own.crt')], { stdio: 'ignore' });
  const [ours, theirs, theirsTls, earlier] = [await freePort(), await freePort(), await freePort(), await freePort()];
  writeFileSync(join(base, 'nginx.conf'), `worker_processes auto; daemon off; pid ${base}/nginx.pid; error_log stderr crit; events { worker_connections 768; }
http { include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nopush on; gzip on; keepalive_requests 10000;
server { listen 127.0.0.1:${theirs}; root www; }
server { listen 127.0.0.1:${theirsTls} ssl http2; root www; ssl_certificate own.crt; ssl_certificate_key own.key; ssl_protocols TLSv1.3; } }`);
  const begin = (program, words) => running.push(spawn(program, words, { cwd: base, stdio: 'ignore', env: { ...process.env, WEBSERVER_NO_MDNS: 'true', XDG_DATA_HOME: base } }));
  begin(webserver, [String(ours), www, '--host', '127.0.0.1', '--log', 'off']);
  begin('nginx', ['-p', base, '-e', 'stderr', '-c', join(base, 'nginx.conf')]);
  const ports = [ours, theirs, theirsTls];
  if (process.env.EARLIER) {
    begin(process.env.EARLIER, [String(earlier), www, '--host', '127.0.0.1', '--log', 'off']);
    ports.push(earlier);
  }
  for (const port of ports) await listening(port);
  for (const port of ports) links.push(await link(port));
  const ways = [
    ['webserver, HTTP/1.1', `http://localhost:${links[0].port}/`, 'http/1.1'], ['webserver, HTTP/2', `https://localhost:${links[0].port}/`, 'h2'],
    ['nginx, HTTP/1.1', `http://localhost:${links[1].port}/`, 'http/1.1'], ['nginx, HTTP/2', `https://localhost:${links[2].port}/`, 'h2'],
  ];
  if (links[3]) ways.push(['earlier, HTTP/2', `https://localhost:${links[3].port}/`, 'h2']);
  const seen = new Map(ways.map(([name]) => [name, []]));
  let bytes;
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, url, protocol] of ways) {
      const [took, size] = await load(name, url, protocol);
      seen.get(name).push(took / 1000);
      bytes = size;
    }
  }
  const what = options.order ? 'the script runs' : 'last byte';
  if (!options.order) console.log(`${COUNT} files, ${(bytes / 1e6).toFixed(1)} MB`);
  console.log(`\n| server | ${what}, s: median | least | most |\n| --- | ---: | ---: | ---: |`);
  for (const [name, times] of seen) {
    const sorted = times.sort((one, other) => one - other);
    console.log(`| ${name} | ${sorted[sorted.length >> 1].toFixed(2)} | ${sorted[0].toFixed(2)} | ${sorted.at(-1).toFixed(2)} |`);
  }
} finally {
  running.forEach((child) => child.kill('SIGTERM'));
  links.forEach(({ close }) => close());
  rmSync(base, { recursive: true, force: true });
}
process.exit(0);
