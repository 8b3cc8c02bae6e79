// What every browser test needs: a server, one Chromium for the file, and a player who notices faults.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const project = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The two screens that every game is tested on: with its motion, and with as little as a player may ask for, which spares half a
 * processor.
 */
export const screens = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' },
};

/**
 * Puts a game (a slug, or a path to a folder) on the air with the binary that WEBSERVER_BIN names, on a port of the system's choice.
 * Without WEBSERVER_BIN a plain static server stands in, so that a game can be worked on by itself.
 */
export async function publish(game, ...options) {
  const binary = process.env.WEBSERVER_BIN;
  if (!binary) return serveFolder(join(project, 'games', game));
  const child = tracked(spawn(binary, ['0', game, '--lang', 'en', '--log', 'off', ...options], {
    cwd: project,
    stdio: ['pipe', 'ignore', 'pipe'],
    // Nothing leaves this machine.
    env: { ...process.env, WEBSERVER_NO_MDNS: 'true' },
  }));
  let said = '';
  const url = await new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const address = said.match(/http:\/\/(localhost|127\.0\.0\.2):\d+\//);
      if (address) resolve(address[0]);
    });
    child.on('exit', (code) => reject(new Error(`webserver ended with ${code} before it printed its address:\n${said}`)));
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  return {
    url,
    /** Types a line at the operator's console. */
    type: (line) => child.stdin.write(`${line}\n`),
    async stop() {
      child.kill('SIGTERM');
      assert.equal(await ended, 0, `webserver's exit code after SIGTERM:\n${said}`);
    },
  };
}

const types = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.json': 'application/json',
};

/** Any static server: serves a folder below `prefix`, as a portal would host a game. */
export async function serveFolder(folder, prefix = '/') {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    const file = join(folder, normalize('/' + path.slice(prefix.length) + (path.endsWith('/') ? 'index.html' : '')));
    const found = path.startsWith(prefix) && (await stat(file).catch(() => null))?.isFile();
    response.writeHead(found ? 200 : 404, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
    found ? createReadStream(file).pipe(response) : response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${server.address().port}${prefix}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Servers of this test file that run. One that is left running keeps Node from ending. */
const running = new Set();

/** Has `stopAll` end this process if the test that started it does not. */
export function tracked(child) {
  running.add(child);
  child.on('exit', () => running.delete(child));
  return child;
}

async function end(child) {
  const ended = new Promise((resolve) => { child.on('exit', resolve); });
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  await ended;
  clearTimeout(timer);
}

let shared;
const launched = [];

/** Starts a Chromium, which `stopAll` closes. */
export async function launch(options) {
  const started = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', ...options });
  launched.push(started);
  return started;
}

/** The one Chromium of this test file, unless it launches others. */
async function browser() {
  shared ??= await launch({
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP *.test 127.0.0.1', '--autoplay-policy=no-user-gesture-required',
    ],
  });
  return shared;
}

/** For `after`: closes browsers, and ends the servers that a failed test left running. */
export async function stopAll() {
  shared = undefined;
  await Promise.all([...launched.splice(0).map((started) => started.close()), ...[...running].map(end)]);
}

/** Seconds that tests wait for a page or a server. A machine may be busy with other things, so it is far more than they take. */
const PATIENCE = 120;

/** A window with cookies and storage of its own, in the Chromium of this test file or in another. */
export async function newContext(options, owner = browser()) {
  const context = await (await owner).newContext(options);
  context.setDefaultTimeout(PATIENCE * 1000);
  return context;
}

/**
 * A player with a browser of their own: `{ page, context, leave }`.
 * `leave` closes it and fails when anything went wrong meanwhile: a console error or warning, an exception, a failed request, a status of 400 or more.
 */
export async function player({ screen = 'desktop', locale = 'en-US', ...context } = {}) {
  const window = await newContext({ ...screens[screen], locale, ...context });
  const page = await window.newPage();
  const faults = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.stack ?? error}`));
  // A page that leaves aborts its stream of events, and whatever it still loads. A server that fails has other names.
  const isAborted = (request) => request.failure()?.errorText === 'net::ERR_ABORTED';
  page.on('requestfailed', (request) => isAborted(request) || faults.push(`request failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`status ${response.status()}: ${response.url()}`);
  });
  return {
    page,
    context: window,
    async leave() {
      await window.close();
      assert.deepEqual(faults, []);
    },
  };
}

/** The sizes of windows that layouts are measured at. */
export const sizes = { phone: [[320, 568], [740, 360], [390, 844]], desktop: [[1440, 900]] };

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds on the page, a line each. */
export async function violations(page) {
  // As the debugger's own script: the policy of some pages lets no other in.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const rules = { 'label-content-name-mismatch': { enabled: true }, 'target-size': { enabled: true } };
    const { violations: found } = await globalThis.axe.run(document, { rules, resultTypes: ['violations'] });
    return found.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
}

/** Keeps a picture of the page in the folder that SHOTS names, for whoever wants to look at every screen. */
export async function snap(page, name) {
  const { SHOTS } = process.env;
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name.replace(/[^\w]+/g, '-')}.png`) });
}

/** Polls `probe` until it returns something truthy, and returns that; fails with `what` after `seconds`. */
export async function until(what, probe, seconds = PATIENCE) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await probe();
    if (value) return value;
    assert.ok(Date.now() < end, `waited ${seconds} s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
