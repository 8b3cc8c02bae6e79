import { INVADERS, PLANT_ORDER } from '../rules/data.js';
import { GARDENS } from '../rules/gardens.js';
import { invadersOf, LEVELS, plantsFor, slotsFor } from '../rules/levels.js';
import { invaderAbout, invaderName, nameOf, plantAbout, plantLabel, plantName, t } from '../text.js';
import { el, gardenPicture, invaderPicture, plantPicture, setText } from './dom.js';
import { factRow, openCard, plantFacts, toyFacts } from './facts.js';
import { button, head } from './widgets.js';

/** The seeds that are taken along unless the player says otherwise: what the garden calls for, last time's, then the others. */
export function usualPicks(app, spec, known) {
  const { water, night } = spec.garden;
  const needed = [...(water ? ['lily'] : []), ...(night ? ['moonflower'] : ['dewcup'])];
  const useful = known.filter((id) => (id !== 'lily' || water) && (id !== 'moonflower' || night));
  const wishes = [...needed, ...app.store.loadPicks(useful), ...useful.slice(-1), ...useful, ...known];
  return [...new Set(wishes)].filter((id) => known.includes(id)).slice(0, slotsFor(spec, known, app.store.progress.perks));
}

export function chooseScreen(app, spec) {
  const known = app.known();
  const most = slotsFor(spec, known, app.store.progress.perks);
  const free = app.edition === 'unlimited';
  const picks = new Set(usualPicks(app, spec, known));
  const count = el('p', { class: 'aside nowrap', 'aria-live': 'polite', 'data-testid': 'chosen' });
  const about = el('div', { class: 'opened', 'data-testid': 'about' });
  const start = button('start', t('start'), () => app.play(spec.id, PLANT_ORDER.filter((id) => picks.has(id))), 'big');
  const open = (id) => about.replaceChildren(...openCard(id, free));
  const cards = known.map((id) => el('button', {
    type: 'button', class: 'card pick', 'data-plant': id, 'data-testid': `pick-${id}`, title: plantAbout(id),
    onclick: () => {
      if (picks.has(id)) picks.delete(id);
      else if (picks.size < most) picks.add(id);
      else app.sound.play('no');
      open(id);
      update();
    },
    onfocus: () => { if (document.body.dataset.input === 'keys') open(id); }, onpointerenter: (event) => { if (event.pointerType === 'mouse') open(id); },
  }, plantPicture(id, 112), el('span', { class: 'name' }, plantLabel(id)), el('span', { class: 'price' }, free ? t('free') : plantFacts(id, free)[0].match(/\d+/)[0])));
  function update() {
    for (const card of cards) {
      card.setAttribute('aria-pressed', String(picks.has(card.dataset.plant)));
      card.classList.toggle('spare', picks.size >= most && !picks.has(card.dataset.plant));
    }
    setText(count, t('chosen', { n: picks.size, most }));
    start.disabled = !picks.size;
  }
  update();
  open(known.includes('lily') && spec.garden.water ? 'lily' : known[known.length - 1]);
  return el('div', { class: 'sheet wide choose' }, head(app, nameOf(spec), 'levels', spec.kind === 'level' && el('p', { class: 'purse' }, t(`gardenNames.${spec.gardenId}`))),
    el('p', { class: 'rule' }, app.gardenRules(spec)),
    el('div', { class: 'chooser' },
      el('div', { class: 'picks' }, cards),
      el('div', { class: 'side' }, about,
        el('div', { class: 'coming' }, el('span', { class: 'aside' }, t('coming')), el('ul', {}, invadersOf(spec).map((kind) => el('li', { title: `${invaderName(kind)}: ${invaderAbout(kind)}` }, invaderPicture(kind, 88), el('span', { class: 'quiet' }, invaderName(kind)))))))),
    el('footer', { class: 'row' }, count, start));
}

export function bookScreen(app) {
  const free = app.edition === 'unlimited';
  const plants = app.known();
  const met = free ? Object.keys(INVADERS) : LEVELS.slice(0, app.store.progress.open).map((level) => level.met).filter(Boolean);
  const seen = free ? Object.keys(GARDENS) : [...new Set(LEVELS.slice(0, app.store.progress.open).map((level) => level.garden))];
  const item = (picture, name, about, facts) => el('li', {}, picture, el('div', {}, el('b', {}, name), el('p', {}, about), facts && factRow(facts)));
  const page = (key, kind, items) => el('section', {}, el('h2', {}, t(`pages.${key}`)), el('ul', { class: `entries ${kind}` }, items));
  return el('div', { class: 'sheet wide book' }, head(app, t('book')),
    el('div', { class: 'pages', tabindex: '0', role: 'region', 'aria-label': t('book') },
      page('plants', '', plants.map((id) => item(plantPicture(id, 112), plantName(id), plantAbout(id), plantFacts(id, free)))),
      page('toys', 'toys', Object.keys(INVADERS).filter((kind) => met.includes(kind)).map((kind) => item(invaderPicture(kind, 112), invaderName(kind), invaderAbout(kind), toyFacts(kind)))),
      page('gardens', '', seen.map((garden) => item(gardenPicture(garden, 112), t(`gardenNames.${garden}`), app.gardenRules({ gardenId: garden, garden: GARDENS[garden] }))))));
}

/** The plants of a player: those of the levels so far, and what an older save had. */
export function knownPlants(progress, edition) {
  if (edition === 'unlimited') return plantsFor(0, edition);
  const known = [...plantsFor(Math.min(progress.open, LEVELS.length)), ...progress.gifts];
  return PLANT_ORDER.filter((id) => known.includes(id));
}
