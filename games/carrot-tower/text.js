import en from './text/en.js';
import zh from './text/zh.js';

const languages = { __proto__: null, en, zh };
let current = en;

/** The language to begin with: asked for, remembered, or the browser's first of the two. */
export function pickLanguage(asked, remembered, preferred = []) {
  if (languages[asked]) return asked;
  if (languages[remembered]) return remembered;
  for (const tag of preferred) {
    const short = String(tag).toLowerCase().split('-')[0];
    if (languages[short]) return short;
  }
  return 'en';
}

/** Sets the language of all texts from here on. */
export function useLanguage(language) {
  current = languages[language] ?? en;
}

/** The text of a key with its `{places}` filled in. */
export function t(key, values) {
  const text = current[key];
  if (!values || typeof text !== 'string') return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The keys of each language, for a test that none is missing. */
export const textKeys = () => ({ en: Object.keys(en), zh: Object.keys(zh) });
