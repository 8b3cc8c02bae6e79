import { createPath, pathCells } from './path.js';

// A wave is a list of groups: [critter, how many, seconds between two, seconds after the call].
const GARDEN_WAVES = [
  [['mouse', 6, 1.6]],
  [['mouse', 9, 1.3]],
  [['mouse', 5, 1.4], ['hopper', 4, 1.2, 7]],
  [['snail', 4, 2.4], ['mouse', 5, 1.2, 4]],
  [['ant', 18, 0.55]],
  [['hopper', 10, 0.9], ['mouse', 4, 1.4, 3]],
  [['snail', 6, 1.9], ['ant', 10, 0.5, 6]],
  [['crow', 6, 1.7], ['mouse', 6, 1.2, 4]],
  [['mouse', 14, 0.8], ['snail', 3, 2, 5]],
  [['hopper', 12, 0.8], ['ant', 12, 0.5, 5]],
  [['crow', 9, 1.2], ['snail', 5, 1.8, 3]],
  [['slug', 6, 1.9], ['mouse', 8, 1, 3]],
  [['ant', 30, 0.4]],
  [['snail', 8, 1.3], ['hopper', 10, 0.8, 5], ['crow', 5, 1.3, 8]],
  [['mouse', 10, 0.9], ['hare', 1, 1, 8], ['hopper', 6, 1, 12]],
];

const ORCHARD_WAVES = [
  [['mouse', 8, 1.2]],
  [['ant', 14, 0.6], ['mouse', 3, 1.4, 5]],
  [['crow', 6, 1.5], ['mouse', 5, 1.2, 3]],
  [['crawler', 5, 2], ['hopper', 5, 1, 5]],
  [['snail', 7, 1.6], ['mouse', 6, 1, 4]],
  [['slug', 6, 1.8], ['ant', 12, 0.5, 5]],
  [['crow', 11, 1.0]],
  [['crawler', 8, 1.4], ['snail', 4, 1.8, 4]],
  [['hopper', 18, 0.6], ['mouse', 8, 0.9, 4]],
  [['hedgehog', 3, 3.2], ['ant', 16, 0.5, 4]],
  [['slug', 9, 1.3], ['crow', 7, 1.2, 5]],
  [['crawler', 10, 1.2], ['hopper', 10, 0.8, 5]],
  [['hedgehog', 5, 2.4], ['snail', 7, 1.4, 3]],
  [['ant', 30, 0.35], ['crow', 10, 1, 4], ['slug', 4, 1.6, 6]],
  [['crawler', 6, 1.4], ['boar', 1, 1, 7], ['hedgehog', 3, 2.5, 11]],
];

const MOONLIT_WAVES = [
  [['mouse', 8, 1.4]],
  [['mouse', 6, 1.3], ['hopper', 6, 1.2, 5]],
  [['ant', 18, 0.6]],
  [['snail', 6, 1.8], ['crow', 4, 1.6, 4]],
  [['crawler', 7, 1.5], ['ant', 10, 0.6, 5]],
  [['slug', 8, 1.4], ['hopper', 8, 0.9, 4]],
  [['crow', 14, 0.8]],
  [['hedgehog', 4, 2.6], ['mouse', 12, 0.8, 3]],
  [['crawler', 12, 1], ['snail', 6, 1.6, 4]],
  [['ant', 36, 0.32], ['slug', 5, 1.6, 5]],
  [['hopper', 20, 0.55], ['crow', 10, 1, 5]],
  [['hedgehog', 7, 1.9], ['crawler', 7, 1.3, 4]],
  [['slug', 12, 1.1], ['snail', 10, 1.1, 3]],
  [['crow', 16, 0.75], ['hedgehog', 5, 2, 3], ['hopper', 10, 0.8, 7]],
  [['ant', 20, 0.5], ['badger', 1, 1, 6], ['hedgehog', 6, 1.8, 9], ['crow', 8, 1, 12]],
];

function createMap(plan) {
  const paths = plan.corners.map(createPath);
  const road = new Set(paths.flatMap(pathCells).map(([x, y]) => `${x},${y}`));
  return { ...plan, paths, road, carrot: plan.corners[0][plan.corners[0].length - 1] };
}

/** The three maps in order; winning one opens the next. `obstacles` are `[column, row, kind]`. */
export const MAPS = [
  createMap({
    id: 'garden', coins: 260, toughness: 1, growth: 0.1, curve: 0.008, waves: GARDEN_WAVES, boss: 'hare',
    corners: [[[0, 1], [3, 1], [3, 5], [6, 5], [6, 1], [9, 1], [9, 5]]],
    obstacles: [
      [0, 3, 'stone'], [1, 4, 'stump'], [4, 3, 'crate'], [5, 0, 'crate'], [7, 6, 'stump'], [8, 3, 'stone'],
      [10, 0, 'crate'], [1, 6, 'crate'], [10, 3, 'stump'],
    ],
  }),
  createMap({
    id: 'orchard', coins: 300, toughness: 1.14, growth: 0.11, curve: 0.008, waves: ORCHARD_WAVES, boss: 'boar',
    corners: [[[0, 5], [9, 5], [9, 1], [2, 1], [2, 3], [6, 3]]],
    obstacles: [
      [0, 0, 'stump'], [1, 2, 'crate'], [4, 2, 'stone'], [5, 4, 'stump'], [7, 2, 'crate'], [8, 3, 'stump'],
      [10, 6, 'crate'], [3, 6, 'stone'], [7, 6, 'crate'], [10, 0, 'stone'], [6, 0, 'crate'],
    ],
  }),
  createMap({
    id: 'moonlit', coins: 460, toughness: 0.85, growth: 0.12, curve: 0.01, waves: MOONLIT_WAVES, boss: 'badger',
    corners: [
      [[0, 1], [4, 1], [4, 3], [1, 3], [1, 5], [5, 5]],
      [[10, 1], [6, 1], [6, 3], [9, 3], [9, 5], [5, 5]],
    ],
    obstacles: [
      [5, 0, 'stone'], [2, 2, 'crate'], [8, 2, 'crate'], [5, 3, 'stump'], [0, 4, 'stump'], [10, 4, 'stump'],
      [2, 6, 'stone'], [8, 6, 'stone'], [3, 4, 'crate'], [7, 4, 'crate'], [0, 6, 'crate'], [10, 6, 'crate'],
    ],
  }),
];

/** The map of that id; undefined for an unknown one. */
export function findMap(id) {
  return MAPS.find((map) => map.id === id);
}
