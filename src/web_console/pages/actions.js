// The host's actions: one POST each, and a notice of the result.
import { find, say, write } from './dom.js';

let timer;

/** Shows a line at the bottom of the page for a while. */
export function notice(text) {
  write(find('#notice'), text);
  clearTimeout(timer);
  timer = setTimeout(() => write(find('#notice'), ''), 8000);
}

/** Posts an action. Returns its answer; on failure, shows why and returns nothing. */
export const act = (action, content = {}) => post(`/do/${action}`, 'application/json', JSON.stringify(content));

/** Posts content of a type, and returns the answer as `act` does. */
export async function post(path, type, body) {
  let answer;
  try {
    answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': type }, body });
  } catch {
    notice(say('unreachable'));
    return undefined;
  }
  if (answer.status === 401) location.reload();
  const isJson = answer.headers.get('Content-Type') === 'application/json';
  const value = isJson ? await answer.json().catch(() => ({})) : {};
  if (answer.ok) return value;
  notice([value.what, value.hint].filter(Boolean).join(' – ') || say('failed', { status: answer.status }));
  return undefined;
}
