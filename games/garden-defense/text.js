// Everything the game says, in both languages. `{name}` is filled in.

const en = {
  title: 'Garden Defense', titleUnlimited: 'Garden Defense, unlimited edition', badge: 'unlimited edition',
  tagline: 'The toys in the attic have wound themselves up, and they are after your seedlings.',
  taglineUnlimited: 'Plants for nothing, no waiting. The toys come in crowds.',
  play: 'Play', goOn: 'Play level {n}', levels: 'Levels', endless: 'Endless', back: 'Back', book: 'Garden book', language: '中文', languageName: '中文: switch to Chinese',
  level: 'Level {n}', endlessLevel: 'Endless', locked: 'locked', stars: '{n} of 3 stars', endlessOpens: 'Win level {n} to open endless play.', endlessBest: 'Best: wave {n}',
  choose: 'Choose your plants', chooseHint: 'Take up to {n}. Tap a card to take it or put it back.', chosen: '{n} of {most} taken', start: 'Start', coming: 'On their way',
  pause: 'Pause', resume: 'Go on', restart: 'Start over', leave: 'Levels', paused: 'Paused', away: 'The game waited for you.',
  mute: 'Sound off', unmute: 'Sound on', volume: 'Volume', fast: 'Double speed', normal: 'Normal speed',
  dew: 'Dew', free: 'free', trowel: 'Trowel', trowelName: 'Trowel: dig a plant up', trowelFree: 'dig up', trowelBack: 'half back',
  cardName: '{plant}, {cost} dew', cardFree: '{plant}, free', dear: 'too dear now', recharging: 'growing back', selected: 'in your hand', ready: 'ready',
  wave: 'Wave {n}/{of}', waveEndless: 'Wave {n}', beaten: '{n}/{of}', beatenEndless: '{n}', beatenName: 'Toys wound down', barrels: 'Rain barrels', progress: 'Level so far',
  cell: 'Lane {lane}, cell {cell}: {what}', bare: 'bare soil', withToys: '{what}; {toys} near', health: '{plant}, {n}%', dropName: 'Dewdrop, {n} dew',
  lawn: 'Garden beds',
  won: 'The garden is safe!', wonAll: 'The last toy has run down. The garden is yours!', lost: 'They are in the shed!', lostBy: 'A {kind} got past lane {lane}.',
  lostTip: 'A rain barrel rolls only once. After that the lane needs plants.', next: 'Next level', again: 'Try again', newPlant: 'New seeds: {plant}', endlessOpen: 'Endless play is open!',
  endlessOver: 'The shed is taken', endlessResult: 'You stood {n} waves and wound down {beaten} toys.', endlessNew: 'Your best so far!',
  barrelsKept: 'Barrels standing: {n}',
  flagWave: 'A big wave!', lastWave: 'The last wave!', sayWave: 'Wave {n}.', planted: '{plant} planted.', dug: '{plant} dug up, {n} dew back.', taken: 'Something grows there already.',
  tooDear: 'Not enough dew for that.', notYet: 'Those seeds are not ready yet.', nothing: 'Nothing to dig up there.', barrelRolls: 'The barrel of lane {n} rolls!', gathered: '{n} dew gathered.', picked: '{plant} in your hand. Choose a cell.',
  hintCard: 'Take the Rosehip Sling', hintCell: 'Plant it in this lane', hintDew: 'Take the Dewcup', hintDewCell: 'It gathers dew: plant it at the back', hintDrop: 'Gather the dew', hintMore: 'Dew buys plants. Guard every lane the toys come down!', hintTake: 'Take any seed card', hintFree: 'Seeds are free: plant as many as you like',
  keys: 'Keys: 1-6 seeds, T trowel, arrows and Enter beds, C gather dew, P pause, M sound',
  badSave: 'The saved progress could not be read. A new garden begins.', noSave: 'This browser does not keep progress.',
  taught: {
    1: 'Wind-up ants: slow and simple.', 2: 'Clockwork mice dash. A Box Hedge holds them up.', 3: 'Thimble beetles: the shell has to come off first.',
    4: 'Tin frogs hop over the first plant they meet.', 5: 'Paper moths fly over every plant. Only shots reach them.', 6: 'Oil snails stop and spit from afar.',
    7: 'Kettle beetles are heavy. A thistle needle goes through the lid.', 8: 'Drill moles come up in the middle of the bed. Keep shooters at the back.',
    9: 'Drummer crickets hurry all toys around them.', 10: 'Old Mainspring himself. Save your best for him!', 0: 'Wave after wave. How long can you stand?',
  },
  plants: {
    dewcup: ['Dewcup', 'Gathers dew in its pleated leaf.'], rosehip: ['Rosehip Sling', 'Slings rosehips down its lane.'],
    hedge: ['Box Hedge', 'A sleepy bush that takes a lot of biting.'], touchmenot: ['Touch-me-not', 'Bursts: everything in 3 by 3 cells winds down.'],
    honeysuckle: ['Honeysuckle', 'Its nectar gums up gears: toys go at half speed.'], nettle: ['Nettle', 'Stings whatever walks close. Hardy.'],
    thistle: ['Thistle', 'Needles go through shells and through the whole lane.'], chamomile: ['Chamomile', 'Mends the plants around it.'],
    trumpet: ['Trumpet Vine', 'One blast clears its lane from end to end.'], lupin: ['Lupin Fan', 'Shoots down three lanes at once.'],
  },
  invaders: {
    ant: ['Wind-up Ant', 'The plain one.'], mouse: ['Clockwork Mouse', 'Twice as quick, soon wound down.'], thimble: ['Thimble Beetle', 'Wears a thimble.'],
    frog: ['Tin Frog', 'Hops over one plant.'], moth: ['Paper Moth', 'Flies over every plant.'], snail: ['Oil Snail', 'Spits oil three cells far.'],
    kettle: ['Kettle Beetle', 'A copper lid, hard to crack.'], mole: ['Drill Mole', 'Tunnels to the middle of the bed.'],
    drummer: ['Drummer Cricket', 'Hurries its neighbours.'], mainspring: ['Old Mainspring', 'Huge. Tramples plants and lets out small fry.'],
  },
};

