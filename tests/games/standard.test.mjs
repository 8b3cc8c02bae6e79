// What every bundled game keeps to, whatever it is about.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const games = fileURLToPath(new URL('../../games', import.meta.url));
const slugs = readdirSync(games, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

for (const slug of slugs) {
  const all = files(join(games, slug));
  const texts = all.filter((path) => /\.(html|css|js|svg)$/.test(path)).map((path) => [path, readFileSync(path, 'utf8')]);

  test(`${slug}: under 500 KB in all`, () => {
    const bytes = all.reduce((sum, path) => sum + statSync(path).size, 0);
    assert.ok(bytes < 500_000, `${bytes} bytes`);
  });

  test(`${slug}: nothing from the network, nothing from outside its folder`, () => {
    for (const [path, text] of texts) {
      const addresses = text.match(/\b(?:https?|wss?):\/\/[^\s"'`)<]+/g) ?? [];
      // The names of XML's vocabularies are no addresses.
      assert.deepEqual(addresses.filter((address) => !address.startsWith('http://www.w3.org/')), [], path);
      assert.doesNotMatch(text, /(?:src|href)="(?:\/|\.\.\/)/, path);
    }
  });

  test(`${slug}: pages have no inline script and name their icon`, () => {
    for (const [path, text] of texts.filter(([path]) => path.endsWith('.html'))) {
      assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)/, path);
      assert.doesNotMatch(text, /\son[a-z]+="/, path);
      assert.match(text, /<link rel="icon" href="icon\.svg"/, path);
    }
  });

  test(`${slug}: what it stores begins with its name`, () => {
    const code = texts.filter(([path]) => path.endsWith('.js')).map(([, text]) => text).join('\n');
    assert.match(code, new RegExp(`['"\`]${slug}:`));
    const keys = [...code.matchAll(/(?:get|set|remove)Item\(\s*['"`]([^'"`]+)/g)].map(([, key]) => key);
    assert.deepEqual(keys.filter((key) => !key.startsWith(`${slug}:`)), []);
  });
}
