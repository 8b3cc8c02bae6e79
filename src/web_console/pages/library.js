// The games that can be published.
import { act, notice } from './actions.js';
import { edit } from './edit.js';
import { cover, find, localized, make, say, write } from './dom.js';

const section = find('#library');
const list = find('.games', section);
const search = find('#search');
const nothing = find('.nothing', section);

/** Fewer games need no search. */
const FEW = 8;

const cards = new Map();
let status = {};
let removals = new Map();

/** The game with a slug, as the library has it. */
export const game = (slug) => cards.get(slug)?.game;

/** Shows the library. Cards of games that stay, stay: a finger may be above a button. */
export function showLibrary({ games, rejected }) {
  const slugs = new Set(games.map(({ slug }) => slug));
  for (const slug of cards.keys()) if (!slugs.has(slug)) cards.delete(slug);
  for (const each of games) {
    const card = cards.get(each.slug);
    if (JSON.stringify(card?.game) !== JSON.stringify(each)) cards.set(each.slug, makeCard(each));
  }
  const elements = games.map(({ slug }) => cards.get(slug).element);
  const isSame = elements.length === list.children.length && elements.every((element, at) => element === list.children[at]);
  if (!isSame) list.replaceChildren(...elements);
  search.hidden = games.length <= FEW;
  const lines = find('.rejected', section);
  lines.replaceChildren(make('li', { className: 'heading' }, say('rejected')), ...rejected.map((line) => make('li', {}, line)));
  lines.hidden = rejected.length === 0;
  filter();
  update();
}

/** Shows which game is on the air and which is being built. */
export function showStates(now) {
  status = now;
  update();
}

/** Shows which games are to be removed, and when. */
export function showRemovals(now) {
  removals = new Map(now.map(({ slug, at }) => [slug, at]));
  update();
}
setInterval(() => removals.size && update(), 1000);

function makeCard(each) {
  const title = localized(each.title);
  const publish = make('button', { type: 'button', className: 'primary', ariaLabel: say('publish_game', { title }) }, say('publish'));
  const check = make('button', { type: 'button', className: 'quiet', ariaLabel: say('check_game', { title }) }, say('check'));
  const change = make('button', { type: 'button', className: 'quiet', ariaLabel: say('edit_game', { title }), hidden: !each.editable }, say('edit_short'));
  const keep = make('button', { type: 'button', ariaLabel: say('keep_game', { title }), hidden: true }, say('undo'));
  const leaving = make('span', { className: 'leaving', hidden: true });
  const badge = make('span', { className: 'badge', hidden: true }, say('is_on_air'));
  const bar = make('progress', { max: 1, value: 0, hidden: true, ariaLabel: say('building', { title }) });
  publish.addEventListener('click', async () => {
    publish.disabled = true;
    if (await act('publish', { game: each.slug })) notice(say('published', { title }));
    publish.disabled = false;
  });
  check.addEventListener('click', () => report(each, title));
  change.addEventListener('click', () => edit(each));
  keep.addEventListener('click', () => act('keep', { game: each.slug }));
  const element = make('li', { className: 'card-game' },
    make('div', { className: 'cover' }, cover(each)),
    make('div', { className: 'about' },
      make('h3', { className: 'title', dir: 'auto', title }, title),
      make('p', { className: 'description', dir: 'auto', title: localized(each.description) }, localized(each.description)),
      make('p', { className: 'detail' }, localized(each.engine))),
    make('div', { className: 'buttons' }, badge, publish, check, change, leaving, keep, bar));
  return { game: each, element, publish, check, change, keep, leaving, badge, bar };
}

function update() {
  for (const [slug, { game: each, element, publish, check, change, keep, leaving, badge, bar }] of cards) {
    const isOnAir = status.game === slug;
    const build = status.build?.game === slug ? status.build : undefined;
    element.classList.toggle('on-air', isOnAir);
    badge.hidden = !isOnAir;
    // A button that disappears under the keyboard's focus would lose it.
    if (isOnAir && document.activeElement === publish) find('#rebuild').focus();
    const at = removals.get(slug);
    const isLeaving = at !== undefined && !isOnAir;
    element.classList.toggle('leaving', isLeaving);
    publish.hidden = isOnAir || isLeaving;
    check.hidden = isLeaving;
    change.hidden = isLeaving || !each.editable;
    keep.hidden = !isLeaving;
    leaving.hidden = !isLeaving;
    if (isLeaving) write(leaving, say('removed_in', { n: Math.max(0, Math.ceil((at - Date.now()) / 1000)) }));
    bar.hidden = !build;
    bar.value = build?.all_bytes ? build.bytes / build.all_bytes : 0;
  }
}

function filter() {
  const words = search.hidden ? '' : search.value.trim().toLowerCase();
  let shown = 0;
  for (const { game: each, element } of cards.values()) {
    const text = [each.slug, each.title.en, each.title.zh, each.engine.en, each.engine.zh].join('\n').toLowerCase();
    element.hidden = !text.includes(words);
    shown += element.hidden ? 0 : 1;
  }
  nothing.hidden = shown > 0;
  write(nothing, say(cards.size ? 'no_match' : 'empty_library'));
}
search.addEventListener('input', filter);

/** Checks a game and shows the findings. */
async function report(each, title) {
  notice(say('checking', { title }));
  const found = await act('check', { game: each.slug });
  if (!found) return;
  notice('');
  const dialog = find('#report');
  write(find('h2', dialog), title);
  const findings = (found.findings ?? []).map(({ severity, file, line, problem, remedy }) => make('li', { className: severity },
    make('p', { className: 'severity' }, say(severity)),
    make('p', { className: 'problem' }, problem),
    make('p', { className: 'remedy' }, remedy),
    make('p', { className: 'place' }, [file, line].filter(Boolean).join(':'))));
  const more = found.more ? [make('p', {}, say('more_findings', { n: found.more, game: each.slug }))] : [];
  const text = found.error ?? say('no_findings');
  find('.findings', dialog).replaceChildren(findings.length ? make('ul', {}, ...findings) : make('p', {}, text), ...more);
  dialog.showModal();
}
