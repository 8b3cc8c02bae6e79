// The gardens: terrain and weather that change the rules.

/**
 * `night`: no dew falls. `water`: lanes that are ponds, where only lily pads carry plants. `rain`: more dew, plants mend,
 * nectar washes off. `wind`: gusts, in which shots fall short. `stones`: cells where nothing grows, as [lane, cell].
 */
export const GARDENS = {
  day: {},
  night: { night: true },
  pond: { water: [2] },
  rain: { rain: true },
  wind: { wind: true },
  yard: { stones: [[0, 1], [0, 4], [1, 2], [1, 5], [2, 0], [2, 3], [3, 2], [3, 5], [4, 1], [4, 4]] },
  lake: { water: [1, 3], night: true },
  storm: { rain: true, wind: true },
  attic: { night: true, wind: true, stones: [[0, 3], [2, 4], [4, 3]] },
};

/** The gardens of the unlimited edition. All are open from the start. */
export const OPEN_GARDENS = ['day', 'night', 'pond', 'rain', 'wind', 'yard', 'storm'];
