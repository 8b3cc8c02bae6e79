// The rules of Garden Defense, worked out by hand from the numbers in rules/data.js: the first plants and toys, dew.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letDrop, letIn, plantIn } from '../../games/garden-defense/rules/beds.js';
import { DROP, INVADERS, PLANT_ORDER, PLANTS, SHOTS, STEP } from '../../games/garden-defense/rules/data.js';
import { barrelsLeft, collect, createGame, digUp, setPlant, step, whyNot } from '../../games/garden-defense/rules/game.js';
import { createRandom, shuffle } from '../../games/garden-defense/rules/random.js';
import { gnaw, strike } from '../../games/garden-defense/rules/strike.js';

/** A game in which nothing comes by itself and dew is no trouble. */
function quiet({ id = 'level-1', edition = 'standard', dew = 10000, picks = PLANT_ORDER, perks = [] } = {}) {
  const game = createGame({ id, edition, picks, seed: 1, perks });
  game.queue = [{ at: 1e6, kind: 'ant', lane: 0, wave: 1, flag: false }];
  game.dew = dew;
  game.nextDrop = 1e6;
  return game;
}
const put = (game, kind, lane, cell) => {
  game.recharge[kind] = 0;
  assert.equal(setPlant(game, kind, lane, cell), null);
  return plantIn(game, lane, cell);
};
const run = (game, seconds) => {
  for (let i = 0; i < Math.round(seconds / STEP); i++) step(game);
};
const runUntil = (game, done, seconds = 120) => {
  for (let i = 0; i < seconds / STEP && !done(); i++) step(game);
  assert.ok(done(), `not within ${seconds} s`);
};
const heard = (game, type) => game.events.filter((event) => event.type === type);
const near = (actual, expected, by, what) => assert.ok(Math.abs(actual - expected) <= by, `${what}: ${actual}, expected about ${expected}`);

test('random numbers repeat by seed and stay in range', () => {
  const [a, b, c] = [createRandom(5), createRandom(5), createRandom(6)];
  const list = Array.from({ length: 50 }, () => a());
  assert.deepEqual(list, Array.from({ length: 50 }, () => b()));
  assert.notDeepEqual(list, Array.from({ length: 50 }, () => c()));
  assert.ok(list.every((n) => n >= 0 && n < 1));
  assert.deepEqual(shuffle(createRandom(1), [1, 2, 3, 4]).sort(), [1, 2, 3, 4]);
});

test('invaders walk at their speed', () => {
  for (const [kind, seconds, cells] of [['ant', 10, 2], ['mouse', 10, 4.2], ['kettle', 10, 1.7], ['moth', 10, 2.2], ['snail', 10, 1.4], ['mainspring', 8, 0.6], ['duck', 10, 2.1], ['top', 10, 3.4], ['carousel', 8, 0.528]]) {
    const game = quiet();
    const invader = letIn(game, kind, 2);
    run(game, seconds);
    near(9.6 - invader.x, cells, 0.02, kind);
  }
});

test('a rosehip does 20 damage a hit: an ant takes nine', () => {
  const game = quiet();
  put(game, 'rosehip', 2, 0);
  letIn(game, 'ant', 2, { x: 8 });
  runUntil(game, () => game.defeated === 1);
  assert.equal(heard(game, 'hit').length, 9);
  // The first after about 0.5 s and the flight, then one each 1.4 s: eight more.
  near(game.time, 0.5 + 8 * 1.4 + 1, 0.6, 'time');
});

test('a shooter holds its fire for other lanes, behind it, and beyond the beds', () => {
  for (const [lane, x, fires] of [[2, 8, true], [1, 8, false], [3, 8, false], [2, 1, false], [2, 9.5, false]]) {
    const game = quiet();
    put(game, 'rosehip', 2, 3);
    letIn(game, 'ant', lane, { x });
    run(game, 0.6);
    assert.equal(heard(game, 'shot').length > 0, fires, `lane ${lane}, x ${x}`);
  }
});

