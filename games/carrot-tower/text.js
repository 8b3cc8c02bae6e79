const en = {
  title: 'Carrot Tower', tagline: 'Hungry critters want your carrot. Grow a defence!',
  play: 'Play', maps: 'Choose a garden', back: 'Back', language: '中文', languageLabel: '中文: switch to Chinese', sound: 'Sound', mute: 'Mute', unmute: 'Unmute',
  volume: 'Volume', total: 'Stars: {n} of 9', locked: 'Win {map} first', cleanBadge: 'All tidied up', starsOf: '{n} of 3 stars',
  garden: 'Kitchen Garden', orchard: 'Autumn Orchard', moonlit: 'Moonlit Terrace',
  gardenNote: 'One winding path. A gentle start.', orchardNote: 'The path curls in on itself.', moonlitNote: 'They come from two sides.',
  coins: 'Coins', lives: 'Bites left', wave: 'Wave', board: 'Garden. Arrow keys move, Enter chooses.', hud: 'State of the game',
  pause: 'Pause', speed: 'Speed {n}', speedLabel: 'Game speed, now {n}', resume: 'Go on', restart: 'Start over', toMaps: 'Gardens',
  paused: 'Paused', won: 'The carrot is safe!', lost: 'The carrot is gone!', again: 'Play again', retry: 'Try again', nextMap: 'Next garden',
  summary: 'Critters chased off: {beaten}. Bites left: {lives} of 10. Obstacles cleared: {cleared}.', reached: 'You reached wave {wave} of 15. {tip}',
  newTower: 'New contraption: {name}!', bestKept: 'Your best here: {n} of 3 stars',
  tips: ['Upgrades make the most of a good spot.', 'Bees sting through any armour.', 'Mint slows a crowd while pumpkins fall.', 'Obstacles hide coins: tap one to clear it.', 'Inner bends let a tower reach the path twice.'],
  start: 'First wave', next: 'Next wave', bonus: '+{n}', coming: 'Wave {n} is coming', lastWave: 'Last wave!', inSeconds: 'in {n} s', nextBrings: 'Wave {n} brings',
  build: 'Build here', close: 'Close', upgrade: 'Upgrade', top: 'Top level', sell: 'Sell', target: 'Aim', level: 'level {n}', levelShort: 'Lv {n}',
  first: 'First', last: 'Last', strong: 'Strongest', near: 'Nearest',
  damage: 'Damage', range: 'Range', pace: 'Every', slow: 'Slows to', hops: 'Hops', boost: 'Boost', splash: 'Splash',
  focusOn: 'Clear it', focusOff: 'Leave it', focusNote: 'Towers in range break it for {n} coins.', poor: 'Not enough coins',
  sling: 'Pea sling', mortar: 'Pumpkin mortar', mister: 'Mint mister', hive: 'Bee hive', mill: 'Windmill', lantern: 'Warm lantern',
  slingTag: 'quick', mortarTag: 'splash', misterTag: 'slows', hiveTag: 'chain', millTag: 'gusts', lanternTag: 'boosts',
  slingShort: 'Sling', mortarShort: 'Mortar', misterShort: 'Mister', hiveShort: 'Bees', millShort: 'Mill', lanternShort: 'Lantern', later: 'Win {map} to get it',
  slingNote: 'Fast peas at one critter, on the ground or in the air.', mortarNote: 'Bursts among a crowd. Cannot reach flyers.',
  misterNote: 'Slows everything around it. More misters do not add up.', hiveNote: 'Bees hop from critter to critter and sting through armour.',
  millNote: 'A fan of wind that blows critters back and hits flyers twice as hard.', lanternNote: 'Towers in its light hit harder.',
  mouse: 'Field mouse', hopper: 'Grasshopper', ant: 'Ant', snail: 'Snail', crow: 'Crow', slug: 'Slug', crawler: 'Caterpillar', grub: 'Grub',
  hedgehog: 'Hedgehog', hare: 'Baron Hare', boar: 'Old Tusk', badger: 'King Badger',
  mouseNote: 'just hungry', hopperNote: 'fast', antNote: 'many', snailNote: 'armoured', crowNote: 'flies: no pumpkins', slugNote: 'heals itself',
  crawlerNote: 'splits in two', grubNote: 'small', hedgehogNote: 'heavy armour, 2 bites', hareNote: 'boss: leaps', boarNote: 'boss: rages when hurt', badgerNote: 'boss: calls ants',
  stone: 'stone', stump: 'stump', crate: 'crate', free: 'free', path: 'path', carrot: 'the carrot', cell: 'Row {row}, column {column}: {what}', levelled: '{name}, level {n}', aimed: '{name}, being cleared',
  built: '{name} built', upgraded: '{name} is now level {n}', sold: 'Sold for {n} coins', cleared: 'Cleared: {n} coins', bitten: 'The carrot was bitten: {n} left', waveStarts: 'Wave {n} of 15', focused: 'All aim at: {name}', unfocused: 'No common target',
  hintBuild: 'Tap here: a bend is a good spot for a tower.', hintPick: 'Pick the pea sling.', hintWave: 'Ready? Call the first wave.', hintMore: 'You can still pay for more. Or call the wave!',
  hintSelect: 'Tap your tower to make it better.', hintUpgrade: 'Upgrade it!', hintClear: 'Tap this: towers clear it for coins and a free bed.',
  starsAria: '{n} of 3 stars', savedLost: 'Your saved progress could not be read, so it starts afresh.', noStore: 'This browser does not keep progress; it will be gone when the page closes.',
  help: 'Keys: arrows and Enter, N next wave, F speed, P pause, M sound, Esc close',
};

