// Carrot Tower: whole games. Plans that win each map, and proof that idling, carelessness and flat building do not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as rules from '../../games/carrot-tower/rules/game.js';
import { TOWER_NAMES } from '../../games/carrot-tower/rules/catalog.js';

const BASE = ['sling', 'mortar', 'mister', 'hive'];
const TOOLS = { garden: BASE, orchard: [...BASE, 'mill'], moonlit: TOWER_NAMES };

// `tower x,y` builds there, the same again means the next level; `clear x,y` has an obstacle broken first.
const PLANS = {
  garden: `sling 2,2; sling 4,2; mortar 5,4; sling 4,2; mister 4,4; hive 7,2; sling 2,2; mortar 5,4; sling 8,4; sling 4,2; hive 7,2;
    mister 4,4; sling 8,4; mortar 5,4; sling 8,4; hive 7,2; hive 8,2; hive 8,2`,
  orchard: `sling 8,2; sling 3,4; mister 4,4; mortar 6,2; sling 8,2; hive 3,2; mortar 6,2; hive 5,2; sling 3,4; hive 3,2; mill 8,4; sling 8,2;
    hive 5,2; mister 4,4; hive 3,2; hive 5,2; mortar 6,2; sling 3,4; sling 7,4; sling 7,4; sling 7,4; mill 8,4; mister 4,4; mill 8,4`,
  moonlit: `sling 5,2; sling 3,2; sling 7,2; mister 5,1; sling 5,2; hive 5,4; sling 5,2; sling 3,2; sling 7,2; hive 5,4; clear 5,3; mortar 5,3;
    hive 5,4; mister 5,1; lantern 4,4; mortar 5,3; hive 6,4; hive 6,4; mortar 5,3; hive 6,4; mister 5,1; sling 3,2; sling 7,2; lantern 4,4;
    mill 4,0; mill 6,0; mill 4,0; mill 6,0`,
};

// One of everything, put down wherever there was room, far from the bends, and hardly improved.
const CARELESS = {
  orchard: `sling 0,1; mister 0,2; mortar 10,1; sling 1,6; sling 9,6; mister 2,6; sling 8,0; mortar 10,4; hive 9,0; sling 4,0; sling 5,6;
    mortar 2,4; sling 8,6; hive 3,0; mister 5,2; mister 3,2; sling 8,2`,
  moonlit: `sling 0,2; mister 1,0; mortar 0,0; sling 10,2; sling 10,0; mister 4,6; sling 6,6; mortar 10,5; hive 2,0; sling 4,0; sling 6,0;
    mortar 3,6; sling 7,6; hive 9,6; mister 5,2; mister 5,4; sling 3,2; sling 7,2`,
};

const parse = (plan) => plan.split(';').map((line) => line.trim()).filter(Boolean).map((line) => {
  const [what, at] = line.split(' ');
  return [what, ...at.split(',').map(Number)];
});

/** Does the next thing of a plan if it can be done now. */
function advance(game, [what, x, y], upgrades) {
  const there = rules.cellAt(game, x, y);
  if (what === 'clear') {
    if (there === null) return true;
    if (game.focus !== there) rules.setFocus(game, there);
    return false;
  }
  if (!there) return rules.build(game, x, y, what) !== null;
  return upgrades ? rules.upgrade(game, there) : true;
}

/** Plays a map to its end by a plan, looking at the board three times a second. */
function play(mapId, plan, { seed = 1, upgrades = true, early = false } = {}) {
  const game = rules.createGame(mapId, { seed, tools: TOOLS[mapId] });
  const todo = parse(plan);
  let next = 0;
  for (let tick = 0; tick < 60 * 60 * 30 && game.status !== 'won' && game.status !== 'lost'; tick++) {
    if (tick % 10 === 0) {
      while (next < todo.length && advance(game, todo[next], upgrades)) next++;
      if (game.status === 'ready' || (early && rules.canCall(game))) rules.callWave(game);
    }
    rules.step(game);
    game.events.length = 0;
  }
  return game;
}

const outcome = ({ status, lives, wave, coins, ticks, beaten }) => ({ status, lives, wave, coins, ticks, beaten });

for (const mapId of ['garden', 'orchard', 'moonlit']) {
  test(`${mapId}: the plan wins, in six to ten minutes`, () => {
    const game = play(mapId, PLANS[mapId]);
    assert.equal(game.status, 'won');
    assert.ok(rules.starsFor(game.lives) >= 1);
    const minutes = game.ticks / 30 / 60;
    assert.ok(minutes >= 6 && minutes <= 10, `${minutes} minutes`);
  });

  test(`${mapId}: doing nothing loses within four waves`, () => {
    const game = play(mapId, '');
    assert.equal(game.status, 'lost');
    assert.ok(game.wave <= 4);
  });

  test(`${mapId}: the same plan without upgrades loses`, () => {
    assert.equal(play(mapId, PLANS[mapId], { upgrades: false }).status, 'lost');
  });
}

for (const mapId of ['orchard', 'moonlit']) {
  test(`${mapId}: a careless mix loses`, () => assert.equal(play(mapId, CARELESS[mapId]).status, 'lost'));
}

test('the gentle first map is won without a bite, and by calling every wave early, too', () => {
  assert.equal(play('garden', PLANS.garden).lives, 10);
  const hasty = play('garden', PLANS.garden, { early: true });
  assert.equal(hasty.status, 'won');
  assert.ok(hasty.ticks < play('garden', PLANS.garden).ticks * 0.7);
});

test('pea slings alone, improved, win the first map but not the last', () => {
  const slings = (cells) => cells.flatMap((cell) => [`sling ${cell}`, `sling ${cell}`]).concat(cells.map((cell) => `sling ${cell}`)).join(';');
  assert.equal(play('garden', slings(['2,2', '4,2', '5,2', '7,2', '8,2', '5,4', '4,4'])).status, 'won');
  assert.equal(play('moonlit', slings(['5,2', '3,2', '7,2', '5,4', '5,1', '4,4', '6,4', '2,4', '8,4'])).status, 'lost');
});

test('the same seed and plan give the same game; another seed other crates', () => {
  assert.deepEqual(outcome(play('orchard', PLANS.orchard, { seed: 5 })), outcome(play('orchard', PLANS.orchard, { seed: 5 })));
  const crates = (seed) => rules.createGame('moonlit', { seed }).obstacles.map((o) => o.coins).join();
  assert.equal(crates(1), crates(1));
  assert.notEqual(crates(1), crates(2));
});
