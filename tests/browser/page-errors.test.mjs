// Errors of a player's page reach the host's log, with file and line, and only when the host asked for them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { newContext, stopAll, tracked, until } from './support.mjs';

after(stopAll);

const files = {
  'index.html': '<!doctype html><title>t</title>\n<script>const early = 1;\nconsole.error("no", { toString: () => "sound" });</script>\n<script src=js/a.js></script>',
  'js/a.js': "Promise.reject(new Error('unlucky'));\nsetTimeout(() => {\n  null.play();\n});\nfor (let n = 0; n < 5; n++) console.error('spam ' + n);\n"
    + 'window.kept = String(console.error.call(null, "same", "same"));',
};

/** Serves the files with the program, and collects its records. */
async function serve(folder, ...options) {
  const child = tracked(spawn(process.env.WEBSERVER_BIN, ['0', folder, '--log', 'json', ...options], { stdio: ['pipe', 'ignore', 'pipe'] }));
  let said = '';
  child.stderr.on('data', (chunk) => { said += chunk; });
  const url = await until('the address', () => said.match(/http:\/\/localhost:\d+\//)?.[0]);
  const records = () => said.split('\n').slice(0, -1).map((line) => JSON.parse(line));
  return {
    url, records,
    errors: () => records().filter(({ event }) => event === 'page_error'),
    stop: () => new Promise((resolve) => { child.on('exit', resolve); child.kill(); }),
  };
}

async function visit(url) {
  const context = await newContext();
  const page = await context.newPage();
  const shown = [];
  page.on('console', (message) => shown.push(message.text()));
  await page.goto(url);
  await page.waitForFunction(() => window.kept !== undefined);
  return { shown, page, close: () => context.close() };
}

const skip = process.env.WEBSERVER_BIN ? false : 'needs WEBSERVER_BIN';

test('errors of a page are logged with --live, and never without', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'errors-'));
  mkdirSync(join(folder, 'js'));
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  const [live, plain] = [await serve(folder, '--live'), await serve(folder)];
  try {
    const visits = [await visit(live.url), await visit(plain.url)];
    assert.deepEqual(visits[0].shown.slice(0, 3), visits[1].shown.slice(0, 3), 'the console shows the same');
    await until('all errors', () => live.errors().length === 9);
    const errors = live.errors().map(({ kind, message, file, line }) => ({ kind, message, file, line }));
    // They come in any order.
    assert.deepEqual(errors.find(({ message }) => message === 'no sound'), { kind: 'console.error', message: 'no sound', file: '', line: 3 });
    assert.ok(errors.every(({ message }) => !message.includes('http')));
    const spam = errors.find(({ message }) => message === 'spam 0');
    assert.deepEqual([spam.file, spam.line], ['js/a.js', 5]);
    for (const one of visits) await one.close();

    assert.equal(plain.errors().length, 0);
    const requests = plain.records().filter(({ event, path }) => event === 'request' && path.includes('.webserver/'));
    assert.deepEqual(requests, []);
  } finally {
    await live.stop();
    await plain.stop();
    rmSync(folder, { recursive: true });
  }
});

test('exceptions and rejections have their place in the game', { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'errors-'));
  mkdirSync(join(folder, 'js'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>t</title><script src=js/a.js></script>');
  writeFileSync(join(folder, 'js/a.js'), files['js/a.js'].replace(/for .*\n/, '\n'));
  const live = await serve(folder, '--live');
  try {
    const { close } = await visit(live.url);
    await until('three errors', () => live.errors().length >= 3);
    const told = live.errors().map(({ kind, message, place }) => `${kind} ${place} ${message}`).sort();
    assert.deepEqual(told, [
      'console.error js/a.js:6 same same',
      "exception js/a.js:3 Uncaught TypeError: Cannot read properties of null (reading 'play')",
      'rejection js/a.js:1 Error: unlucky',
    ]);
    await close();
  } finally {
    await live.stop();
    rmSync(folder, { recursive: true });
  }
});