test('nectar halves the pace for four seconds', () => {
  const game = quiet();
  const ant = letIn(game, 'ant', 2, { x: 8 });
  ant.slow = 4;
  run(game, 4);
  near(8 - ant.x, 0.4, 0.02, 'slowed');
  run(game, 4);
  near(8 - ant.x, 1.2, 0.03, 'then not');
  put(game, 'honeysuckle', 2, 0);
  runUntil(game, () => ant.slow > 3.9);
});

test('armour comes off first, less the plate; what is left of the blow goes through', () => {
  for (const [kind, damage, piercing, armour, health] of [
    ['thimble', 20, false, 291, 180], ['thimble', 111, false, 200, 180], ['thimble', 311, false, 0, 180], ['thimble', 2000, false, 0, 0], ['thimble', 50, true, 300, 130],
    ['kettle', 8, false, 636, 220], ['ant', 20, false, 0, 160],
  ]) {
    const game = quiet();
    const beetle = letIn(game, kind, 0);
    strike(game, beetle, damage, piercing);
    assert.deepEqual([beetle.armour, Math.max(0, beetle.health)], [armour, health], `${kind} ${damage} ${piercing}`);
    assert.equal(heard(game, 'shell').length, beetle.shell && !armour ? 1 : 0);
  }
});

test('a needle goes through everything in its lane, once each', () => {
  const game = quiet();
  put(game, 'thistle', 1, 0);
  const row = [3, 5, 7].map((x) => letIn(game, 'thimble', 1, { x }));
  run(game, 1.8);
  assert.deepEqual(row.map(({ health }) => health), [158, 158, 158]);
  assert.deepEqual(row.map(({ armour }) => armour), [300, 300, 300]);
});

test('a lupin shoots down its own lane and both neighbours', () => {
  const game = quiet();
  put(game, 'lupin', 2, 0);
  const row = [0, 1, 2, 3, 4].map((lane) => letIn(game, 'ant', lane, { x: 6 }));
  run(game, 1.8);
  assert.deepEqual(row.map(({ health }) => health), [180, 160, 160, 160, 180]);
});

test('a frog hops over one plant and bites the second', () => {
  const game = quiet();
  const plants = [put(game, 'hedge', 2, 5), put(game, 'hedge', 2, 3)];
  const frog = letIn(game, 'frog', 2, { x: 7 });
  runUntil(game, () => frog.state === 'hop');
  runUntil(game, () => frog.state === 'walk');
  near(frog.x, 4.75, 0.02, 'lands behind');
  assert.equal(plants[0].health, 2600);
  run(game, 8);
  assert.ok(plants[1].health < 2600);
  near(frog.x, 4.15, 0.03, 'held up by the second');
});

test('a moth flies over plants, out of reach of nettles, and is hit by shots', () => {
  const game = quiet();
  const hedge = put(game, 'hedge', 2, 5);
  put(game, 'nettle', 2, 4);
  const moth = letIn(game, 'moth', 2, { x: 7 });
  run(game, 10);
  near(moth.x, 4.8, 0.03, 'over the hedge');
  assert.deepEqual([hedge.health, moth.health], [2600, 220]);
  put(game, 'rosehip', 2, 0);
  run(game, 1.6);
  assert.equal(moth.health, 200);
});

test('a mole passes under plants, cannot be shot there, and comes up in the middle', () => {
  const game = quiet();
  const hedge = put(game, 'hedge', 2, 6);
  put(game, 'rosehip', 2, 0);
  const mole = letIn(game, 'mole', 2, { x: 8 });
  run(game, 6);
  assert.deepEqual([mole.state, mole.health, hedge.health], ['dig', INVADERS.mole.health, 2600]);
  runUntil(game, () => mole.state === 'walk');
  near(mole.x, 4.5, 0.03, 'comes up');
  run(game, 2);
  assert.ok(mole.health < INVADERS.mole.health);
});

