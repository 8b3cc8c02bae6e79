// Looks up everything the game says, in both languages.
import en from './text/en.js';
import zh from './text/zh.js';

const languages = { en, zh };
let current = 'en';
let upright = 0;

/** The language to begin with: what was asked for, what was remembered, or the browser's. */
export function chooseLanguage(asked, remembered, preferred) {
  for (const wish of [asked, remembered, ...preferred]) {
    const code = String(wish ?? '').slice(0, 2).toLowerCase();
    if (languages[code]) return code;
  }
  return 'en';
}

export const setLanguage = (code) => { current = code; };
export const language = () => current;
/** On a tall screen the lanes are columns, which Chinese has another word for. */
export const setUpright = (on) => { upright = on ? 1 : 0; };

function fill(line, values = {}) {
  const word = languages[current].laneWord[upright];
  return line.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? { lane: word, Lane: current === 'en' ? 'Lane' : word }[name] ?? whole);
}

/** A line of text with its places filled in; a dotted key reaches into a group. */
export function t(key, values) {
  const line = key.split('.').reduce((group, name) => group[name], languages[current]);
  return fill(line, values);
}

/** A plant's name as it stands on a card, where it may be broken. */
export const plantLabel = (id) => languages[current].plants[id][0];
export const plantName = (id) => plantLabel(id).replaceAll('\u00AD', '');
export const plantAbout = (id) => fill(languages[current].plants[id][1]);
export const invaderName = (kind) => languages[current].invaders[kind][0];
export const invaderAbout = (kind) => fill(languages[current].invaders[kind][1]);
export const wareName = (id) => languages[current].wares[id][0];
export const wareAbout = (id) => fill(languages[current].wares[id][1]);
export const thousands = (n) => n.toLocaleString(current === 'en' ? 'en-US' : 'zh-CN');

/** The name of what is played. */
export function nameOf(spec) {
  if (spec.kind === 'level') return t('level', { n: spec.level });
  if (spec.kind === 'mini') return t(`miniNames.${spec.special}`);
  if (spec.kind === 'daily') return t('daily');
  return spec.id === 'endless' ? t('endless') : t(`gardenNames.${spec.gardenId}`);
}

/** The line that opens a game. */
export function taught(spec, edition) {
  return t(`taught.${spec.level || spec.special || (edition === 'unlimited' ? 'unlimited' : 0)}`);
}

/** A garden's rules in one line; nights are another matter where dew has no part. */
export function gardenRules(spec, edition) {
  if (edition === 'unlimited' && spec.garden.night) return t('nightUnlimited');
  return t(`gardenRules.${spec.gardenId}`);
}
/** For the tests: both languages must say the same things. */
export const allTexts = languages;
