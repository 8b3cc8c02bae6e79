// Every word of the show in both languages.

const en = {
  title: 'Mind Reader',
  tagline: 'Professor Strix knows what you are about to see.',
  language: '中文',
  languageLabel: '切换到中文 (switch to Chinese)',
  mute: 'Turn the sound off',
  unmute: 'Turn the sound on',
  volume: 'Volume',
  home: 'Leave the stage',
  how: 'How it works',
  begin: 'Raise the curtain',
  read: (rounds) => (rounds === 0 ? '' : rounds === 1 ? '1 mind read so far' : `${rounds} minds read so far`),
  steps: ['Think', 'Subtract', 'Look up', 'Focus', 'Reveal'],
  stepsLabel: 'Steps of the trick',
  back: 'Back',
  think: { title: 'Think of a number', text: 'Two digits, from 10 to 99. Keep it to yourself.', go: 'I have one' },
  subtract: { title: 'Take away both digits', text: 'Subtract each of its digits from your number. For example:', go: 'I have my result' },
  lookup: { title: 'Find your result', text: 'Remember its symbol.', go: 'I know my symbol' },
  concentrate: { title: 'Think of your symbol', text: 'Look into the crystal ball and picture it clearly.', go: 'Read my mind' },
  reading: { title: 'Silence, please…', text: 'A shape is coming through the mist.' },
  reveal: {
    title: (name) => `${name}!`,
    texts: ['That is what you saw.', 'You were thinking of this one.', 'It shone right through you.', 'Your eyes gave it away.', 'Clear as crystal.'],
    go: 'Again',
  },
  wrong: 'Not mine',
  wrongText: (number, tens, ones, result) =>
    `Then a sum went astray. With pencil and paper: ${number} − ${tens} − ${ones} = ${result}. Shall we try again?`,
  table: 'Table of the numbers 0 to 99 with their symbols',
  cell: (number, name) => `${number}: ${name}`,
  ball: 'Crystal ball',
  shown: (name) => `Crystal ball: ${name}`,
  howTitle: 'How it works',
  howIntro: 'No magic, only arithmetic. Call the first digit a and the second b. The number is then 10a + b.',
  howEquation: '10a + b − (a + b) = 9a',
  howResult: 'The second digit vanishes. What remains is nine times the first digit: only 9, 18, 27 … 81 can come out. All nine of them carry the same symbol, hidden in a crowd of decoys. The next table hides another one.',
  howTry: 'Try it',
  number: 'Number',
  less: 'One less', more: 'One more',
  howLines: (number, tens, ones) => [
    `${number} = 10 × ${tens} + ${ones}`,
    `${number} − ${tens} − ${ones} = ${number - tens - ones}`,
    `${number - tens - ones} = 9 × ${tens}`,
  ],
  close: 'Close',
  broken: 'What was remembered could not be read; starting afresh.',
  blocked: 'This browser stores nothing, so the count ends with this page.',
};

const zh = {
  title: '读心术',
  tagline: '猫头鹰教授，早已看穿你的心思。',
  language: 'English',
  languageLabel: 'Switch to English（切换到英文）',
  mute: '关闭声音',
  unmute: '打开声音',
  volume: '音量',
  home: '离开舞台',
  how: '揭秘',
  begin: '拉开帷幕',
  read: (rounds) => (rounds === 0 ? '' : `已读心 ${rounds} 次`),
  steps: ['默想', '相减', '查表', '凝神', '揭晓'],
  stepsLabel: '步骤',
  back: '上一步',
  think: { title: '心里想一个数', text: '两位数，从 10 到 99，不要说出来。', go: '想好了' },
  subtract: { title: '减去它的两个数字', text: '用这个数，减去它的十位和个位。例如：', go: '算好了' },
  lookup: { title: '找到你的结果', text: '记住它的图案。', go: '记住了' },
  concentrate: { title: '默想你的图案', text: '望着水晶球，在心里清楚地描出它。', go: '读我的心' },
  reading: { title: '请安静……', text: '雾中有个影子，渐渐清晰。' },
  reveal: {
    title: (name) => `${name}！`,
    texts: ['这就是你看到的。', '你心里想的正是它。', '你的眼神出卖了你。', '水晶球从不说谎。', '我早就知道了。'],
    go: '再来一次',
  },
  wrong: '不是这个',
  wrongText: (number, tens, ones, result) =>
    `那一定是哪里算错了。拿纸笔算算看：${number} − ${tens} − ${ones} = ${result}。再来一次？`,
  table: '0 到 99 的数字与图案表',
  cell: (number, name) => `${number}：${name}`,
  ball: '水晶球',
  shown: (name) => `水晶球：${name}`,
  howTitle: '揭秘',
  howIntro: '没有魔法，只有算术。设十位是 a，个位是 b，这个数就是 10a + b。',
  howEquation: '10a + b − (a + b) = 9a',
  howResult: '个位消失了，剩下的是十位的九倍：结果只可能是 9、18、27……81。这九个数的图案都一样，混在许多障眼的图案里。下一轮又会换成另一个图案。',
  howTry: '试一试',
  number: '数字',
  less: '减一', more: '加一',
  howLines: (number, tens, ones) => [
    `${number} = 10 × ${tens} + ${ones}`,
    `${number} − ${tens} − ${ones} = ${number - tens - ones}`,
    `${number - tens - ones} = 9 × ${tens}`,
  ],
  close: '关闭',
  broken: '以前的记录无法读取，已重新开始。',
  blocked: '浏览器不允许存储，关闭页面后不会保留次数。',
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
