// Requests and bytes of the last hour, as rates over time.
import { count, draw, find, make, rate, say, size } from './dom.js';

const HOUR = 3_600_000;
const [WIDTH, HEIGHT] = [600, 100];

/** A step longer than this means that the machine slept. */
const GAP = 30_000;

/** Draws both plots. */
export function showHistory({ samples }) {
  find('#traffic .plots').replaceChildren(
    plot(samples, 'requests', say('requests'), count, rate),
    plot(samples, 'bytes', say('bytes'), size, size));
}

function plot(samples, name, title, amount, perSecond) {
  const end = samples.at(-1)?.time ?? 0;
  const points = [];
  let all = 0;
  for (let at = 1; at < samples.length; at += 1) {
    const { time } = samples[at];
    const step = time - samples[at - 1].time;
    if (end - time > HOUR || step <= 0) continue;
    all += samples[at][name];
    points.push({ x: WIDTH * (1 - (end - time) / HOUR), rate: samples[at][name] / (step / 1000), isAfterGap: step > GAP });
  }
  const peak = Math.max(...points.map((point) => point.rate), 0);
  const y = (value) => HEIGHT - (peak ? (value / peak) * (HEIGHT - 6) : 0) - 1;
  const runs = [];
  for (const point of points) {
    if (point.isAfterGap || runs.length === 0) runs.push([]);
    runs.at(-1).push(`${point.x.toFixed(1)} ${y(point.rate).toFixed(1)}`);
  }
  const line = runs.map((run) => `M${run.join('L')}`).join('');
  const area = runs.map((run) => `M${run[0].split(' ')[0]} ${HEIGHT}L${run.join('L')}L${run.at(-1).split(' ')[0]} ${HEIGHT}Z`).join('');
  const summary = say('in_an_hour', { n: amount(all), peak: perSecond(peak) });
  const last = points.at(-1)?.rate ?? 0;
  return make('figure', {},
    make('figcaption', {},
      make('span', { className: 'name' }, title),
      make('strong', {}, say('per_second', { n: perSecond(last) })),
      make('span', { className: 'detail' }, summary)),
    draw('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${title}: ${summary}` },
      ...[0.25, 0.5, 0.75].map((part) => draw('path', { class: 'grid', d: `M${WIDTH * part} 0V${HEIGHT}` })),
      draw('path', { class: 'ground', d: `M0 ${HEIGHT - 0.5}H${WIDTH}` }),
      draw('path', { class: 'area', d: area }),
      draw('path', { class: 'line', d: line })),
    make('p', { className: 'axis', ariaHidden: 'true' }, make('span', {}, say('hour_ago')), make('span', {}, say('now'))));
}
