/**
 * Turns corner cells into a path that can be measured.
 * @param {number[][]} corners `[column, row]` of the entrance, each bend and the carrot; neighbours share a row or a column
 * @returns {{corners: number[][], starts: number[], length: number}} `starts[i]` is the distance at which corner i lies
 */
export function createPath(corners) {
  const starts = [0];
  for (let i = 1; i < corners.length; i++) {
    const [ax, ay] = corners[i - 1];
    const [bx, by] = corners[i];
    starts.push(starts[i - 1] + Math.abs(ax - bx) + Math.abs(ay - by));
  }
  return { corners, starts, length: starts[starts.length - 1] };
}

/**
 * Writes the point at a distance from the entrance into `out.x` and `out.y` (cell centres are whole numbers).
 * Distances beyond either end give that end.
 */
export function placeOnPath(path, distance, out) {
  const { corners, starts } = path;
  const d = Math.max(0, Math.min(distance, path.length));
  let i = 1;
  while (i < starts.length - 1 && starts[i] < d) i++;
  const [ax, ay] = corners[i - 1];
  const [bx, by] = corners[i];
  const part = (d - starts[i - 1]) / (starts[i] - starts[i - 1]);
  out.x = ax + (bx - ax) * part;
  out.y = ay + (by - ay) * part;
  return out;
}

/** All cells a path runs over, in order, as `[column, row]`. */
export function pathCells(path) {
  const cells = [];
  const spot = { x: 0, y: 0 };
  for (let d = 0; d <= path.length; d++) {
    placeOnPath(path, d, spot);
    cells.push([Math.round(spot.x), Math.round(spot.y)]);
  }
  return cells;
}
