// Simulated games hold the balance: a reasonable mixed strategy wins most games of each level, a strategy of one plant does not.
// GARDEN_TABLE=1 prints the full table over 50 seeds (about two minutes), GARDEN_TABLE=8,14 that of two levels; GARDEN_SEED=1001 takes other seeds; GARDEN_TUNE=1 looks for the pressures in rules/levels.js.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantIn } from '../../games/garden-defense/rules/beds.js';
import { specFor } from '../../games/garden-defense/rules/daily.js';
import { CELLS, LANES, PLANTS } from '../../games/garden-defense/rules/data.js';
import { barrelsLeft, collect, createGame, digUp, priceOf, setPlant, step, tap, whyNot } from '../../games/garden-defense/rules/game.js';
import { LEVELS, MINIS, plantsFor, slotsFor } from '../../games/garden-defense/rules/levels.js';
import { unfit } from '../../games/garden-defense/rules/plants.js';
import { createRandom } from '../../games/garden-defense/rules/random.js';

const lanes = [...Array(LANES).keys()];
const shooters = ['rosehip', 'honeysuckle', 'thistle', 'lupin'];
const power = { rosehip: 1, honeysuckle: 0.9, thistle: 1.5, lupin: 1.4, nettle: 1, sundew: 1.2 };

const inLane = (game, lane) => game.invaders.filter((invader) => invader.lane === lane && invader.x < 9.5);
const toughness = (invaders) => invaders.reduce((sum, { health, armour }) => sum + health + armour * 1.6, 0);
const powerOf = (game, lane) => game.cells.reduce((sum, plant) => sum + (plant?.lane === lane ? power[plant.kind] ?? 0 : 0), 0);
const count = (game, kind) => game.cells.filter((plant) => plant?.kind === kind).length;
const can = (game, id) => !whyNot(game, id);

/** The first cell from `from` to `to` where a plant can grow; a lily pad is laid on water first. */
function spot(game, id, lane, from, to) {
  for (let cell = from; cell <= to; cell++) {
    const reason = unfit(game, id, lane, cell);
    if (!reason) return cell;
    if (reason === 'water' && can(game, 'lily') && setPlant(game, 'lily', lane, cell) === null && !unfit(game, id, lane, cell)) return can(game, id) ? cell : -1;
  }
  return -1;
}

function put(game, id, lane, from, to) {
  if (!id || !can(game, id)) return false;
  const cell = spot(game, id, lane, from, to);
  return cell >= 0 && setPlant(game, id, lane, cell) === null;
}

/** Throws something explosive at a crowd, or into a lane that is nearly lost. */
function emergency(game) {
  for (const lane of lanes) {
    const near = inLane(game, lane).filter(({ x }) => x < 3.5);
    if (toughness(near) > 250 && put(game, 'trumpet', lane, 0, CELLS - 1)) return true;
    if (toughness(near) > 250 && put(game, 'dandelion', lane, Math.max(0, Math.floor(near[0].x)), CELLS - 1)) return true;
  }
  if (!can(game, 'touchmenot')) return false;
  let best = null;
  for (const lane of lanes) {
    for (let cell = 0; cell < CELLS; cell++) {
      if (unfit(game, 'touchmenot', lane, cell)) continue;
      const hit = game.invaders.filter((one) => Math.abs(one.lane - lane) <= 1 && Math.abs(one.x - cell - 0.5) <= 1.3);
      const worth = toughness(hit) + (hit.some(({ x }) => x < 2.5) ? 400 : 0);
      if (worth > (best?.worth ?? 620)) best = { lane, cell, worth };
    }
  }
  return best !== null && setPlant(game, 'touchmenot', best.lane, best.cell) === null;
}

/** What fights best in this lane now. */
function fighter(game, lane) {
  const armoured = game.invaders.some((one) => one.lane === lane && one.armour > 150);
  const order = armoured ? ['thistle', 'sundew', 'nettle', 'lupin', 'rosehip'] : ['lupin', 'honeysuckle', 'rosehip', 'nettle', 'thistle', 'sundew'];
  if (!armoured && (lane === 0 || lane === LANES - 1)) order.push(order.shift());
  const wanted = order.filter((id) => can(game, id) && !(['honeysuckle', 'nettle'].includes(id) && count(game, id) >= 4));
  // What has not become dearer comes first.
  return wanted.find((id) => game.rules.free || priceOf(game, id) === PLANTS[id].cost) ?? wanted[0];
}

