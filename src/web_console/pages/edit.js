// The title, the description, the cover and the slug of a game, and its removal.
import { act, notice } from './actions.js';
import { coverAddress, find, localized, make, say } from './dom.js';

const dialog = find('#edit-dialog');
const [title, description, cover, slug] = ['title', 'description', 'cover', 'slug'].map((name) => find(`#edit-${name}`));
let game;

/** Opens the dialog about a game. */
export async function edit(each) {
  game = each;
  title.value = localized(each.title);
  description.value = localized(each.description);
  slug.value = each.slug;
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
  const chosen = cover.options.length && cover.dataset.game === game.slug ? cover.value : game.cover ?? '';
  cover.dataset.game = game.slug;
  const names = new Set(game.cover ? [game.cover, ...pictures] : pictures);
  cover.replaceChildren(make('option', { value: '' }, say('cover_automatic')), ...[...names].map((name) => make('option', { value: name }, name)));
  cover.value = chosen;
  showCover();
}

function showCover() {
  const picture = make('img', { src: coverAddress(game.slug, cover.value), alt: '' });
  picture.addEventListener('error', () => picture.remove());
  find('.cover', dialog).replaceChildren(picture);
}
cover.addEventListener('change', showCover);

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
  if (cover.value !== (game.cover ?? '')) changes.cover = cover.value;
  if (slug.value.trim() !== game.slug) changes.slug = slug.value.trim();
  if (Object.keys(changes).length === 0) return;
  if (await act('edit', { game: game.slug, ...changes })) notice(say('saved'));
});
