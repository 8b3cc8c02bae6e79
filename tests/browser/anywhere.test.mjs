// Each bundled game, and both of its pages where it has two, starts from any static server below any path.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { player, project, serveFolder, stopAll } from './support.mjs';

after(stopAll);

const games = join(project, 'games');
for (const { name: slug } of readdirSync(games, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
  const pages = readdirSync(join(games, slug)).filter((name) => name.endsWith('.html'));
  for (const entry of pages) {
    test(`${slug}/${entry} from a sub-path`, async () => {
      const server = await serveFolder(join(games, slug), '/arcade/somewhere/');
      try {
        const { page, leave } = await player({ screen: 'phone', locale: 'zh-CN' });
        await page.goto(server.url + entry);
        await page.locator('body[data-screen="title"]').waitFor();
        assert.match(await page.locator('html').getAttribute('lang'), /^zh/);
        assert.match(await page.title(), /2048|读心术|萝卜塔防|花园保卫战/);
        await leave();
      } finally {
        await server.stop();
      }
    });
  }
}
