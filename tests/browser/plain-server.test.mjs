// No game that plays from a plain file server plays worse here: each export is opened from `python3 -m http.server` and
// from webserver, and must come to the same result. What the browser loads is compared with the estimate of `check`.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { newContext, project, publish, stopAll, tracked } from './support.mjs';

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

after(stopAll);

/** A folder on python's server, on a port of the system's choice. */
async function plain(folder) {
  const child = tracked(spawn('python3', ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1'], { cwd: folder }));
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

/** What a page comes to: its result, the errors that it throws, what it shows, and the bytes of content that it loads. */
async function play(url, patience) {
  const context = await newContext();
  const page = await context.newPage();
  const thrown = [];
  page.on('pageerror', (error) => thrown.push(String(error).split('\n')[0]));
  const loads = new Map();
  page.on('response', (response) => {
    // A HEAD request loads nothing, nor does a page that is gone before its content.
    const content = response.ok() && response.request().method() === 'GET' ? response.body() : Promise.resolve('');
    loads.set(response.url(), content.then((body) => body.length, () => 0));
  });
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction(() => window.result !== undefined, null, { timeout: patience }).catch(() => {});
  const result = await page.evaluate(async () => ({ result: await window.result, title: document.title }));
  const loaded = (await Promise.all(loads.values())).reduce((all, length) => all + length, 0);
  await context.close();
  return { played: { ...result, thrown }, loaded };
}

/** The bytes that each export loads, and those that `check` expects. */
const firstLoads = [];

function estimate(folder) {
  const checked = spawnSync(process.env.WEBSERVER_BIN, ['check', folder, '--json'], { cwd: project, encoding: 'utf8' });
  return JSON.parse(checked.stdout).games[0].first_load.bytes;
}

async function compare(folder, name, patience = 120_000) {
  const servers = [await plain(folder), await publish(folder)];
  try {
    const [there, here] = [await play(servers[0].url, patience), await play(servers[1].url, patience)];
    assert.deepEqual(here.played, there.played);
    if (process.env.WEBSERVER_BIN) firstLoads.push({ name, loaded: here.loaded, estimate: estimate(folder) });
    return here.played;
  } finally {
    for (const server of servers) await server.stop();
  }
}

const page = (script, head = '') => `<!doctype html><title>t</title>${head}<body><script>${script}</script>`;
const run = (body) => page(`window.result = (async () => { ${body} })().catch((error) => 'threw ' + error);`);
const big = Buffer.from('sector of the disk '.repeat(20000));
/** A file in text that no two engines would write; its content does not matter. */
const noise = (length) => '/*' + 'abcdefgh'.repeat(length / 8) + '*/';
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
  'the size of a file under another spelling, far from its buffer': {
    'index.html': run(`const answer = await fetch('a.bin'); const size = +answer.headers.get('Content-length');
      ${noise(800)} const whole = make(size); let at = 0; const reader = answer.body.getReader();
      for (let part; !(part = await reader.read()).done; at += part.value.length) whole.set(part.value, at);
      function make(length) { return new Uint8Array(length); }
      return [at, whole.length];`),
    'a.bin': big,
  },
  'the progress of XHR in a frame, taken apart': {
    'index.html': '<!doctype html><title>t</title><iframe src=play.html></iframe>',
    'play.html': page(`const xhr = new XMLHttpRequest(); let last; xhr.open('GET', 'a.bin');
      xhr.onprogress = ({ loaded, total }) => { last = [loaded, total]; }; xhr.onload = () => { parent.result = last; }; xhr.send();`),
    'a.bin': big,
  },
  'data and pages that scripts mention': {
    'index.html': page('', '<script type=importmap>{"imports":{"icon":"./icon.svg"}}</script><script type=module src=game.js></script>'),
    'game.js': `import levels from './levels.json' with { type: 'json' };
      console.log("redirected from 'help.html'"); // the module comes from "game.wasm"
      const type = async (name) => (await fetch(name)).headers.get('content-type').split(';')[0];
      window.result = Promise.all([levels.length, type('help.html'), type('icon.svg'), type('game' + '.wasm')]);`,
    'levels.json': '[1, 2]', 'help.html': '<p>help', 'icon.svg': '<svg/>', 'game.wasm': wasm(false),
  },
  'data that runs as a script': {
    'index.html': page(`const script = document.createElement('script'); script.src = ['levels', 'json'].join('.'); document.body.append(script);
      script.onload = () => { window.result = levels; }; script.onerror = () => { window.result = 'refused'; };`),
    'levels.json': 'var levels = [1, 2];',
  },
  'scripts that the page inflates, by a list': {
    'index.html': run(`const names = ['a.js.gz', 'b.css.gz'];
      return Promise.all(names.map(async (name) => (await new Response((await fetch(name)).body.pipeThrough(new DecompressionStream('gzip'))).text()).length));`),
    'a.js.gz': gzipSync('let a = 1;'), 'b.css.gz': gzipSync('b {}'),
  },
  'a module that a worker inflates, in a frame': {
    'index.html': '<!doctype html><title>t</title><frameset><frame src=play/game.html></frameset>',
    'play/game.html': page(`const worker = new Worker('inflate.bin'); worker.onmessage = ({ data }) => { top.result = data; };`),
    'play/inflate.bin': `fetch('game.wasm.gz').then((answer) => new Response(answer.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())
      .then(({ byteLength }) => postMessage(byteLength), (error) => postMessage(String(error)));`,
    'play/game.wasm.gz': gzipSync(wasm(false)),
  },
  'a game that has another way than threads': {
    'index.html': run(`let buffer; try { buffer = new SharedArrayBuffer(8); } catch { buffer = new ArrayBuffer(8); }
      const other = window.SharedArrayBuffer ? new SharedArrayBuffer(4) : new ArrayBuffer(4);
      return [self.crossOriginIsolated, buffer.byteLength + other.byteLength];`),
  },
  'an own cache under another name': {
    'index.html': run(`const store = self.caches, cache = await store['open']('v1'); await cache.put('a.js', await fetch('a.js'));
      return (await (await cache.match('a.js')).text()).length;`),
    'a.js': noise(120_000),
  },
  'compressed files that a Unity game streams': {
    'index.html': page(`const script = document.createElement('script'); script.src = 'Build/g.loader.js'; document.body.append(script);
      script.onload = () => { window.result = createUnityInstance(null, { dataUrl: 'Build/g.data' }); };`),
    'Build/g.loader.js': `function createUnityInstance() { return fetch(['StreamingAssets/level', 'bytes', 'gz'].join('.'))
      .then((answer) => answer.arrayBuffer()).then((bytes) => [...new Uint8Array(bytes, 0, 2)]); }`,
    'Build/g.data': big, 'StreamingAssets/level.bytes.gz': gzipSync(big),
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
  // Loaders that do as those of engines: they take the names from the lists that their exporters write.
  Unity: {
    'index.html': page(`var buildUrl = 'Build'; var config = { dataUrl: buildUrl + '/g.data', frameworkUrl: buildUrl + '/g.framework.js', codeUrl: buildUrl + '/g.wasm' };
      var script = document.createElement('script'); script.src = buildUrl + '/g.loader.js';
      script.onload = () => { window.result = createUnityInstance(null, config); }; document.body.append(script);`),
    'Build/g.loader.js': `function createUnityInstance(canvas, config) { return Promise.all([config.dataUrl, config.frameworkUrl, config.codeUrl]
      .map(async (url) => (await (await fetch(url)).arrayBuffer()).byteLength)); }`,
    'Build/g.data': big, 'Build/g.framework.js': noise(20_000), 'Build/g.wasm': noise(90_000), 'StreamingAssets/late.bin': big,
  },
  Godot: {
    'index.html': page(`const GODOT_CONFIG = {"args":[],"executable":"index","fileSizes":{"index.pck":300000,"index.wasm":90000},"gdextensionLibs":[]};
      const GODOT_THREADS_ENABLED = false; window.result = new Engine(GODOT_CONFIG).start();`, '<script src=index.js></script>'),
    'index.js': `class Engine { constructor(config) { this.name = config.executable; }
      start() { return Promise.all(['.wasm', '.pck'].map(async (end) => (await (await fetch(this.name + end)).arrayBuffer()).byteLength)); } }`,
    'index.wasm': noise(90_000), 'index.pck': noise(300_000), 'index.icon.png': noise(9_000),
  },
  GDevelop: {
    'index.html': page(`window.result = Promise.all(gdjs.projectData.resources.resources.filter(({ name }) => name !== 'old').map(async ({ file }) =>
      (await (await fetch(file)).arrayBuffer()).byteLength));`, '<script>var gdjs = {}</script><script src=data.js></script><script src=code0.js></script>'),
    'data.js': `gdjs.projectData = {"resources":{"resources":[{"file":"hero.png","name":"hero"},{"file":"jump.ogg","name":"jump"},{"file":"old.png","name":"old"}]},
      "layouts":[{"usedResources":[{"name":"hero"},{"name":"jump"}]}]};`,
    'code0.js': '', 'hero.png': noise(60_000), 'jump.ogg': noise(40_000), 'old.png': noise(200_000),
  },
  'Construct 2': {
    'index.html': run(`const data = await (await fetch('data.js')).json(); const images = JSON.stringify(data).match(new RegExp('images/[^"]+', 'g'));
      return Promise.all(images.map(async (name) => (await (await fetch(name)).arrayBuffer()).byteLength));`),
    'data.js': '{"project":["Game",null,[["Sprite",["images/hero-sheet0.png",12]],["images/sky.png",9]]]}',
    'images/hero-sheet0.png': noise(70_000), 'images/sky.png': noise(30_000), 'icon-256.png': noise(80_000),
  },
  'RPG Maker MZ': {
    'index.html': page('', '<script src=js/main.js></script>'),
    'js/main.js': `const scriptUrls = ["js/libs/pixi.js", "js/rmmz_core.js", "js/plugins.js"];
      const load = (url) => new Promise((done) => { const script = document.createElement('script'); script.src = url; script.onload = done; document.head.append(script); });
      const tables = ['Actors','Classes','Skills','Items','Weapons','Armors','Enemies','Troops','States','Animations','Tilesets','CommonEvents','System','MapInfos'];
      window.result = (async () => { for (const url of scriptUrls) await load(url);
        for (const { name, status } of $plugins) if (status) await load('js/plugins/' + name + '.js');
        const all = await Promise.all(tables.map(async (name) => (await (await fetch('data/' + name + '.json')).text()).length));
        await (await fetch('img/titles1/Castle.png')).arrayBuffer(); return all; })();`,
    'js/libs/pixi.js': noise(40_000), 'js/rmmz_core.js': '', 'js/plugins.js': 'var $plugins =\n[{"name":"Used","status":true},{"name":"Off","status":false}];',
    'js/plugins/Used.js': noise(50_000), 'js/plugins/Off.js': noise(90_000),
    ...Object.fromEntries(['Actors', 'Classes', 'Skills', 'Items', 'Weapons', 'Armors', 'Enemies', 'Troops', 'States', 'Animations', 'Tilesets', 'CommonEvents', 'MapInfos']
      .map((name) => [`data/${name}.json`, '[null]'])),
    'data/System.json': '{"title1Name":"Castle"}', 'img/titles1/Castle.png': noise(60_000), 'img/faces/Actor1.png': noise(90_000), 'audio/bgm/Theme1.ogg': noise(200_000),
  },
  Defold: {
    'index.html': page(`window.result = EngineLoader.load('canvas', 'game');`, '<script src=dmloader.js></script>'),
    'dmloader.js': `var EngineLoader = { load: async (canvas, name) => { const list = await (await fetch('archive/archive_files.json')).json();
      const files = list.content.flatMap(({ pieces }) => pieces.map(({ name }) => 'archive/' + name)).concat([name + '.wasm', name + '_wasm.js']);
      return Promise.all(files.map(async (file) => (await (await fetch(file)).arrayBuffer()).byteLength)); } };`,
    'archive/archive_files.json': '{"content":[{"name":"game.arcd","pieces":[{"name":"game.arcd0"},{"name":"game.arcd1"}]}]}',
    'archive/game.arcd0': noise(100_000), 'archive/game.arcd1': noise(50_000), 'game.wasm': noise(80_000), 'game_wasm.js': '', 'game_asmjs.js': noise(200_000),
  },
  PlayCanvas: {
    'index.html': page(`window.result = (async () => { const { assets, scenes } = await (await fetch(CONFIG_FILENAME)).json();
        const files = Object.values(assets).filter(({ preload }) => preload).map(({ file }) => file.url).concat(scenes[0].url);
        return Promise.all(files.map(async (file) => (await (await fetch(file)).arrayBuffer()).byteLength)); })();`, '<script src=__settings__.js></script>'),
    '__settings__.js': 'var CONFIG_FILENAME = "config.json";',
    'config.json': '{"application_properties":{},"scenes":[{"url":"1.json"}],"assets":{"7":{"preload":true,"file":{"url":"files/hero.glb"}},"8":{"preload":false,"file":{"url":"files/late.mp3"}}}}',
    '1.json': '{}', 'files/hero.glb': noise(80_000), 'files/late.mp3': noise(300_000),
  },
  'Cocos Creator': {
    'index.html': page('', '<script src=application.js></script>'),
    'application.js': `const load = async (name) => (await fetch(name)).json();
      window.result = (async () => { const { assets } = await load('src/settings.json'); const [bundle] = assets.projectBundles;
        const { importBase, uuids } = await load('assets/' + bundle + '/config.json'); const all = [];
        for (const id of uuids) all.push((await load(['assets', bundle, importBase, id.slice(0, 2), id + '.json'].join('/'))).length); return all; })();
      const game = { settingsPath: 'src/settings.json' };`,
    'src/settings.json': '{"assets":{"projectBundles":["main"]}}', 'assets/main/index.js': '',
    'assets/main/config.json': '{"name":"main","importBase":"import","nativeBase":"native","uuids":["0ab1c2d3e","0cd4e5f60"],"packs":{}}',
    'assets/main/import/0a/0ab1c2d3e.json': JSON.stringify(['x'.repeat(50_000)]), 'assets/main/import/0c/0cd4e5f60.json': JSON.stringify(['y'.repeat(40_000)]),
    'assets/later/import/0e/0e.json': JSON.stringify(['z'.repeat(200_000)]),
  },
  Emscripten: {
    'index.html': page('', '<script src=app.js></script>'),
    'app.js': `var REMOTE_PACKAGE_BASE = 'app.data'; function locateFile(name) { return name; } var wasmBinaryFile = 'app.wasm';
      window.result = Promise.all([locateFile(REMOTE_PACKAGE_BASE), wasmBinaryFile].map(async (name) => (await (await fetch(name)).arrayBuffer()).byteLength));`,
    'app.data': noise(150_000), 'app.wasm': noise(70_000), 'app.wasm.gz': gzipSync(noise(70_000)),
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
      const { result } = await compare(folder, name);
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
    assert.equal((await compare(folder, 'absolute links')).result, 'a');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const games = readdirSync(join(project, 'games'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name: game } of games) {
  test(`as from a plain server: ${game}`, async () => {
    await compare(join(project, 'games', game), game, 1000);
  });
}

test('what a browser loads first is estimated within a factor of 1.5 for nine exports in ten', { skip: !process.env.WEBSERVER_BIN }, (t) => {
  const ratio = ({ estimate, loaded }) => Math.max(estimate / loaded, loaded / estimate);
  const wrong = firstLoads.filter((one) => !(ratio(one) <= 1.5));
  assert.ok(firstLoads.length >= 25, `only ${firstLoads.length} exports were loaded`);
  t.diagnostic(`${firstLoads.length - wrong.length} of ${firstLoads.length}`);
  assert.ok(wrong.length * 10 <= firstLoads.length, `${wrong.length} of ${firstLoads.length}: ${JSON.stringify(wrong)}`);
});
