// The title and the slug of a game, and its removal.
import { act, notice } from './actions.js';
import { find, localized, say } from './dom.js';

const dialog = find('#edit-dialog');
const [title, slug] = [find('#edit-title'), find('#edit-slug')];
let game;

/** Opens the dialog about a game. */
export function edit(each) {
  game = each;
  title.value = localized(each.title);
  slug.value = each.slug;
  dialog.returnValue = '';
  dialog.showModal();
}

/** Enter saves, as in every form. */
dialog.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.localName === 'input') dialog.close('save');
});

dialog.addEventListener('close', async () => {
  if (dialog.returnValue === 'remove') await act('remove', { game: game.slug });
  if (dialog.returnValue !== 'save') return;
  const changes = { game: game.slug, slug: slug.value.trim() };
  // A title in two languages stays so unless another one is typed.
  if (title.value.trim() !== localized(game.title)) changes.title = title.value.trim();
  if (changes.slug === game.slug && !changes.title) return;
  if (await act('rename', changes)) notice(say('saved'));
});