const zh = {
  title: '花园保卫战', titleUnlimited: '花园保卫战·无限版', badge: '无限版',
  tagline: '阁楼里的发条玩具自己上紧了弦，正冲着你的菜苗来呢。',
  taglineUnlimited: '植物免费，不用等待。玩具成群结队地来。',
  play: '开始', goOn: '开始第 {n} 关', levels: '选关', endless: '无尽模式', back: '返回', book: '花园图鉴', language: 'English', languageName: 'English：切换到英文',
  level: '第 {n} 关', endlessLevel: '无尽', locked: '未解锁', stars: '{n} 颗星，共 3 颗', endlessOpens: '通过第 {n} 关后开放无尽模式。', endlessBest: '最佳：第 {n} 波',
  choose: '挑选植物', chooseHint: '最多带 {n} 种。点卡片带上，再点放回。', chosen: '已带 {n}/{most}', start: '出发', coming: '来犯的玩具',
  pause: '暂停', resume: '继续', restart: '重新开始', leave: '选关', paused: '已暂停', away: '你离开时游戏停下等你。',
  mute: '关闭声音', unmute: '打开声音', volume: '音量', fast: '两倍速', normal: '正常速度',
  dew: '露珠', free: '免费', trowel: '花铲', trowelName: '花铲：挖走一株植物', trowelFree: '挖走', trowelBack: '退一半',
  cardName: '{plant}，{cost} 露珠', cardFree: '{plant}，免费', dear: '露珠不够', recharging: '正在恢复', selected: '已拿在手里', ready: '可用',
  wave: '第 {n}/{of} 波', waveEndless: '第 {n} 波', beaten: '{n}/{of}', beatenEndless: '{n}', beatenName: '停摆的玩具', barrels: '雨水桶', progress: '本关进度',
  cell: '第 {lane} 行，第 {cell} 格：{what}', bare: '空地', withToys: '{what}；附近有{toys}', health: '{plant}，{n}%', dropName: '露珠，{n} 点',
  lawn: '菜畦',
  won: '花园守住了！', wonAll: '最后一个玩具也停摆了。花园是你的了！', lost: '它们进了花房！', lostBy: '{kind}从第 {lane} 行溜了进去。',
  lostTip: '每行的雨水桶只能滚一次，之后就得靠植物。', next: '下一关', again: '再试一次', newPlant: '新种子：{plant}', endlessOpen: '无尽模式已开放！',
  endlessOver: '花房失守了', endlessResult: '你守住了 {n} 波，让 {beaten} 个玩具停摆。', endlessNew: '新的最佳成绩！',
  barrelsKept: '剩下的雨水桶：{n}',
  flagWave: '一大波来了！', lastWave: '最后一波！', sayWave: '第 {n} 波。', planted: '种下了{plant}。', dug: '挖走了{plant}，退回 {n} 露珠。', taken: '这里已经有植物了。',
  tooDear: '露珠不够。', notYet: '种子还没准备好。', nothing: '这里没有可挖的植物。', barrelRolls: '第 {n} 行的雨水桶滚出去了！', gathered: '收集了 {n} 露珠。', picked: '拿起了{plant}，请选一格。',
  hintCard: '先拿起蔷薇果弹弓', hintCell: '种在这一行', hintDew: '再拿起露盏草', hintDewCell: '它会攒露珠，种在最后面', hintDrop: '收集露珠', hintMore: '用露珠买植物，守好玩具来的每一行！', hintTake: '拿起一张种子卡', hintFree: '种子免费，想种多少种多少',
  keys: '按键：1-6 选种子，T 花铲，方向键和回车选格，C 收露珠，P 暂停，M 声音',
  badSave: '存档无法读取，已从头开始。', noSave: '这个浏览器不会保存进度。',
  taught: {
    1: '发条蚁：又慢又老实。', 2: '发条鼠跑得快，黄杨篱能拦住它。', 3: '顶针甲虫：先得打掉它的顶针。',
    4: '铁皮蛙会跳过遇到的第一株植物。', 5: '纸飞蛾从所有植物上方飞过，只有射击打得到。', 6: '油壶蜗会停在远处喷油。',
    7: '壶盖甲虫又厚又重，大蓟的刺能穿透壶盖。', 8: '钻头鼹鼠会从菜畦中间钻出来，射手要留在后面。',
    9: '鼓手蟋蟀让周围的玩具都加快脚步。', 10: '老发条亲自来了，把最好的留给它！', 0: '一波接一波，你能守多久？',
  },
  plants: {
    dewcup: ['露盏草', '用褶叶收集露珠。'], rosehip: ['蔷薇果弹弓', '沿着本行弹射蔷薇果。'], hedge: ['黄杨篱', '爱打盹的灌木，非常耐咬。'], touchmenot: ['急性子', '炸开后，3×3 格内的玩具全部停摆。'],
    honeysuckle: ['忍冬', '花蜜粘住齿轮，玩具速度减半。'], nettle: ['荨麻', '谁靠近就刺谁，生命力强。'], thistle: ['大蓟', '刺能穿透外壳，贯穿整行。'], chamomile: ['洋甘菊', '修复周围的植物。'],
    trumpet: ['凌霄号', '一声号响，清空整行。'], lupin: ['羽扇豆', '同时向三行射击。'],
  },
  invaders: {
    ant: ['发条蚁', '最普通的一种。'], mouse: ['发条鼠', '快一倍，但很快就停摆。'], thimble: ['顶针甲虫', '戴着一枚顶针。'], frog: ['铁皮蛙', '能跳过一株植物。'], moth: ['纸飞蛾', '飞过所有植物。'], snail: ['油壶蜗', '能向三格外喷油。'],
    kettle: ['壶盖甲虫', '顶着铜壶盖，很难打穿。'], mole: ['钻头鼹鼠', '挖地道到菜畦中间。'], drummer: ['鼓手蟋蟀', '让同伴走得更快。'], mainspring: ['老发条', '巨大无比，踩坏植物，还放出小喽啰。'],
  },
};

const languages = { en, zh };
let current = 'en';

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

/** A line of text with its places filled in. */
export function t(key, values) {
  const line = languages[current][key];
  return values ? line.replace(/\{(\w+)\}/g, (_, name) => values[name]) : line;
}

export const plantName = (id) => languages[current].plants[id][0];
export const plantAbout = (id) => languages[current].plants[id][1];
export const invaderName = (kind) => languages[current].invaders[kind][0];
export const invaderAbout = (kind) => languages[current].invaders[kind][1];
export const taught = (level) => languages[current].taught[level];
/** For the tests: both languages must say the same things. */
export const allTexts = languages;
