// The title, the description, the cover and the slug of a game, and its removal.
import { act, notice, post } from './actions.js';
import { coverAddress, find, localized, make, presentCover, say } from './dom.js';

const dialog = find('#edit-dialog');
const [title, description, cover, slug] = ['title', 'description', 'cover', 'slug'].map((name) => find(`#edit-${name}`));
const remove = find('[value=remove]', dialog);
const [choose, input] = [find('#choose-cover'), find('#cover-input')];
/** Stands for a picture that is not in the game: no path begins with this. */
const ADDED = '/';
let game;
/** The picture that is chosen from the host's machine, until it is saved. */
let file;

/** Opens the dialog about a game. */
export async function edit(each) {
  game = each;
  file = undefined;
  title.value = localized(each.title);
  description.value = localized(each.description);
  slug.value = each.slug;
  remove.hidden = !each.removable;
  dialog.returnValue = '';
  showChoices([]);
  dialog.showModal();
  const answer = await fetch(`/pictures/${encodeURIComponent(each.slug)}`).catch(() => undefined);
  const pictures = answer?.ok ? await answer.json() : [];
  // Another game may be edited by now.
  if (game === each && dialog.open) showChoices(pictures);
}

/** Lists the pictures to choose from, the chosen one among them. */
function showChoices(pictures) {
  const chosen = cover.options.length && cover.dataset.game === game.slug ? cover.value : current();
  cover.dataset.game = game.slug;
  const names = new Set(game.cover ? [game.cover, ...pictures] : pictures);
  const added = file || game.cover_file ? [make('option', { value: ADDED }, file?.name ?? say('cover_added'))] : [];
  cover.replaceChildren(make('option', { value: '' }, say('cover_automatic')), ...added, ...[...names].map((name) => make('option', { value: name }, name)));
  cover.value = chosen;
  showCover();
}

const current = () => (game.cover_file ? ADDED : game.cover ?? '');

function showCover() {
  let src = coverAddress(game.slug, cover.value);
  if (cover.value === ADDED) src = file ? URL.createObjectURL(file) : presentCover(game);
  const picture = make('img', { src, alt: '' });
  picture.addEventListener('load', () => URL.revokeObjectURL(src));
  picture.addEventListener('error', () => picture.remove());
  find('.cover', dialog).replaceChildren(picture);
}
cover.addEventListener('change', showCover);

choose.addEventListener('click', () => input.click());
input.addEventListener('change', () => {
  [file] = input.files;
  input.value = '';
  if (!file) return;
  const others = [...cover.options].map(({ value }) => value).filter((name) => name && name !== ADDED);
  showChoices(others);
  cover.value = ADDED;
  showCover();
});

/** Enter saves, as in every form. */
dialog.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.localName === 'input') dialog.close('save');
});

dialog.addEventListener('close', async () => {
  delete cover.dataset.game;
  if (dialog.returnValue === 'remove') await act('remove', { game: game.slug });
  if (dialog.returnValue !== 'save') return;
  const changes = {};
  // A text in two languages stays so unless another one is typed.
  if (title.value.trim() && title.value.trim() !== localized(game.title)) changes.title = title.value.trim();
  if (description.value.trim() !== localized(game.description)) changes.description = description.value.trim();
  if (cover.value !== ADDED && cover.value !== current()) changes.cover = cover.value;
  if (slug.value.trim() !== game.slug) changes.slug = slug.value.trim();
  // First: its address has the old slug.
  const isAdded = cover.value === ADDED && file !== undefined;
  if (isAdded && !await post(`/added-covers/${encodeURIComponent(game.slug)}`, 'application/octet-stream', file)) return;
  if (isAdded && Object.keys(changes).length === 0) notice(say('saved'));
  if (Object.keys(changes).length === 0) return;
  if (await act('edit', { game: game.slug, ...changes })) notice(say('saved'));
});
