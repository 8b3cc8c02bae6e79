// Exports in the shape of six engines, and the servers that the benches put them on.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

/** The binary that is measured. */
export const webserver = process.env.WEBSERVER_BIN ?? fileURLToPath(new URL('../../target/dist/webserver', import.meta.url));
const DAY = 86_400_000;

export const median = (values) => [...values].sort((one, other) => one - other)[values.length >> 1];

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

/** Each export: its files, and those that its page fetches. Scripts are loaded by tags. `marked` is the file that a new export changes, and
 * `unpacked` its bytes before the engine packs them. */
export function exportsOf(size) {
  const KB = 1024 * size;
  const unityData = () => Buffer.concat([code(14, 2000 * KB), noise(15, 1500 * KB)]);
  return {
    'Godot 4': { marked: 'index.pck', files: () => ({ 'index.js': script(1, 350 * KB), 'index.wasm': code(2, 8000 * KB), 'index.pck': Buffer.concat([code(3, 1500 * KB), noise(4, 1500 * KB)]) }) },
    'Unity, packed': { marked: 'Build/game.data.gz', files: () => ({
      'Build/game.loader.js': script(11, 40 * KB), 'Build/game.framework.js.gz': unity(script(12, 400 * KB)),
      'Build/game.wasm.gz': unity(code(13, 6000 * KB)), 'Build/game.data.gz': unity(unityData()) }), unpacked: unityData },
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
}

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
export function write(folder, { files, marked, unpacked }, version) {
  const all = files();
  const begun = unpacked?.() ?? all[marked];
  const total = Object.values(all).reduce((sum, bytes) => sum + bytes.length, 0);
  if (version > 1) noise(99, Math.min(Math.floor(total / 100), begun.length >> 1)).forEach((byte, at) => { begun[at] = marked.endsWith('.json') ? 97 + byte % 26 : byte; });
  begun[begun.length - 1] = 48 + version;
  all[marked] = unpacked ? unity(begun) : begun;
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

/** A port of this address that nobody uses. */
export const freePort = (host = '127.0.0.1') => new Promise((resolve) => {
  const probe = createServer().listen(0, host, () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

const nginx = (base, host, port, www, more) => {
  writeFileSync(join(base, 'nginx.conf'), `worker_processes 2; daemon off; pid ${base}/nginx.pid; error_log stderr crit; events { worker_connections 700; }
http { include /etc/nginx/mime.types; default_type application/octet-stream; access_log off; sendfile on; tcp_nopush on; gzip on; ${more}
server { listen ${host}:${port}; root ${www}; location ~ \\.gz$ { gzip off; gzip_static off; ${more.includes('no-cache') ? 'add_header Cache-Control no-cache; ' : ''}add_header Content-Encoding gzip; types { } } } }`);
  return ['nginx', ['-p', base, '-e', 'stderr', '-c', join(base, 'nginx.conf')]];
};

/** Each server's command; `pack` is what its host does before. */
export const servers = {
  webserver: { start: (base, host, port, www) => [webserver, [String(port), www, '--host', host, '--log', 'off']] },
  'nginx, default': { start: (base, host, port, www) => nginx(base, host, port, www, '') },
  'nginx, tuned': {
    pack(www) {
      for (const path of filesOf(www).filter((path) => /\.(html|js|css|json|wasm|pck)$/.test(path))) {
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
        const { mtime } = statSync(path);
        utimesSync(`${path}.gz`, mtime, mtime);
      }
    },
    start: (base, host, port, www) => nginx(base, host, port, www, 'gzip_static on; gzip_vary on; add_header Cache-Control no-cache;'),
  },
  caddy: {
    start(base, host, port, www) {
      writeFileSync(join(base, 'Caddyfile'), `{\nadmin off\nauto_https off\n}\nhttp://${host}:${port} {\nroot * ${www}\nencode zstd gzip\n@packed path *.gz\nheader @packed Content-Encoding gzip\nfile_server\n}\n`);
      return ['caddy', ['run', '--config', join(base, 'Caddyfile'), '--adapter', 'caddyfile']];
    },
  },
};

/** Waits, some minutes at most, until the address answers, the server has done its work, and webserver has packed these files. */
export async function settled(url, child, accepts, packed = []) {
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

/** Writes an export and starts a server on it; returns undefined if the server is not installed. `packs` are the files that webserver compresses. */
export async function serve(base, name, made, host) {
  const { pack, start } = servers[name];
  const place = mkdtempSync(join(base, 'run-'));
  chmodSync(place, 0o755); // nginx's workers are another user
  const www = join(place, 'www');
  mkdirSync(www);
  write(www, made, 1);
  const raw = sizeOf(www) / 1000;
  pack?.(www);
  const port = await freePort(host);
  const [program, words] = start(place, host, port, www);
  const child = spawn(program, words, { cwd: place, stdio: 'ignore', env: { ...process.env, WEBSERVER_NO_MDNS: 'true' } });
  const started = await new Promise((resolve) => child.once('spawn', () => resolve(true)).once('error', () => resolve(false)));
  if (!started) {
    console.error(`${name} is not installed`);
    return undefined;
  }
  const url = `http://${host}:${port}/`;
  const packs = name !== 'webserver' ? [] : Object.keys(made.files()).filter((file) => /(js|json|wasm)$/.test(file)).map((file) => new URL(file, url));
  const stop = async () => {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.exitCode === null && child.signalCode === null ? child.on('exit', resolve) : resolve());
    rmSync(place, { recursive: true });
  };
  return { place, www, raw, pack, child, url, packs, stop };
}
