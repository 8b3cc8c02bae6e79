// What is on the air, who plays it, and which files were asked for.
import { act, notice } from './actions.js';
import { count, cover, duration, find, localized, make, say, size, write } from './dom.js';
import { game as gameOf } from './library.js';

const onAir = find('#on-air');
const build = find('#build');
const players = find('#players');
let shown;

/** Shows everything that the status says. */
export function showStatus(status) {
  showGame(status);
  showBuild(status.build);
  showPlayers(status);
  showFiles(status);
}

function showGame(status) {
  const box = find('.game', onAir);
  box.hidden = !status.game;
  find('.nothing', onAir).hidden = Boolean(status.game);
  if (!status.game) document.title = 'webserver';
  if (!status.game) return;
  const known = gameOf(status.game) ?? { slug: status.game, title: { en: status.title, zh: status.title } };
  if (shown !== known) find('.cover', box).replaceChildren(cover(known));
  shown = known;
  write(find('.title', box), localized(known.title));
  document.title = `${localized(known.title)} – webserver`;
  const time = say('on_air_for', { time: duration(status.on_the_air_seconds) });
  write(find('.detail', box), [localized(known.engine), time].filter(Boolean).join(' · '));
  const list = find('.addresses', box);
  const addresses = [...new Set([status.share, ...status.addresses].filter(Boolean))].slice(0, 3);
  // The address that this browser can open, too.
  const isHere = /^(localhost|127\.|\[::1\])/.test(location.host);
  find('#join').href = new URL('/.webserver/join', isHere ? status.addresses[0] : status.share ?? status.addresses[0]);
  if (list.dataset.shown !== addresses.join(' ')) {
    list.dataset.shown = addresses.join(' ');
    list.replaceChildren(...addresses.map((address) => make('li', {}, make('a', { href: address, target: '_blank', rel: 'noopener' }, address))));
  }
}

function showBuild(now) {
  build.hidden = !now;
  if (!now) return;
  const known = gameOf(now.game);
  write(find('.what', build), say('building', { title: known ? localized(known.title) : now.game }));
  find('progress', build).value = now.all_bytes ? now.bytes / now.all_bytes : 0;
  write(find('.detail', build), now.all_files
    ? say('build_detail', { files: count(now.files), all_files: count(now.all_files), bytes: size(now.bytes), all_bytes: size(now.all_bytes) })
    : '');
}

function showPlayers({ browsers, loading }) {
  const big = find('.big', players);
  const amount = make('strong', {}, browsers === 1 ? say('browsers_one') : say('browsers_many', { n: count(browsers) }));
  if (big.dataset.shown !== amount.textContent) {
    big.dataset.shown = amount.textContent;
    big.replaceChildren(amount, make('span', {}, browsers === 1 ? say('has_loaded') : say('have_loaded')));
  }
  const lines = { 0: '', 1: say('loading_one') };
  write(find('.loading', players), lines[loading.length] ?? say('loading_many', { n: count(loading.length) }));
  find('.loads', players).replaceChildren(...loading.slice(0, 8).map(({ client, seconds, files, sent, bytes }) => make('li', {},
    make('span', { className: 'client' }, client),
    make('progress', { max: 1, value: bytes ? Math.min(1, sent / bytes) : 0, ariaLabel: say('load_of', { client }) }),
    make('span', { className: 'detail' }, say('load_progress', { sent: size(sent), bytes: size(bytes), files: count(files), seconds: seconds.toFixed(1) })))));
}

function showFiles({ missing, top, refused }) {
  table(find('#missing'), [say('file'), say('nearest'), say('count')], missing.map(({ path, nearest, requests }) => [path, nearest ?? '', count(requests)]));
  table(find('#top'), [say('file'), say('count')], top.map(({ path, requests }) => [path, count(requests)]));
  find('#refusals').hidden = refused.length === 0;
  table(find('#refusals .rows'), [say('reason'), say('connections')], refused.map(({ reason, connections }) => [reasons[reason]?.() ?? reason, count(connections)]));
}

const reasons = {
  address: () => say('refused_address'),
  first_byte: () => say('refused_first_byte'),
  head: () => say('refused_head'),
  stalled: () => say('refused_stalled'),
  malformed: () => say('refused_malformed'),
};

/** Shows rows in a table whose last column is a number. */
function table(box, heads, rows) {
  const state = JSON.stringify(rows);
  if (box.dataset.shown === state) return;
  box.dataset.shown = state;
  if (rows.length === 0) {
    box.replaceChildren(make('p', { className: 'detail' }, say('none_yet')));
    return;
  }
  const kind = (at) => (at === heads.length - 1 ? 'number' : 'name');
  box.replaceChildren(make('table', {},
    make('thead', {}, make('tr', {}, ...heads.map((head, at) => make('th', { scope: 'col', className: kind(at) }, head)))),
    make('tbody', {}, ...rows.map((row) => make('tr', {}, ...row.map((cell, at) => make('td', { className: kind(at) }, cell)))))));
}

find('#rebuild').addEventListener('click', async ({ currentTarget: button }) => {
  button.disabled = true;
  if (await act('rebuild')) notice(say('rebuilt'));
  button.disabled = false;
});

find('#reload').addEventListener('click', async ({ currentTarget: button }) => {
  button.disabled = true;
  if (await act('reload')) notice(say('reloaded'));
  button.disabled = false;
});

/** Offers to reload the players' pages if they follow the server, or says how to make them. */
export function showReload(isLive) {
  find('#reload').hidden = !isLive;
  find('#reload-off').hidden = isLive;
}

const question = find('#stop-question');
find('#stop').addEventListener('click', () => {
  question.returnValue = '';
  question.showModal();
});
question.addEventListener('close', async () => {
  if (question.returnValue === 'stop' && (await act('stop'))) notice(say('stopped'));
});
