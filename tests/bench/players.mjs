// Thirty players who open a game at once over one link of 100 Mbit/s: what each receives, and when the first, the median and the last of them
// has it all, from webserver and from its peers.
//
//   cargo build --profile dist && (cd tests/browser && npm ci) && node tests/bench/players.mjs [--players 30] [--rounds 3] [--only nginx] [--size 1]
//
// Needs root, for the link: a pair of virtual interfaces between this machine and a network namespace, limited by a token bucket (tc-tbf),
// removed in the end. The players are one program in that namespace, six connections each, which asks for the page, then for the files of its
// export, with the codings that Chromium offers to http (gzip, deflate). The exports are those of page-load.mjs.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exportsOf, median, serve, servers, settled } from './exports.mjs';

const { values: options } = parseArgs({ options: {
  players: { type: 'string', default: '30' }, rounds: { type: 'string', default: '3' }, only: { type: 'string', default: '' }, size: { type: 'string', default: '1' },
  play: { type: 'string' },
} });
const HOST = '10.77.0.1';
const LINK = 'rate 100mbit burst 64kb latency 50ms';
const CONNECTIONS = 6;
const PATIENCE = 120_000;

/** Asks for a file; returns the bytes of its content on the wire. */
const ask = (url, agent) => new Promise((resolve, reject) => {
  const request = get(url, { agent, timeout: PATIENCE, headers: { 'Accept-Encoding': 'gzip, deflate', 'User-Agent': 'Mozilla/5.0' } }, (answer) => {
    let bytes = 0;
    answer.on('data', (piece) => { bytes += piece.length; });
    answer.on('end', () => answer.statusCode === 200 ? resolve(bytes) : reject(new Error(`${url}: ${answer.statusCode}`)));
    answer.on('error', reject);
  });
  request.on('timeout', () => request.destroy(new Error(`${url}: no answer`)));
  request.on('error', reject);
});

/** A player's visit: bytes received and seconds until the last of them. */
async function visit(page, files) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const began = performance.now();
  let bytes = await ask(page, agent);
  for (const received of await Promise.all(files.map((file) => ask(new URL(file, page), agent)))) bytes += received;
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  return { bytes, seconds };
}

if (options.play) {
  const { page, files } = JSON.parse(options.play);
  console.log(JSON.stringify(await Promise.all(Array.from({ length: Number(options.players) }, () => visit(page, files)))));
  process.exit(0);
}

const ip = (...words) => execFileSync('ip', words, { stdio: 'pipe' });
const namespace = `players-${process.pid}`;
const [near, far] = [`near${process.pid}`, `far${process.pid}`];
const only = options.only.split(',').filter(Boolean);
const base = mkdtempSync(join(tmpdir(), 'players-'));
chmodSync(base, 0o755); // nginx's workers are another user
const cells = new Map();
let served;
ip('netns', 'add', namespace);
try {
  ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', namespace);
  ip('addr', 'add', `${HOST}/24`, 'dev', near);
  ip('link', 'set', near, 'up');
  ip('-n', namespace, 'addr', 'add', '10.77.0.2/24', 'dev', far);
  ip('-n', namespace, 'link', 'set', far, 'up');
  execFileSync('tc', ['qdisc', 'add', 'dev', near, 'root', 'tbf', ...LINK.split(' ')]);
  for (const [name, made] of Object.entries(exportsOf(Number(options.size)))) {
    const files = Object.keys(made.files());
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const server of Object.keys(servers).filter((name) => !only.length || only.some((one) => name.startsWith(one)))) {
        served = await serve(base, server, made, HOST);
        if (!served) continue;
        await settled(served.url, served.child, () => true, served.packs);
        const play = JSON.stringify({ page: served.url, files });
        const words = ['netns', 'exec', namespace, process.execPath, fileURLToPath(import.meta.url), '--players', options.players, '--play', play];
        const visits = JSON.parse(execFileSync('ip', words, { encoding: 'utf8', timeout: 2 * PATIENCE }));
        const key = `${name}, ${(served.raw / 1000).toFixed(1)} MB | ${server}`;
        cells.set(key, [...cells.get(key) ?? [], visits]);
        await served.stop();
        served = undefined;
      }
    }
  }
} finally {
  await served?.stop();
  ip('netns', 'del', namespace); // and the link with it
  rmSync(base, { recursive: true, force: true });
}

console.log('| export | server | kB a player | first has all, s | median, s | last, s |\n| --- | --- | ---: | ---: | ---: | ---: |');
for (const [key, rounds] of cells) {
  const of = (figure) => median(rounds.map((visits) => figure(visits.map(({ seconds }) => seconds))));
  const kb = median(rounds.flat().map(({ bytes }) => bytes)) / 1000;
  const seconds = [of((all) => Math.min(...all)), of(median), of((all) => Math.max(...all))].map((value) => value.toFixed(2));
  console.log(`| ${key} | ${kb.toFixed(0)} | ${seconds.join(' | ')} |`);
}
