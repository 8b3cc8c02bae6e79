// Games that are being added: dropped, chosen, or from an address.
import { act, notice } from './actions.js';
import { find, make, say, size, write } from './dom.js';
import { packed } from './zip.js';

/** The server takes a file in pieces of this size at most. */
const PIECE = 1 << 20;

const list = find('#library .imports');
const rows = new Map();
/** Starts an import of this page again, by its number, to replace the existing game. */
const again = new Map();

/** Shows the imports of all consoles. */
export function showImports(imports) {
  for (const number of rows.keys()) if (!imports.some((each) => each.number === number)) [rows, again].forEach((map) => map.delete(number));
  for (const each of imports) {
    if (!rows.has(each.number)) rows.set(each.number, makeRow(each));
    updateRow(rows.get(each.number), each);
  }
  const elements = imports.map(({ number }) => rows.get(number).element);
  if (elements.length !== list.children.length || elements.some((element, at) => element !== list.children[at])) list.replaceChildren(...elements);
  list.hidden = imports.length === 0;
}

/** Remembers how to start an import again. Its row may exist before the answer with its number. */
function keepAgain(number, begin) {
  again.set(number, begin);
  const row = rows.get(number);
  if (row) row.replace.hidden = row.element.className !== 'taken';
}

function makeRow({ number, name }) {
  const stage = make('p', { className: 'stage' });
  const bar = make('progress', { max: 1, value: 0, ariaLabel: name });
  const cancel = make('button', { type: 'button', ariaLabel: say('cancel_import', { name }) }, say('cancel_short'));
  cancel.addEventListener('click', () => act('cancel', { import: number }));
  const replace = make('button', { type: 'button', ariaLabel: say('replace_import', { name }), hidden: true }, say('replace_short'));
  replace.addEventListener('click', () => {
    const begin = again.get(number);
    again.delete(number);
    replace.hidden = true;
    begin?.();
  });
  const element = make('li', {}, make('p', { className: 'name' }, name), stage, bar, cancel, replace);
  return { element, stage, bar, cancel, replace };
}

const stages = {
  waiting: () => say('stage_waiting'),
  uploading: () => say('stage_uploading'),
  downloading: () => say('stage_downloading'),
  unpacking: () => say('stage_unpacking'),
  added: (text) => say('stage_added', { text }),
  failed: (text) => say('stage_failed', { text }),
  taken: (text) => say('stage_taken', { text }),
  cancelled: () => say('stage_cancelled'),
};

function updateRow({ element, stage, bar, cancel, replace }, { number, stage: name, done, all, text }) {
  const isOver = ['added', 'failed', 'taken', 'cancelled'].includes(name);
  const detail = !isOver && all ? ` · ${say('import_detail', { done: size(done), all: size(all) })}` : '';
  write(stage, stages[name](text) + detail);
  element.className = name;
  bar.hidden = isOver;
  cancel.hidden = isOver;
  replace.hidden = name !== 'taken' || !again.has(number);
  if (all) bar.value = done / all;
  else bar.removeAttribute('value');
}

/** Sends a file piece by piece. A piece that does not arrive is sent again a few times. */
async function upload(name, file, replace = false) {
  const begun = await act('upload', { name, bytes: file.size, replace });
  if (!begun) return;
  keepAgain(begun.import, () => upload(name, file, true));
  let sent = 0;
  let failures = 0;
  while (sent < file.size) {
    const answer = await fetch(`/pieces/${begun.import}/${sent}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: file.slice(sent, sent + PIECE),
    }).catch(() => undefined);
    if (answer?.ok) {
      sent = await answer.json();
      failures = 0;
    } else if (answer?.status === 404) {
      // Cancelled, here or in another console.
      return;
    } else {
      failures += 1;
      if (failures > 5) {
        await act('cancel', { import: begun.import });
        return;
      }
      await new Promise((resolve) => { setTimeout(resolve, 1000 * failures); });
    }
  }
}

/** A folder is packed here, so that it is checked as every archive. */
async function uploadFolder(name, files) {
  notice(say('stage_packing'));
  await upload(`${name}.zip`, await packed(files));
}

/** The files below a dropped folder, with their paths in it. */
async function filesIn(folder, path = '') {
  const reader = folder.createReader();
  const files = [];
  for (;;) {
    const entries = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (entries.length === 0) return files;
    for (const entry of entries) {
      if (entry.isDirectory) files.push(...await filesIn(entry, `${path}${entry.name}/`));
      else files.push({ path: path + entry.name, file: await new Promise((resolve, reject) => { entry.file(resolve, reject); }) });
    }
  }
}

const isDragOfFiles = (event) => event.dataTransfer?.types.includes('Files');
const target = find('#drop');
addEventListener('dragover', (event) => {
  if (!isDragOfFiles(event)) return;
  event.preventDefault();
  target.hidden = false;
});
addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) target.hidden = true;
});
addEventListener('drop', async (event) => {
  if (!isDragOfFiles(event)) return;
  event.preventDefault();
  target.hidden = true;
  find('#add-dialog').close();
  // All at once: the list is emptied after this event.
  const dropped = [...event.dataTransfer.items].map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
  for (const { entry, file } of dropped) {
    if (entry?.isDirectory) await uploadFolder(entry.name, await filesIn(entry));
    else if (file) await upload(file.name, file);
  }
});

const dialog = find('#add-dialog');
const [files, folder, url] = [find('#files-input'), find('#folder-input'), find('#url')];
find('#add').addEventListener('click', () => dialog.showModal());
find('#choose-files').addEventListener('click', () => files.click());
find('#choose-folder').addEventListener('click', () => folder.click());
files.addEventListener('change', async () => {
  dialog.close();
  for (const file of [...files.files]) await upload(file.name, file);
  files.value = '';
});
folder.addEventListener('change', async () => {
  dialog.close();
  const chosen = [...folder.files];
  const [name] = chosen[0]?.webkitRelativePath.split('/') ?? [];
  if (name) await uploadFolder(name, chosen.map((file) => ({ path: file.webkitRelativePath.slice(name.length + 1), file })));
  folder.value = '';
});
const addFrom = async (address, replace = false) => {
  const begun = await act('add', { url: address, replace });
  if (begun) keepAgain(begun.import, () => addFrom(address, true));
  return begun;
};
const addUrl = async () => {
  if (await addFrom(url.value.trim())) {
    url.value = '';
    dialog.close();
  }
};
find('#add-url').addEventListener('click', addUrl);
url.addEventListener('keydown', (event) => event.key === 'Enter' && addUrl());
