// Names, numbers, explanations and statistics in both languages.

const SUITS_EN = ['spades', 'hearts', 'diamonds', 'clubs'];
const RANKS_EN = [null, 'Ace', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'Jack', 'Queen', 'King'];
const SUITS_ZH = ['黑桃', '红心', '方块', '梅花'];
const RANKS_ZH = [null, 'A', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K'];
const COLUMNS_EN = ['left', 'middle', 'right'];
const COLUMNS_ZH = ['左', '中', '右'];
const PILES_EN = ['top', 'middle', 'bottom'];

export const NAMES_EN = {
  card: ({ rank, suit }) => `${RANKS_EN[rank]} of ${SUITS_EN[suit]}`,
  column: (column, cards) => `${COLUMNS_EN[column]} column: ${cards.join(', ')}`,
  columnNames: COLUMNS_EN,
  table: 'Table of the numbers 0 to 99 with their symbols',
  cell: (number, name) => `${number}: ${name}`,
  grid: 'Symbols',
  square: 'Square of numbers',
  peek: 'Crystal ball',
  shown: (name) => `Crystal ball: ${name}`,
  number: 'Number',
  less: 'One less', more: 'One more',
  howOf: 'Trick',
  howTexts: {
    nines: ['No magic, only arithmetic. Call the first digit a and the second b. The number is 10a + b.', '10a + b − (a + b) = 9a', 'The second digit drops out. What remains is nine times the first digit, so only 9, 18, 27 … 81 can come out. All nine of them carry the same symbol, hidden in a crowd of decoys. The next table hides another one.'],
    veils: ['Every symbol secretly has a number from 0 to 31. The five veils stand for 1, 2, 4, 8 and 16. A symbol is behind exactly those veils that add up to its number.', '2 × 2 × 2 × 2 × 2 = 32', 'Each answer halves the symbols that are left: 16, 8, 4, 2, 1. Five answers are enough, and the numbers are dealt anew every time. This was your last round:'],
    piles: ['Each time, the owl gathers the columns with yours on top, in the middle or at the bottom. Three deals with three places each make 27 ways, one for every place in the pack.', '3 × 3 × 3 = 27', 'Take one from the lucky number and write it in base three. Its digits, from the last to the first, say where your column goes: 0 on top, 1 in the middle, 2 at the bottom. This was your last round:'],
    envelope: ['Every row and every column has a secret number. Each number in the square is the sum of the two.', '4 rows + 4 columns', 'Your four numbers take each row and each column exactly once. So whichever you choose, you add up all eight secret numbers, and their sum was in the envelope. This was your last square, with its secret numbers:'],
  },
  howTry: 'Try it',
  howLines: (number, tens, ones) => [
    `${number} = 10 × ${tens} + ${ones}`,
    `${number} − ${tens} − ${ones} = ${number - tens - ones}`,
    `${number - tens - ones} = 9 × ${tens}`,
  ],
  howVeil: (yes) => (yes ? 'yes' : 'no'),
  howPlace: (deal, place) => `Deal ${deal}: ${PILES_EN[place]}`,
  howBase: (lucky, digits) => `${lucky} − 1 = ${digits} in base three`,
  locked: 'Opens after the first success',
  stats: {
    minds: 'Minds read', duels: 'Duels', played: 'Played', won: 'Won', streak: 'Days won in a row', longest: 'Longest row', tries: 'Won duels by tries',
  },
};

export const NAMES_ZH = {
  card: ({ rank, suit }) => `${SUITS_ZH[suit]} ${RANKS_ZH[rank]}`,
  column: (column, cards) => `${COLUMNS_ZH[column]}列：${cards.join('、')}`,
  columnNames: COLUMNS_ZH,
  table: '0 到 99 的数字与图案表',
  cell: (number, name) => `${number}：${name}`,
  grid: '图案',
  square: '数字方阵',
  peek: '水晶球',
  shown: (name) => `水晶球：${name}`,
  number: '数字',
  less: '减一', more: '加一',
  howOf: '魔术',
  howTexts: {
    nines: ['没有魔法，只有算术。设十位是 a，个位是 b，这个数就是 10a + b。', '10a + b − (a + b) = 9a', '个位消失了，剩下的是十位的九倍：结果只可能是 9、18、27……81。这九个数的图案都一样，混在许多障眼的图案里。下一轮又会换成另一个图案。'],
    veils: ['每个图案都暗藏一个 0 到 31 的编号，五重面纱分别代表 1、2、4、8、16。图案出现在哪几重面纱后，这几个数加起来就是它的编号。', '2 × 2 × 2 × 2 × 2 = 32', '每回答一次，剩下的图案就少一半：16、8、4、2、1。五次就够了，而且每次都会重新编号。这是你的上一轮：'],
    piles: ['每次收牌时，猫头鹰把你指的那一列放在最上面、中间或最下面。三次发牌，每次三种放法，共 27 种，正好对应牌叠里的 27 个位置。', '3 × 3 × 3 = 27', '把幸运数字减一，写成三进制。从最后一位往前读，就是每次收牌的放法：0 放上面，1 放中间，2 放下面。这是你的上一轮：'],
    envelope: ['每一行、每一列都有一个秘密数字，方阵里的每个数都是行、列两个秘密数字之和。', '4 行 + 4 列', '你选的四个数，每行每列各占一个。所以不管怎么选，加起来都是这八个秘密数字的总和，而它早就写在信封里了。这是你的上一个方阵和它的秘密数字：'],
  },
  howTry: '试一试',
  howLines: (number, tens, ones) => [
    `${number} = 10 × ${tens} + ${ones}`,
    `${number} − ${tens} − ${ones} = ${number - tens - ones}`,
    `${number - tens - ones} = 9 × ${tens}`,
  ],
  howVeil: (yes) => (yes ? '有' : '没有'),
  howPlace: (deal, place) => `第 ${deal} 次：放${['上面', '中间', '下面'][place]}`,
  howBase: (lucky, digits) => `${lucky} − 1 = ${digits}（三进制）`,
  locked: '第一次成功后解锁',
  stats: {
    minds: '读心次数', duels: '对决', played: '对决场数', won: '获胜', streak: '连胜天数', longest: '最长连胜', tries: '获胜所用次数',
  },
};