/** One decision of a reasonable player: at most one thing is planted. */
function decide(game) {
  const reach = ({ sundew: [4, 6], nettle: [4, 6] });
  const fight = (lane) => {
    const id = fighter(game, lane);
    return id && put(game, id, lane, ...(reach[id] ?? [1, 5]));
  };
  const free = game.rules.free || game.spec.special === 'cart';
  for (const drop of game.drops.filter(({ age }) => age > 1.5)) collect(game, drop.id);
  if (emergency(game)) return;
  const ranked = lanes.map((lane) => ({ lane, threat: toughness(inLane(game, lane)) * (game.barrels[lane].state === 'ready' ? 1 : 2), force: powerOf(game, lane) }))
    .sort((a, b) => b.threat / (b.force + 0.3) - a.threat / (a.force + 0.3) || a.force - b.force);
  const [first] = ranked;
  if (first.threat / (first.force + 0.001) > 240 && fight(first.lane)) return;
  const grower = ['moonflower', 'dewcup'].find((id) => game.picks.includes(id) && (id === 'dewcup' || game.spec.garden.night));
  if (!free && grower && count(game, grower) < (game.time < 25 ? 3 : game.time < 60 ? 5 : 8)) {
    const quiet = lanes.filter((lane) => !inLane(game, lane).some(({ x }) => x < 3.5) && !game.spec.garden.water?.includes(lane));
    if (quiet.some((lane) => put(game, grower, lane, 0, 0)) || quiet.some((lane) => put(game, grower, lane, 1, 1))) return;
  }
  for (const { lane, threat, force } of ranked) {
    if (threat > 100 && force && !lanesHedge(game, lane) && put(game, 'hedge', lane, 6, 7)) return;
  }
  const weakest = [...ranked].sort((a, b) => a.force - b.force)[0];
  if (!free && weakest.force >= 1 && game.dew < 150 && game.level > 1) return;
  if (weakest.force >= 2 && count(game, 'chamomile') < 2 && put(game, 'chamomile', 1 + 2 * count(game, 'chamomile'), 4, 5)) return;
  if (weakest.force >= 2 && count(game, 'fern') < 2 && put(game, 'fern', 1 + 2 * count(game, 'fern'), 2, 4)) return;
  if (free && game.rules.tires) refresh(game);
  fight(weakest.lane);
}
const lanesHedge = (game, lane) => [6, 7].some((cell) => plantIn(game, lane, cell)?.kind === 'hedge');

/** Where plants tire: digs up a spent one whose seeds are ready. */
function refresh(game) {
  const spent = game.cells.find((plant) => plant && plant.vigour < 0.45 && shooters.includes(plant.kind) && game.recharge[plant.kind] === 0);
  if (spent) {
    digUp(game, spent.lane, spent.cell);
    setPlant(game, spent.kind, spent.lane, spent.cell);
  }
}

/** Hands only: the toy that is furthest on is tapped. */
function tapNearest(game) {
  const near = game.invaders.filter(({ x, health }) => health > 0 && x < CELLS).sort((a, b) => a.x - b.x)[0];
  if (near) tap(game, near.lane, Math.max(0, Math.min(CELLS - 1, Math.floor(near.x))));
}

const wanted = ['rosehip', 'hedge', 'touchmenot', 'thistle', 'lupin', 'nettle', 'trumpet', 'sundew', 'chamomile', 'honeysuckle', 'fern', 'dandelion'];
function picksFor(spec, edition) {
  const known = plantsFor(spec.level || LEVELS.length, edition);
  const first = edition === 'unlimited' ? [] : [spec.garden.night && known.includes('moonflower') ? 'moonflower' : 'dewcup'];
  const order = [...first, ...(spec.garden.water ? ['lily'] : []), ...wanted];
  return order.filter((id) => known.includes(id)).slice(0, slotsFor(spec, known));
}

/** Plays to the end. The script decides every `pause` steps, and one time in eight it dozes, as people do. */
function play(id, { edition = 'standard', seed, picks, decisions = decide, pause = 18, press, limit = 900 }) {
  const spec = specFor(id, edition);
  const game = createGame({ id, edition, picks: picks ?? spec.picks ?? picksFor(spec, edition), seed, press });
  const doze = createRandom(seed + 99);
  for (let i = 0; i < 30 * limit && game.status === 'play'; i++) {
    if (i % pause === 0 && doze() > 0.125) decisions(game);
    step(game);
    game.events.length = 0;
  }
  return game;
}