test('a snail stops three cells off and spits', () => {
  const game = quiet();
  const hedge = put(game, 'hedge', 2, 2);
  const snail = letIn(game, 'snail', 2, { x: 6.5 });
  run(game, 12);
  near(snail.x, 5.7, 0.05, 'keeps its distance');
  assert.ok(hedge.health < 2600 && (2600 - hedge.health) % SHOTS.oil.damage === 0);
});

test('a drummer hurries its neighbours, not itself or those far off', () => {
  const game = quiet();
  const drummer = letIn(game, 'drummer', 2, { x: 8 });
  const [close, beside, off] = [[2, 8], [3, 8], [0, 8]].map(([lane, x]) => letIn(game, 'ant', lane, { x }));
  run(game, 2);
  near(8 - drummer.x, 0.4, 0.02, 'itself');
  near(8 - close.x, 0.64, 0.02, 'same lane');
  near(8 - beside.x, 0.64, 0.02, 'next lane');
  near(8 - off.x, 0.4, 0.02, 'two lanes off');
});

test('the boss lets out small fry and tramples plants', () => {
  const game = quiet();
  const boss = letIn(game, 'mainspring', 2, { x: 6 });
  put(game, 'rosehip', 2, 5);
  run(game, 2);
  assert.equal(plantIn(game, 2, 5), null);
  run(game, 7.2);
  assert.deepEqual(game.invaders.filter((one) => one !== boss).map(({ lane }) => lane), [1, 3]);
});

test('a touch-me-not bursts after its fuse: three lanes, 1.6 cells', () => {
  const game = quiet();
  put(game, 'touchmenot', 2, 4);
  const hit = [[1, 4.5], [2, 6], [3, 3.1]].map(([lane, x]) => letIn(game, 'ant', lane, { x }));
  const missed = [[0, 4.5], [4, 4.5], [2, 7], [2, 2.5]].map(([lane, x]) => letIn(game, 'ant', lane, { x }));
  run(game, 0.7);
  assert.equal(game.defeated, 0);
  run(game, 0.2);
  assert.ok(hit.every(({ health }) => health <= 0) && missed.every(({ health }) => health === 180));
  assert.deepEqual([game.defeated, plantIn(game, 2, 4)], [3, null]);
});

test('a trumpet clears its whole lane and no other; under the ground too', () => {
  const game = quiet();
  put(game, 'trumpet', 3, 0);
  for (const [kind, x] of [['ant', 9], ['kettle', 5], ['mole', 7], ['moth', 2]]) letIn(game, kind, 3, { x });
  letIn(game, 'ant', 2, { x: 1.5 });
  run(game, 1);
  assert.deepEqual(game.invaders.map(({ lane }) => lane), [2]);
});

test('a nettle stings all that is near on the ground', () => {
  const game = quiet();
  put(game, 'nettle', 2, 4);
  const [near1, near2, far] = [5.5, 5.8, 6.6].map((x) => letIn(game, 'ant', 2, { x }));
  run(game, 0.6);
  assert.deepEqual([near1.health, near2.health, far.health], [146, 146, 180]);
});

test('a chamomile mends its neighbours up to full health', () => {
  const game = quiet();
  put(game, 'chamomile', 2, 4);
  const [hurt, nearlyWhole, far] = [[1, 3], [2, 5], [2, 6]].map(([lane, cell]) => put(game, 'hedge', lane, cell));
  gnaw(game, hurt, 1000);
  gnaw(game, nearlyWhole, 10);
  gnaw(game, far, 100);
  run(game, 2.6);
  assert.deepEqual([hurt.health, nearlyWhole.health, far.health], [1666, 2600, 2500]);
});

test('a hedge is eaten at 45 a second, and then the ant goes on', () => {
  const game = quiet();
  const hedge = put(game, 'hedge', 2, 5);
  const ant = letIn(game, 'ant', 2, { x: 6.1 });
  run(game, 10);
  near(hedge.health, 2600 - 450, 3, 'after ten seconds');
  assert.equal(ant.biting, true);
  runUntil(game, () => plantIn(game, 2, 5) === null);
  near(game.time, 2600 / 45, 0.2, 'time');
  const from = ant.x;
  run(game, 1);
  near(from - ant.x, 0.2, 0.02, 'walks on');
});

