// Every word of the game in both languages.

const en = {
  title: '2048',
  tagline: 'Push the tiles. Twins bloom into one.',
  language: '中文',
  languageLabel: '切换到中文 (switch to Chinese)',
  mute: 'Turn the sound off',
  unmute: 'Turn the sound on',
  volume: 'Volume',
  boardSize: 'Board size',
  sizeName: (size) => `${size} by ${size}`,
  goalIs: (goal) => `Goal ${goal}`,
  play: 'Play',
  resume: 'Continue',
  newGame: 'New game',
  undo: 'Undo',
  home: 'Title screen',
  score: 'Score',
  best: 'Best',
  bestOf: (score) => `Best ${score}`,
  keysHint: 'Arrow keys or WASD · U undo · N new game',
  touchHint: 'Swipe anywhere',
  board: (size) => `Board, ${size} by ${size}. Move the tiles with the arrow keys or by swiping.`,
  tile: (value, row, column) => `${value}, row ${row}, column ${column}`,
  summary: ({ merged, score, largest, empty }) =>
    `${merged ? `Made ${merged}. ` : ''}Score ${score}. Largest ${largest}. ${empty} empty.`,
  undone: (score) => `Move taken back. Score ${score}.`,
  up: 'Up', right: 'Right', down: 'Down', left: 'Left',
  wonTitle: (goal) => `${goal}!`,
  wonText: (moves) => `Full bloom after ${moves} moves.`,
  keepGoing: 'Keep going',
  lostTitle: 'No moves left',
  lostText: (score, largest) => `Score ${score}, largest tile ${largest}.`,
  newBest: 'A new best!',
  lesson: [
    'Swipe, or press an arrow key: all tiles slide that way.',
    'Bring two equal tiles together: they become one.',
    'Well done! Wrong move? Undo takes it back.',
  ],
  broken: 'A saved game could not be read, so a new one was started.',
  blocked: 'This browser stores nothing, so progress ends with this page.',
  restarted: 'New game. Undo brings the old one back.',
};

const zh = {
  title: '2048',
  tagline: '推动方块，成双便绽放。',
  language: 'English',
  languageLabel: 'Switch to English（切换到英文）',
  mute: '关闭声音',
  unmute: '打开声音',
  volume: '音量',
  boardSize: '棋盘大小',
  sizeName: (size) => `${size} × ${size}`,
  goalIs: (goal) => `目标 ${goal}`,
  play: '开始',
  resume: '继续',
  newGame: '新游戏',
  undo: '撤销',
  home: '回到标题',
  score: '得分',
  best: '最高',
  bestOf: (score) => `最高 ${score}`,
  keysHint: '方向键或 WASD · U 撤销 · N 新游戏',
  touchHint: '在任意处滑动',
  board: (size) => `${size} 乘 ${size} 的棋盘。用方向键或滑动来推动方块。`,
  tile: (value, row, column) => `${value}，第 ${row} 行，第 ${column} 列`,
  summary: ({ merged, score, largest, empty }) =>
    `${merged ? `合成 ${merged}。` : ''}得分 ${score}。最大 ${largest}。空格 ${empty} 个。`,
  undone: (score) => `已撤销一步。得分 ${score}。`,
  up: '上', right: '右', down: '下', left: '左',
  wonTitle: (goal) => `${goal}！`,
  wonText: (moves) => `${moves} 步，繁花盛开。`,
  keepGoing: '继续挑战',
  lostTitle: '无路可走',
  lostText: (score, largest) => `得分 ${score}，最大方块 ${largest}。`,
  newBest: '新纪录！',
  lesson: [
    '滑动屏幕或按方向键：所有方块都朝那边滑。',
    '让两个相同的方块相遇：它们会合为一个。',
    '真棒！走错了？用“撤销”退回一步。',
  ],
  broken: '存档无法读取，已重新开始。',
  blocked: '浏览器不允许存储，关闭页面后进度不会保留。',
  restarted: '新游戏已开始。点“撤销”可找回上一局。',
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