const zh = {
  title: '萝卜塔防', tagline: '馋嘴的小家伙盯上了你的萝卜，快布下防线！',
  play: '开始', maps: '选择菜园', back: '返回', language: 'English', languageLabel: 'English：切换到英文', sound: '声音', mute: '静音', unmute: '打开声音',
  volume: '音量', total: '星星：{n} / 9', locked: '先通过{map}', cleanBadge: '障碍全清', starsOf: '{n} / 3 颗星',
  garden: '小菜园', orchard: '秋日果园', moonlit: '月夜梯田',
  gardenNote: '一条弯弯小路，轻松上手。', orchardNote: '小路一圈圈绕向中心。', moonlitNote: '它们从两边来。',
  coins: '金币', lives: '剩余生命', wave: '波次', board: '菜园。方向键移动，回车选择。', hud: '游戏状态',
  pause: '暂停', speed: '{n} 倍速', speedLabel: '游戏速度，现在 {n} 倍', resume: '继续', restart: '重新开始', toMaps: '菜园列表',
  paused: '已暂停', won: '萝卜保住了！', lost: '萝卜被吃光了！', again: '再玩一次', retry: '再试一次', nextMap: '下一个菜园',
  summary: '赶走小家伙：{beaten}，剩余生命：{lives} / 10，清除障碍：{cleared}。', reached: '你撑到了第 {wave} / 15 波。{tip}',
  newTower: '新装置：{name}！', bestKept: '这里的最好成绩：{n} / 3 颗星',
  tips: ['好位置上的塔，升级最划算。', '蜜蜂能蜇穿任何护甲。', '薄荷先减速，南瓜再轰炸。', '障碍里藏着金币，点一下就能清除。', '弯道内侧的塔能打到两段路。'],
  start: '第一波', next: '下一波', bonus: '+{n}', coming: '第 {n} 波来袭', lastWave: '最后一波！', inSeconds: '{n} 秒后', nextBrings: '第 {n} 波',
  build: '在这里建造', close: '关闭', upgrade: '升级', top: '已满级', sell: '卖掉', target: '瞄准', level: '{n} 级', levelShort: '{n} 级',
  first: '最前', last: '最后', strong: '最强', near: '最近',
  damage: '伤害', range: '射程', pace: '间隔', slow: '减速至', hops: '连蜇', boost: '加成', splash: '范围',
  focusOn: '清除它', focusOff: '不管它', focusNote: '射程内的塔会打碎它，得 {n} 金币。', poor: '金币不够',
  sling: '豌豆弹弓', mortar: '南瓜炮', mister: '薄荷喷壶', hive: '蜂巢', mill: '大风车', lantern: '暖灯笼',
  slingTag: '速射', mortarTag: '范围炸', misterTag: '减速', hiveTag: '连锁', millTag: '吹退', lanternTag: '增强',
  slingShort: '豌豆弹弓', mortarShort: '南瓜炮', misterShort: '薄荷喷壶', hiveShort: '蜂巢', millShort: '大风车', lanternShort: '暖灯笼', later: '通过{map}获得',
  slingNote: '快速射出豌豆，地上天上都能打。', mortarNote: '在敌群中炸开，打不到飞行的。',
  misterNote: '让周围全部减速，多个喷壶不叠加。', hiveNote: '蜜蜂一只接一只地蜇，无视护甲。',
  millNote: '扇形狂风，把它们吹回去，对飞行的伤害加倍。', lanternNote: '照到的塔伤害更高。',
  mouse: '田鼠', hopper: '蚱蜢', ant: '蚂蚁', snail: '蜗牛', crow: '乌鸦', slug: '蛞蝓', crawler: '毛毛虫', grub: '小幼虫',
  hedgehog: '刺猬', hare: '野兔男爵', boar: '老獠牙', badger: '獾大王',
  mouseNote: '普普通通', hopperNote: '跑得快', antNote: '数量多', snailNote: '有护甲', crowNote: '会飞，南瓜打不到', slugNote: '会自愈',
  crawlerNote: '会一分为二', grubNote: '小个子', hedgehogNote: '重甲，咬两口', hareNote: '首领：会跳跃', boarNote: '首领：受伤会狂奔', badgerNote: '首领：召唤蚂蚁',
  stone: '石头', stump: '树桩', crate: '木箱', free: '空地', path: '小路', carrot: '萝卜', cell: '第 {row} 行第 {column} 列：{what}', levelled: '{name}，{n} 级', aimed: '{name}，正在清除',
  built: '建好了{name}', upgraded: '{name}升到 {n} 级', sold: '卖得 {n} 金币', cleared: '清除，得 {n} 金币', bitten: '萝卜被咬了，还剩 {n}', waveStarts: '第 {n} / 15 波', focused: '集中攻击：{name}', unfocused: '取消集中攻击',
  hintBuild: '点这里：弯道边最适合建塔。', hintPick: '选豌豆弹弓。', hintWave: '准备好了？放第一波进来。', hintMore: '金币还够再建，也可以开始第一波。',
  hintSelect: '点一下你的塔，让它变强。', hintUpgrade: '升级它！', hintClear: '点它：塔会打碎障碍，得金币还腾出空地。',
  starsAria: '{n} / 3 颗星', savedLost: '存档无法读取，已重新开始。', noStore: '浏览器不保存进度，关掉页面就没有了。',
  help: '键盘：方向键和回车，N 下一波，F 速度，P 暂停，M 声音，Esc 关闭',
};

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
