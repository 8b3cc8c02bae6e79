import { createPath, pathCells } from './path.js';

function createMap(plan) {
  const paths = plan.corners.map(createPath);
  const road = new Set(paths.flatMap(pathCells).map(([x, y]) => `${x},${y}`));
  return { night: false, rocky: plan.feature === 'boulder', ...plan, paths, road, carrot: plan.corners[0][plan.corners[0].length - 1] };
}

/**
 * The maps in order; winning one opens the next. `obstacles` are `[column, row, kind]`;
 * `themes` are what waves are about, each with the first wave it may come in; `crowd` scales how many come.
 */
export const MAPS = [
  createMap({
    id: 'garden', coins: 260, toughness: 1, growth: 0.105, curve: 0.013, crowd: 1.25, boss: 'hare', feature: 'weed',
    themes: [['speed', 2], ['swarm', 2], ['armour', 4], ['crowd', 3], ['air', 6], ['dust', 8], ['heal', 10], ['spikes', 12]],
    corners: [[[0, 1], [3, 1], [3, 5], [6, 5], [6, 1], [9, 1], [9, 5]]],
    obstacles: [
      [0, 3, 'stone'], [1, 4, 'stump'], [4, 3, 'crate'], [5, 0, 'crate'], [7, 6, 'stump'], [8, 3, 'stone'],
      [10, 0, 'crate'], [1, 6, 'crate'], [10, 3, 'stump'], [7, 0, 'weed'], [4, 6, 'weed'],
    ],
  }),
  createMap({
    id: 'orchard', coins: 300, toughness: 1.14, growth: 0.125, curve: 0.0155, crowd: 1.28, boss: 'boar', feature: 'appletree',
    themes: [['swarm', 2], ['speed', 2], ['air', 3], ['split', 4], ['armour', 5], ['dust', 6], ['heal', 7], ['spikes', 9]],
    corners: [[[0, 5], [9, 5], [9, 1], [2, 1], [2, 3], [6, 3]]],
    obstacles: [
      [0, 0, 'stump'], [1, 2, 'crate'], [4, 2, 'appletree'], [5, 4, 'appletree'], [7, 2, 'crate'], [8, 3, 'appletree'],
      [10, 6, 'crate'], [3, 6, 'stone'], [7, 6, 'crate'], [10, 0, 'stone'], [6, 0, 'crate'],
    ],
  }),
  createMap({
    id: 'moonlit', coins: 480, toughness: 0.76, growth: 0.11, curve: 0.0085, crowd: 1, boss: 'badger', feature: 'glowshroom', night: true,
    themes: [['speed', 2], ['swarm', 2], ['dust', 3], ['armour', 4], ['split', 5], ['heal', 6], ['air', 7], ['spikes', 8], ['nurse', 9]],
    corners: [
      [[0, 1], [4, 1], [4, 3], [1, 3], [1, 5], [5, 5]],
      [[10, 1], [6, 1], [6, 3], [9, 3], [9, 5], [5, 5]],
    ],
    obstacles: [
      [5, 0, 'stone'], [2, 2, 'glowshroom'], [8, 2, 'glowshroom'], [5, 3, 'glowshroom'], [0, 4, 'stump'], [10, 4, 'stump'],
      [2, 6, 'stone'], [8, 6, 'stone'], [3, 4, 'crate'], [7, 4, 'crate'], [0, 6, 'crate'], [10, 6, 'crate'],
    ],
  }),
  createMap({
    id: 'pond', coins: 340, toughness: 1.2, growth: 0.14, curve: 0.016, crowd: 1.2, boss: 'goose', feature: 'spring',
    themes: [['dust', 2], ['speed', 2], ['armour', 3], ['swarm', 4], ['dig', 5], ['nurse', 6], ['air', 7], ['split', 8], ['spikes', 9], ['heal', 10]],
    corners: [[[0, 3], [3, 3], [3, 1], [7, 1], [7, 3], [5, 3], [5, 5], [9, 5], [9, 2]]],
    obstacles: [
      [5, 2, 'spring'], [4, 2, 'reed'], [6, 2, 'reed'], [7, 4, 'spring'], [6, 4, 'reed'], [8, 4, 'reed'], [1, 5, 'water'], [2, 5, 'water'],
      [1, 6, 'water'], [2, 6, 'water'], [0, 0, 'water'], [1, 0, 'water'], [9, 0, 'water'], [10, 0, 'water'], [2, 2, 'crate'], [4, 6, 'crate'],
      [10, 4, 'stump'], [8, 0, 'crate'],
    ],
  }),
  createMap({
    id: 'ridge', coins: 360, toughness: 1.22, growth: 0.14, curve: 0.0165, crowd: 1.2, boss: 'ram', feature: 'boulder',
    themes: [['armour', 2], ['swarm', 2], ['speed', 3], ['dig', 4], ['air', 5], ['spikes', 6], ['split', 7], ['dust', 8], ['nurse', 9], ['heal', 10]],
    corners: [[[0, 5], [2, 5], [2, 1], [5, 1], [5, 5], [8, 5], [8, 1], [10, 1]]],
    obstacles: [
      [3, 3, 'boulder'], [4, 4, 'boulder'], [4, 2, 'boulder'], [6, 3, 'boulder'], [7, 2, 'boulder'], [1, 3, 'boulder'], [9, 3, 'boulder'],
      [7, 4, 'boulder'], [0, 0, 'stone'], [3, 6, 'crate'], [10, 6, 'crate'], [6, 0, 'crate'], [0, 2, 'stump'], [6, 6, 'crate'],
    ],
  }),
  createMap({
    id: 'frost', coins: 500, toughness: 0.93, growth: 0.135, curve: 0.014, crowd: 1.16, boss: 'bear', feature: 'molehill',
    themes: [['speed', 2], ['dig', 2], ['dust', 3], ['split', 4], ['spikes', 5], ['swarm', 6], ['heal', 7], ['air', 8], ['nurse', 9], ['armour', 10]],
    corners: [
      [[0, 1], [4, 1], [4, 3], [7, 3], [7, 1], [9, 1], [9, 4]],
      [[10, 6], [2, 6], [2, 4], [9, 4]],
    ],
    obstacles: [
      [5, 2, 'molehill'], [3, 5, 'molehill'], [8, 2, 'molehill'], [0, 3, 'stump'], [0, 5, 'crate'], [6, 0, 'crate'], [10, 2, 'stone'],
      [2, 0, 'crate'], [6, 5, 'crate'], [10, 0, 'stump'],
    ],
  }),
];

/** The map of that id; undefined for an unknown one. */
export function findMap(id) {
  return MAPS.find((map) => map.id === id);
}
