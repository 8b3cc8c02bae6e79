// The loading of games as players see it: exports in the shape of six engines, in Chromium over 20 Mbit/s and 20 ms with a processor a quarter as
// fast, from webserver and from its peers: first, after a refresh, and after a new export with 1 % changed.
//
//   cargo build --profile dist && (cd tests/browser && npm ci) && node tests/bench/page-load.mjs [--rounds 3] [--only nginx,webserver] [--size 1]
//
// Each file is made by a seed: text compresses as scripts do, code and scenes by half, pictures and sound not at all. --size 4 makes the
// exports four times as large. Peers: nginx as Debian installs it, nginx with everything packed beforehand, and Caddy with both codings.
// Rates and delays are Chromium's own (DevTools protocol), so only requests wait, not the handshake. The pages ask for the files as those
// engines do and draw when they have all. "stale" is said of a page that shows the old export.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '../browser/node_modules/playwright-core/index.mjs';
import { exportsOf, median, serve, servers, settled, write } from './exports.mjs';

const { values: options } = parseArgs({ options: {
  rounds: { type: 'string', default: '3' }, only: { type: 'string', default: '' }, games: { type: 'string', default: '' }, size: { type: 'string', default: '1' },
} });
const exports = exportsOf(Number(options.size));
const LINK = { offline: false, latency: 20, downloadThroughput: 20e6 / 8, uploadThroughput: 5e6 / 8 };
const SLOWER = 4;

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

const only = options.only.split(',').filter(Boolean);
const games = options.games.split(',').filter(Boolean);
const base = mkdtempSync(join(tmpdir(), 'page-load-'));
chmodSync(base, 0o755); // nginx's workers are another user
const cells = new Map();
const running = new Set();
try {
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, made] of Object.entries(exports).filter(([name]) => !games.length || games.includes(name))) {
      for (const server of Object.keys(servers).filter((name) => !only.length || only.some((one) => name.startsWith(one)))) {
        const served = await serve(base, server, made, '127.0.0.1');
        if (!served) continue;
        const { place, www, raw, pack, child, url, packs } = served;
        running.add(child);
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
        await served.stop();
        running.delete(child);
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
