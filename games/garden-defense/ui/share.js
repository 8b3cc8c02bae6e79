import { t, thousands } from '../text.js';
import { el } from './dom.js';

/** A daily result as text: the garden, a square for every two waves, wave and points. */
export function shareText(app, day, { wave, score }) {
  const spec = app.specFor(`daily-${day}`);
  return t('shareText', {
    title: t(app.edition === 'unlimited' ? 'titleUnlimited' : 'title'), day, garden: t(`gardenNames.${spec.gardenId}`),
    bar: '🟩'.repeat(Math.min(10, Math.ceil(wave / 2))), n: wave, score: thousands(score),
  });
}

/** Shares the text through the system, else copies it, else shows it to be copied. */
export async function share(app, day, result, control) {
  const text = shareText(app, day, result);
  const say = (node) => {
    control.parentNode.querySelector('.shared')?.remove();
    control.after(node);
  };
  try {
    if (navigator.share && navigator.maxTouchPoints > 0) return await navigator.share({ text });
    await navigator.clipboard.writeText(text);
    return say(el('p', { class: 'shared notice', role: 'status', 'data-testid': 'shared' }, t('copied')));
  } catch (error) {
    if (error.name === 'AbortError') return undefined;
    const box = el('textarea', { class: 'shared', readonly: true, rows: '3', 'aria-label': t('copyThis'), 'data-testid': 'shared' });
    box.value = text;
    say(box);
    return box.select();
  }
}