const wins = (games) => games.filter(({ status }) => status === 'won').length;
const firstSeed = Number(process.env.GARDEN_SEED ?? 1);
const seeds = (n) => Array.from({ length: n }, (_, i) => firstSeed + i);
const share = (game) => game.bare / game.tick;

/** A single kind of plant, and what it cannot do without: dew, and pads on water. */
function one(kind, spec) {
  const support = [spec.garden.night ? 'moonflower' : 'dewcup', ...(spec.garden.water ? ['lily'] : []), kind];
  const decisions = (game) => {
    for (const drop of game.drops.filter(({ age }) => age > 1.5)) collect(game, drop.id);
    const ranked = lanes.map((lane) => ({ lane, threat: toughness(inLane(game, lane)), has: game.cells.filter((plant) => plant?.lane === lane && plant.kind === kind).length }))
      .sort((a, b) => (b.threat + 1) / (b.has + 0.2) - (a.threat + 1) / (a.has + 0.2));
    if (ranked[0].threat && !ranked[0].has && put(game, kind, ranked[0].lane, 1, 6)) return;
    const [grower] = support;
    if (grower !== kind && count(game, grower) < (game.time < 25 ? 3 : game.time < 60 ? 5 : 7)) {
      const quiet = lanes.filter((lane) => !inLane(game, lane).some(({ x }) => x < 3.5) && !game.spec.garden.water?.includes(lane));
      if (quiet.some((lane) => put(game, grower, lane, 0, 0)) || quiet.some((lane) => put(game, grower, lane, 1, 1))) return;
    }
    if (PLANTS[kind].fuse) {
      if (ranked[0].threat > 300) put(game, kind, ranked[0].lane, Math.max(0, Math.min(7, Math.floor(Math.min(...inLane(game, ranked[0].lane).map(({ x }) => x))))), CELLS - 1);
      return;
    }
    for (const { lane } of ranked) if (put(game, kind, lane, 1, 7)) return;
  };
  return { picks: [...new Set(support)], decisions };
}

const attackers = (level) => plantsFor(level).filter((id) => !['grow', 'float', 'mend', 'feed'].includes(PLANTS[id].job));

if (process.env.GARDEN_TUNE) {
  const target = (level) => 0.86 - 0.012 * level;
  const from = Number(process.env.GARDEN_TUNE) || 1;
  const found = [];
  for (let level = from; level <= Number(process.env.GARDEN_TO ?? LEVELS.length); level++) {
    let [low, high] = [0.7, 3.1];
    for (let i = 0; i < 6; i++) {
      const press = (low + high) / 2;
      const games = seeds(36).map((seed) => play(`level-${level}`, { seed, press }));
      if (wins(games) / 36 > target(level)) low = press;
      else high = press;
    }
    const press = Number(((low + high) / 2).toFixed(2));
    const games = seeds(50).map((seed) => play(`level-${level}`, { seed, press }));
    const mono = attackers(level).map((kind) => [kind, wins(seeds(8).map((seed) => play(`level-${level}`, { seed, press, ...one(kind, specFor(`level-${level}`, 'standard')) })))]);
    found.push(press);
    console.log(level, press, `${wins(games) * 2}%`, `bare ${Math.max(...games.map(share)).toFixed(2)}`, `${Math.round(games.reduce((a, g) => a + g.time, 0) / 50)}s`,
      mono.filter(([, n]) => n).map(([kind, n]) => `${kind} ${n}/8`).join(' '));
  }
  console.log(found.join(', '));
}

// The full table: 50 seeds of the mixed strategy and 10 of each single plant.
if (process.env.GARDEN_TABLE) {
  for (const level of (process.env.GARDEN_TABLE === '1' ? LEVELS.map((_, i) => i + 1) : process.env.GARDEN_TABLE.split(',').map(Number))) {
    const id = `level-${level}`;
    const games = seeds(50).map((seed) => play(id, { seed }));
    const single = attackers(level).map((kind) => [kind, wins(seeds(10).map((seed) => play(id, { seed, ...one(kind, specFor(id, 'standard')) })))]);
    const kept = games.filter(({ status }) => status === 'won').reduce((sum, game) => sum + barrelsLeft(game), 0) / Math.max(1, wins(games));
    console.log([level, LEVELS[level - 1].garden, `${wins(games) * 2}%`, `bare ${Math.round(100 * Math.max(...games.map(share)))}%`, `${Math.round(games.reduce((a, g) => a + g.time, 0) / 50)} s`, `barrels ${kept.toFixed(1)}`,
      single.filter(([, n]) => n).map(([kind, n]) => `${kind} ${n}/10`).join(' ') || '-'].join(' | '));
  }
}

