// A sensible scripted player wins every level in both editions; nobody at the beds loses every one of them.
// GARDEN_TABLE=1 prints how each level went, which is how the balance was found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CELLS, LANES } from '../../games/garden-defense/rules/data.js';
import { LEVELS, plantsFor, slotsFor } from '../../games/garden-defense/rules/levels.js';
import { plantIn } from '../../games/garden-defense/rules/beds.js';
import { barrelsLeft, collect, createGame, setPlant, step, whyNot } from '../../games/garden-defense/rules/game.js';
import { createRandom } from '../../games/garden-defense/rules/random.js';

const wanted = ['dewcup', 'rosehip', 'hedge', 'touchmenot', 'thistle', 'lupin', 'trumpet', 'honeysuckle', 'nettle', 'chamomile'];
const power = { rosehip: 1, honeysuckle: 0.9, thistle: 1.3, lupin: 1.2, nettle: 0.8 };

const picksFor = (level, edition) => {
  const known = plantsFor(level, edition);
  return wanted.filter((id) => known.includes(id)).slice(0, slotsFor(level, edition));
};

const lanes = [...Array(LANES).keys()];
const inLane = (game, lane) => game.invaders.filter((invader) => invader.lane === lane && invader.x < 9.5);
const toughness = (invaders) => invaders.reduce((sum, { health, armour }) => sum + health + armour, 0);
const powerOf = (game, lane) => game.cells.reduce((sum, plant) => sum + (plant?.lane === lane ? power[plant.kind] ?? 0 : 0), 0);
const count = (game, kind) => game.cells.filter((plant) => plant?.kind === kind).length;

function bare(game, lane, from, to) {
  for (let cell = from; cell <= to; cell++) if (!plantIn(game, lane, cell)) return cell;
  return -1;
}

/** Throws a touch-me-not at a crowd, or blows the trumpet in a lane that is nearly lost. */
function emergency(game) {
  for (const lane of lanes) {
    const near = inLane(game, lane).filter(({ x }) => x < 3.2);
    if (toughness(near) > 150 && !whyNot(game, 'trumpet')) {
      const cell = bare(game, lane, 0, CELLS - 1);
      if (cell >= 0) return setPlant(game, 'trumpet', lane, cell) === null;
    }
  }
  if (whyNot(game, 'touchmenot')) return false;
  let best = null;
  for (const lane of lanes) {
    for (let cell = 0; cell < CELLS; cell++) {
      if (plantIn(game, lane, cell)) continue;
      const hit = game.invaders.filter((one) => Math.abs(one.lane - lane) <= 1 && Math.abs(one.x - cell - 0.5) <= 1.3);
      const worth = toughness(hit) + (hit.some(({ x }) => x < 2.5) ? 500 : 0);
      if (worth > (best?.worth ?? 750)) best = { lane, cell, worth };
    }
  }
  return best !== null && setPlant(game, 'touchmenot', best.lane, best.cell) === null;
}

/** The best thing that shoots and can be had now. */
function shooter(game, lane) {
  const order = ['lupin', 'thistle', 'honeysuckle', 'rosehip', 'nettle'];
  if (lane === 0 || lane === LANES - 1) order.push(order.shift());
  return order.find((id) => !whyNot(game, id) && !(id === 'honeysuckle' && count(game, id) >= 5));
}

/** One decision: at most one thing is planted. */
function decide(game) {
  for (const drop of game.drops.filter(({ age }) => age > 1.2)) collect(game, drop.id);
  if (emergency(game)) return;
  const pressed = lanes.map((lane) => ({ lane, threat: toughness(inLane(game, lane)) * (game.barrels[lane].state === 'ready' ? 1 : 2), force: powerOf(game, lane) }))
    .sort((a, b) => b.threat / (b.force + 0.3) - a.threat / (a.force + 0.3) || a.force - b.force);
  const [first] = pressed;
  const place = (id, lane, from, to) => {
    const cell = id && !whyNot(game, id) ? bare(game, lane, from, to) : -1;
    return cell >= 0 && setPlant(game, id, lane, cell) === null;
  };
  if (first.threat / (first.force + 0.001) > 260 && place(shooter(game, first.lane), first.lane, 1, 5)) return;
  if (!game.rules.free && count(game, 'dewcup') < (game.time < 25 ? 3 : game.time < 60 ? 5 : 8)) {
    const quiet = lanes.filter((lane) => !inLane(game, lane).some(({ x }) => x < 3.5));
    if (quiet.some((lane) => place('dewcup', lane, 0, 0)) || quiet.some((lane) => place('dewcup', lane, 1, 1))) return;
  }
  for (const { lane, threat, force } of pressed) {
    if (threat > 150 && force && !plantIn(game, lane, 6) && place('hedge', lane, 6, 6)) return;
  }
  const weakest = [...pressed].sort((a, b) => a.force - b.force)[0];
  if (!game.rules.free && weakest.force >= 1 && game.dew < 200 && game.level > 1) return;
  place(shooter(game, weakest.lane), weakest.lane, game.rules.free ? 0 : 1, 5);
}

/** Plays a level to its end: the script decides twice a second, about as often as a person can. */
function play(level, edition, seed, decisions = decide) {
  const game = createGame({ level, edition, picks: picksFor(level, edition), random: createRandom(seed) });
  for (let i = 0; i < 30 * 420 && game.status === 'play'; i++) {
    if (i % 15 === 0) decisions(game);
    step(game);
    game.events.length = 0;
  }
  return game;
}

for (const edition of ['standard', 'unlimited']) {
  for (let level = 1; level <= LEVELS.length; level++) {
    test(`${edition}, level ${level}: won by sensible play, lost by none`, () => {
      const seeds = process.env.GARDEN_TABLE ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [2, 3];
      const games = seeds.map((seed) => play(level, edition, seed));
      const idle = play(level, edition, 1, () => {});
      if (process.env.GARDEN_TABLE) {
        console.log(edition, level, games.map((g) => `${g.status}@${Math.round(g.time)}b${barrelsLeft(g)}d${g.dew}/${g.defeated}`).join(' '), 'idle', idle.status, Math.round(idle.time));
      }
      for (const game of games) assert.equal(game.status, 'won');
      assert.equal(idle.status, 'lost');
    });
  }
}
