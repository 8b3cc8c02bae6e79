// The table of media types is the one of mime-db, which follows IANA's registry. UPDATE_TYPES=1 writes it anew.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { project } from './support.mjs';

const registry = createRequire(import.meta.url)('mime-db');
const file = join(project, 'src/site/media_types.txt');

/** Better first: registered types, then those that name what the file is (`video/mp4`) before `application/...`. */
function isBetter([type, { source }], [other, { source: otherSource }]) {
  const rank = (name) => ['nginx', 'apache', undefined, 'iana'].indexOf(name);
  const isGeneral = (name) => Number(name.startsWith('application/'));
  return (rank(otherSource) - rank(source) || isGeneral(type) - isGeneral(other) || (type < other ? -1 : 1)) < 0;
}

function table() {
  const best = new Map();
  for (const entry of Object.entries(registry)) {
    for (const extension of entry[1].extensions ?? []) {
      if (!best.has(extension) || isBetter(entry, best.get(extension))) best.set(extension, entry);
    }
  }
  const lines = [...best].map(([extension, [type]]) => `${extension} ${type}`);
  return `${lines.sort().join('\n')}\n`;
}

test('the table of media types is that of mime-db', () => {
  if (process.env.UPDATE_TYPES) writeFileSync(file, table());
  assert.equal(readFileSync(file, 'utf8'), table(), 'UPDATE_TYPES=1 node --test tests/browser/media-types.test.mjs');
});