const rates = {};
for (let level = 1; level <= LEVELS.length; level++) {
  test(`level ${level}: won by a mixed strategy, mostly; never empty for long; lost by nobody at the beds`, () => {
    const id = `level-${level}`;
    const games = seeds(14).map((seed) => play(id, { seed }));
    rates[level] = wins(games) / 14;
    // Fourteen seeds stray further from the true share than fifty; the share over fifty is 60 to 90 %. The first level teaches, and is easier.
    if (level > 1) assert.ok(rates[level] >= 0.5 && rates[level] <= 0.95, `won ${rates[level] * 100} %`);
    else assert.ok(rates[level] >= 0.9);
    for (const game of games) assert.ok(share(game) < 0.2, `empty for ${Math.round(share(game) * 100)} %`);
    assert.equal(play(id, { seed: 1, decisions: () => {} }).status, 'lost');
  });
}

test('difficulty rises without a cliff', () => {
  const mean = (from, to) => { let sum = 0; for (let level = from; level <= to; level++) sum += rates[level]; return sum / (to - from + 1); };
  const thirds = [mean(1, 6), mean(7, 13), mean(14, 20)];
  // A third of a hundred games strays by some hundredths; over fifty seeds they are 0.84, 0.74 and 0.69.
  assert.ok(thirds[0] > thirds[1] && thirds[1] > thirds[2] - 0.06, `${thirds}`);
  // Two levels against the next two: with so few seeds a single level strays by a tenth and more.
  for (let level = 2; level + 3 <= LEVELS.length; level++) {
    assert.ok(Math.abs(mean(level, level + 1) - mean(level + 2, level + 3)) <= 0.25, `around level ${level + 1}`);
  }
});

test('one kind of plant loses from level 3 on', () => {
  for (let level = 3; level <= LEVELS.length; level++) {
    const id = `level-${level}`;
    for (const kind of attackers(level)) {
      const won = wins(seeds(3).map((seed) => play(id, { seed, ...one(kind, specFor(id, 'standard')) })));
      assert.equal(won, 0, `level ${level}, ${kind}: ${won} of 3`);
    }
  }
});

test('mini-games: won with care, lost by nobody at the beds', () => {
  const won = {};
  for (const name of Object.keys(MINIS)) {
    const id = `mini-${name}`;
    const games = seeds(12).map((seed) => play(id, { seed, ...(name === 'hands' ? { decisions: tapNearest, pause: 16 } : {}) }));
    won[name] = wins(games);
    for (const game of games) assert.ok(share(game) < 0.2, `${id}: empty for ${share(game)}`);
    assert.equal(play(id, { seed: 1, decisions: () => {} }).status, 'lost');
  }
  assert.ok(Object.values(won).every((n) => n >= 4 && n <= 11), JSON.stringify(won));
});

test('endless gardens and daily challenges last a while, and a mix of plants goes further than one kind', () => {
  const far = (games) => games.reduce((sum, { wave }) => sum + wave, 0) / games.length;
  for (const [id, edition] of [['endless', 'standard'], ...['day', 'night', 'pond', 'rain', 'wind', 'yard', 'storm'].map((garden) => [`garden-${garden}`, 'unlimited']), ['daily-2026-11-26', 'standard'], ['daily-2026-11-26', 'unlimited']]) {
    const spec = specFor(id, edition);
    const games = seeds(2).map((seed) => play(id, { edition, seed }));
    const single = seeds(2).map((seed) => play(id, { edition, seed, picks: [...(spec.garden.water ? ['lily'] : []), ...(edition === 'standard' ? ['dewcup'] : []), 'rosehip'], decisions: one('rosehip', spec).decisions }));
    const points = (list) => list.reduce((sum, { score }) => sum + score, 0) / list.length;
    if (process.env.GARDEN_TABLE) console.log(id, edition, 'waves', games.map(({ wave }) => wave).join(' '), `points ${Math.round(points(games))}`, `${Math.round(games.reduce((a, g) => a + g.time, 0) / games.length)} s`, '| rosehip only', far(single), Math.round(points(single)));
    assert.ok(games.every(({ status }) => status === 'lost'), `${id} ends`);
    assert.ok(far(games) >= 8 && far(games) <= 40, `${id}: ${far(games)} waves`);
    if (!spec.picks) assert.ok(points(games) > points(single) * 1.2, `${id}: ${points(games)} against ${points(single)} points`);
  }
});
