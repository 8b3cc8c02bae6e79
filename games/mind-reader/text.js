// Every word of the show in both languages.
import { NAMES_EN, NAMES_ZH } from './words.js';
import { TRICKS_EN, TRICKS_ZH } from './lines.js';

const en = {
  ...NAMES_EN,
  ...TRICKS_EN,
  title: 'Mind Reader',
  tagline: 'Professor Strix knows what you are thinking.\nDo you know what he is?',
  language: '中文',
  languageLabel: '切换到中文 (switch to Chinese)',
  mute: 'Turn the sound off',
  unmute: 'Turn the sound on',
  volume: 'Volume',
  home: 'Back to the title',
  book: 'Statistics',
  how: 'How it works',
  close: 'Close',
  self: 'Read my mind',
  friend: 'Read a friend’s mind',
  modeLabel: 'Whose mind',
  timesRead: (times) => (times === 0 ? 'Not played yet' : times === 1 ? 'Read once' : `Read ${times} times`),
  duelName: 'Read the owl’s mind',
  duelOpen: 'Today’s duel',
  duelRunning: (left) => (left === 1 ? 'Today’s duel: 1 try left' : `Today’s duel: ${left} tries left`),
  duelWon: (tries) => `Today’s duel: won in ${tries}`,
  duelLost: 'Today’s duel: lost',
  broken: 'Saved data could not be read and was reset.',
  blocked: 'This browser blocks storage, so nothing will be remembered when you close this page.',
};

const zh = {
  ...NAMES_ZH,
  ...TRICKS_ZH,
  title: '读心术',
  tagline: '猫头鹰教授知道你在想什么。\n你知道它在想什么吗？',
  language: 'English',
  languageLabel: 'Switch to English（切换到英文）',
  mute: '关闭声音',
  unmute: '打开声音',
  volume: '音量',
  home: '回到标题',
  book: '统计',
  how: '揭秘',
  close: '关闭',
  self: '读我的心',
  friend: '读朋友的心',
  modeLabel: '读谁的心',
  timesRead: (times) => (times === 0 ? '还没玩过' : `读中 ${times} 次`),
  duelName: '读猫头鹰的心',
  duelOpen: '今日对决',
  duelRunning: (left) => `今日对决：还剩 ${left} 次`,
  duelWon: (tries) => `今日对决：${tries} 次猜中`,
  duelLost: '今日对决：未猜中',
  broken: '以前的记录无法读取，已重置。',
  blocked: '浏览器不允许存储，关闭页面后不会保留任何记录。',
};

export const TEXTS = { en, zh };

/** The language to begin with: asked for in the address, then remembered, then the browser's. */
export function chooseLanguage(asked, remembered, languages) {
  if (asked === 'en' || asked === 'zh') return asked;
  if (remembered) return remembered;
  for (const language of languages) {
    if (/^zh\b/i.test(language)) return 'zh';
    if (/^en\b/i.test(language)) return 'en';
  }
  return 'en';
}