test('a barrel rolls once, takes the whole lane along, and then the lane is open', () => {
  const game = quiet();
  for (const x of [-0.3, 4, 8]) letIn(game, 'kettle', 2, { x });
  const other = letIn(game, 'ant', 3, { x: 4 });
  assert.equal(barrelsLeft(game), 5);
  run(game, 3);
  assert.deepEqual([game.defeated, game.invaders.length, barrelsLeft(game), game.barrels[2].state], [3, 1, 4, 'gone']);
  assert.equal(other.health, 180);
  letIn(game, 'ant', 2, { x: 0 });
  runUntil(game, () => game.status === 'lost', 10);
  assert.deepEqual(game.lostTo, { lane: 2, kind: 'ant' });
  assert.equal(heard(game, 'barrel').length, 1);
});

test('the boss breaks the barrel and lives on, 2500 poorer', () => {
  const game = quiet();
  const boss = letIn(game, 'mainspring', 2, { x: -0.34 });
  boss.wait = 1000;
  run(game, 1);
  assert.equal(boss.health, 4400 - 2500);
  assert.equal(game.barrels[2].state, 'gone');
  assert.equal(game.status, 'play');
});

test('dew: prices, recharge, refusals', () => {
  const game = quiet({ dew: 160, picks: ['dewcup', 'rosehip'] });
  assert.equal(setPlant(game, 'rosehip', 0, 0), null);
  assert.equal(game.dew, 60);
  assert.equal(whyNot(game, 'rosehip'), 'recharging');
  assert.equal(whyNot(game, 'hedge'), 'unknown');
  assert.equal(setPlant(game, 'dewcup', 0, 0), 'taken');
  assert.equal(game.dew, 60);
  run(game, 3.1);
  assert.equal(whyNot(game, 'rosehip'), 'dear');
  assert.equal(setPlant(game, 'dewcup', 1, 0), null);
  assert.equal(game.dew, 10);
});

test('dew falls, a dewcup grows it, and what nobody takes comes by itself', () => {
  const game = quiet({ dew: 0 });
  game.nextDrop = 1;
  run(game, 1.1);
  assert.equal(game.drops.length, 1);
  const [drop] = game.drops;
  assert.equal(collect(game, drop.id), 25);
  assert.equal(collect(game, drop.id), 0);
  assert.deepEqual([game.dew, game.collected], [25, 1]);
  game.nextDrop = 1e6;
  letDrop(game, 2, 4, DROP.falls);
  run(game, DROP.falls + DROP.rests + 0.1);
  assert.deepEqual([game.dew, game.collected, game.drops.length], [40, 1, 0], 'less when nobody gathers it');
  game.dew = 50;
  setPlant(game, 'dewcup', 0, 0);
  assert.equal(game.dew, 0);
  run(game, 6.1);
  assert.equal(game.drops.length, 1);
  run(game, 13);
  assert.equal(heard(game, 'collect').length + game.drops.length, 4);
});

test('digging up gives half back, less what was eaten', () => {
  for (const [kind, eaten, back] of [['rosehip', 0, 50], ['rosehip', 150, 25], ['hedge', 0, 25], ['thistle', 30, 100]]) {
    const game = quiet({ dew: 1000 });
    const plant = put(game, kind, 1, 1);
    if (eaten) gnaw(game, plant, eaten);
    assert.equal(digUp(game, 1, 1), back, `${kind} ${eaten}`);
    assert.equal(game.dew, 1000 - PLANTS[kind].cost + back);
    assert.equal(digUp(game, 1, 1), null);
  }
  const game = quiet();
  put(game, 'touchmenot', 0, 0);
  assert.equal(digUp(game, 0, 0), null, 'what is about to go off stays');
});
