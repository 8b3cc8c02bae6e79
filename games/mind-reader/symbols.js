// The symbols: drawings of 32 by 32 units in one colour, and their names. No DOM here.

const round = (number) => Math.round(number * 100) / 100;

function star(points, outer, inner, { x = 16, y = 16, turn = -90 } = {}) {
  const corners = [];
  for (let index = 0; index < points * 2; index++) {
    const angle = ((turn + (index * 180) / points) * Math.PI) / 180;
    const radius = index % 2 ? inner : outer;
    corners.push(`${round(x + radius * Math.cos(angle))} ${round(y + radius * Math.sin(angle))}`);
  }
  return `M${corners.join('L')}Z`;
}

const fill = (d) => `<path fill-rule="evenodd" d="${d}"/>`;
const line = (d, width = 3) => `<path fill="none" stroke="currentColor" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" d="${d}"/>`;
const around = (count, drawing) => Array.from({ length: count }, (_, index) =>
  `<g transform="rotate(${round((360 / count) * index)} 16 16)">${drawing}</g>`).join('');

/** Every symbol: `{ id, en, zh, drawing }`. */
export const SYMBOLS = [
  { id: 'moon', en: 'Moon', zh: '月亮', drawing: fill('M20 3A13.5 13.5 0 1 0 29 21 11.5 11.5 0 0 1 20 3Z') },
  { id: 'star', en: 'Star', zh: '星星', drawing: fill(star(5, 14, 5.8, { y: 17 })) },
  { id: 'sun', en: 'Sun', zh: '太阳', drawing: fill('M16 9.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z') + around(8, fill('M16 1 18.5 6.5h-5Z')) },
  { id: 'key', en: 'Key', zh: '钥匙', drawing: fill('M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Zm0 4.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z') + line('M15 15.5 27.5 28M22 22.5l4-4M26 26.5l3-3', 3.4) },
  { id: 'eye', en: 'Eye', zh: '眼睛', drawing: fill('M1 16Q8 6 16 6t15 10Q24 26 16 26T1 16Zm15-6.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 3.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z') },
  { id: 'heart', en: 'Heart', zh: '爱心', drawing: fill('M16 29C4 20 2 15 2 11a7.2 7.2 0 0 1 14-2.5A7.2 7.2 0 0 1 30 11c0 4-2 9-14 18Z') },
  { id: 'bolt', en: 'Lightning', zh: '闪电', drawing: fill('M19 1 5 18.5h8.5L10.5 31 27 12.5h-9.5Z') },
  { id: 'drop', en: 'Drop', zh: '水滴', drawing: fill('M16 1.5C22 10 26 15 26 20.5a10 10 0 0 1-20 0C6 15 10 10 16 1.5ZM9.5 20.5a6.5 6.5 0 0 0 6.5 6.5v-2.6a3.9 3.9 0 0 1-3.9-3.9Z') },
  { id: 'flame', en: 'Flame', zh: '火焰', drawing: fill('M17 1c1 7 10 10 10 19a11 11 0 0 1-22 0c0-5 3-8 5-11 .5 3 1.5 4.5 3 5.5C13 9 14 5 17 1Zm-1 16c-3 4-4 5-4 7.5a4.2 4.2 0 0 0 8.4 0c0-3-2.9-4-4.4-7.5Z') },
  { id: 'leaf', en: 'Leaf', zh: '叶子', drawing: fill('M29 3C14 3 5 9 5 19c0 2 .4 3.6 1 5L20 11 8.5 26.5C22 29 29 19 29 3Z') + line('M3 29.5 8.5 24', 2.6) },
  { id: 'feather', en: 'Feather', zh: '羽毛', drawing: fill('M28.5 2.5C17 3 8 10 7 20.5l-5 9 2 1.2 4.5-6.5 5-.7 1-2 3 .7C22 19 22.5 17 23 15l-3.5.6L24.5 12C26.5 9 28 6 28.5 2.5Z') },
  { id: 'crown', en: 'Crown', zh: '皇冠', drawing: fill('M3 8l6.5 6L16 4l6.5 10L29 8l-3 14H6ZM6 24.5h20V29H6Z') },
  { id: 'anchor', en: 'Anchor', zh: '船锚', drawing: fill('M16 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm0 2.8a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4Z') + line('M16 10v19M10 14h12M4 19c1 7 6 10 12 10s11-3 12-10', 3.2) },
  { id: 'bell', en: 'Bell', zh: '铃铛', drawing: fill('M16 2a2.5 2.5 0 0 1 2.5 2.5C24 6 25 11 25 15c0 5 2 6 4 8.5v1.5H3v-1.5C5 21 7 20 7 15c0-4 1-9 6.5-10.5A2.5 2.5 0 0 1 16 2Zm-4 24.5h8a4 4 0 0 1-8 0Z') },
  { id: 'spiral', en: 'Spiral', zh: '螺旋', drawing: line('M16 16.5a2.3 2.3 0 0 1 4 1.6c0 3-3 5-5.7 4.4C10 21.5 8.6 17 10 13.5c1.8-4.5 7-6.3 11.4-4.4 5.6 2.4 7.5 9 5 14.4-2.2 4.6-7 6.8-12 6.3C7 29 2.5 23 3 15.5 3.4 9 8.5 3.5 15 2.7', 3) },
  { id: 'hourglass', en: 'Hourglass', zh: '沙漏', drawing: fill('M5 2h22v4h-2c0 5-3 7.5-6.5 10C22 18.5 25 21 25 26h2v4H5v-4h2c0-5 3-7.5 6.5-10C10 13.5 7 11 7 6H5Zm5 4c0 2 .6 3.5 1.6 4.5h8.8C21.4 9.5 22 8 22 6Z') },
  { id: 'gem', en: 'Gem', zh: '宝石', drawing: fill('M8.5 4h6L11 11H2ZM17.5 4h6L30 11h-9ZM16 5.5 18.8 11h-5.6ZM2.5 13.5H11L14.3 27ZM13.3 13.5h5.4L16 26ZM21 13.5h8.5L17.7 27Z') },
  { id: 'clover', en: 'Clover', zh: '四叶草', drawing: around(4, fill('M16 15.3C11 10.5 10.3 8.2 10.3 6A3.2 3.2 0 0 1 16 4.2 3.2 3.2 0 0 1 21.7 6C21.7 8.2 21 10.5 16 15.3Z')) + line('M17 17c3 4 6 8 6 13', 2.2) },
  { id: 'candle', en: 'Candle', zh: '蜡烛', drawing: fill('M16 1c2.5 4 4 5.5 4 8a4 4 0 0 1-8 0c0-2.5 1.5-4 4-8Zm-4.5 13.5h9V26h-9ZM5 27h22v3.5H5Z') },
  { id: 'mask', en: 'Mask', zh: '面具', drawing: fill('M1.5 8.5C7 6 12 7.5 16 9.5c4-2 9-3.5 14.5-1 .5 9-3 15-8 15-3.5 0-4.5-4-6.5-4s-3 4-6.5 4c-5 0-8.5-6-8-15ZM6 14.5c1.5 3 5 3.5 7 1.5-1.5-2.5-5-3-7-1.5Zm20 0c-2-1.5-5.5-1-7 1.5 2 2 5.5 1.5 7-1.5Z') },
  { id: 'fish', en: 'Fish', zh: '鱼', drawing: fill('M1.5 16C6 9 11 7 15 7c4 0 7 3 9.5 6.5L30.5 8c-1.5 5-1.5 11 0 16l-6-5.5C22 22 19 25 15 25c-4 0-9-2-13.5-9ZM9 12.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z') },
  { id: 'umbrella', en: 'Umbrella', zh: '雨伞', drawing: fill('M16 2a14 14 0 0 1 14 15c-2-2.5-5.5-2.5-7.3 0-1.7-2.5-4.7-2.5-6.7 0-2-2.5-5-2.5-6.7 0C7.5 14.5 4 14.5 2 17A14 14 0 0 1 16 2Z') + line('M16 16v10.5a3 3 0 0 0 6 0', 2.8) },
  { id: 'mountain', en: 'Mountain', zh: '山峰', drawing: fill('M1 28 12 7l5 9 3.5-5L31 28ZM12 11.5 9 17.5l3-1.5 3 2Z') },
  { id: 'wave', en: 'Waves', zh: '波浪', drawing: line('M2 9.5c3.5-5 6-5 9.3 0s6 5 9.4 0 6-5 9.3 0M2 17.5c3.5-5 6-5 9.3 0s6 5 9.4 0 6-5 9.3 0M2 25.5c3.5-5 6-5 9.3 0s6 5 9.4 0 6-5 9.3 0', 3.2) },
  { id: 'mushroom', en: 'Mushroom', zh: '蘑菇', drawing: fill('M16 2.5C25 2.5 30.5 9 30.5 16c0 2-6 3-14.5 3S1.5 18 1.5 16C1.5 9 7 2.5 16 2.5ZM11 7a2.8 2.8 0 1 0 0 5.6A2.8 2.8 0 0 0 11 7Zm9.5 2.5a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6ZM11.5 20.5h9c-.5 3 2.5 6 1 9h-11c-1.5-3 1.5-6 1-9Z') },
  { id: 'flower', en: 'Flower', zh: '花朵', drawing: around(6, fill('M16 12.5c-4.5-3-4.5-10.5 0-11 4.5.5 4.5 8 0 11Z')) + fill('M16 12.7a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6Z') },
  { id: 'goblet', en: 'Goblet', zh: '圣杯', drawing: fill('M7 2h18c1 10-1.5 16-7 17v6l6 2.5V30H8v-2.5L14 25v-6C8.5 18 6 12 7 2Zm3 3c0 2 0 3.5.3 5h11.4c.3-1.5.3-3 .3-5Z') },
  { id: 'planet', en: 'Planet', zh: '行星', drawing: fill('M16 7.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z') + line('M9.5 18.5C4 22 1 25 2 26.5c1.5 2 9-1.5 16-6.5S31 7.5 29.5 5.5C28.7 4.5 26 5.5 22.5 7.5', 2.2) },
  { id: 'snowflake', en: 'Snowflake', zh: '雪花', drawing: around(6, line('M16 16V2.5M12.5 5 16 8.5 19.5 5', 2.4)) },
  { id: 'infinity', en: 'Infinity', zh: '无穷', drawing: line('M16 16C12.5 11 10 9.5 7.8 9.5a6.5 6.5 0 0 0 0 13c2.2 0 4.7-1.5 8.2-6.5s6-6.5 8.2-6.5a6.5 6.5 0 0 1 0 13c-2.2 0-4.7-1.5-8.2-6.5Z', 3.6) },
  { id: 'sword', en: 'Sword', zh: '宝剑', drawing: fill('M30 2 28.5 9.5 14 24l-6-6L22.5 3.5Z') + line('M5 16.5 15.5 27M10 22l-6.5 6.5', 3.4) },
  { id: 'tower', en: 'Tower', zh: '高塔', drawing: fill('M6 2h5v4h2.5V2h5v4H21V2h5v9l-2.5 3v12H27v4H5v-4h3.5V14L6 11Zm10 14a3.5 3.5 0 0 0-3.5 3.5V26h7v-6.5A3.5 3.5 0 0 0 16 16Z') },
];

export const IDS = SYMBOLS.map(({ id }) => id);

/** The symbol with this id. */
export function symbolOf(id) {
  return SYMBOLS.find((symbol) => symbol.id === id);
}
