// The lobby: search, sort, keys, gamepad, and a list that follows the library. Without it the page is a list of links.
const root = document.documentElement;
const form = document.querySelector('form');
const search = form.elements.search;
const sort = form.elements.sort;
const list = () => document.querySelector('.games');
const cards = () => [...document.querySelectorAll('.games li')];
const simple = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const storage = {
  // Refused in private windows and by strict settings.
  get(key) { try { return sessionStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { sessionStorage.setItem(key, value); } catch { /* the choice lasts as long as the page */ } },
};

// Search and sort.

const collator = new Intl.Collator(root.lang, { numeric: true, sensitivity: 'base' });
const title = (card) => card.querySelector('h3').textContent;
const number = (name) => (a, b) => b.dataset[name] - a.dataset[name];
const orders = {
  library: (a, b) => a.dataset.place - b.dataset.place,
  played: number('plays'),
  newest: number('added'),
  name: (a, b) => collator.compare(title(a), title(b)),
};

function arrange() {
  const order = orders[sort.value] ?? orders.library;
  // The sort is stable: equals stay in the order of the library.
  const sorted = cards().sort(orders.library).sort(order);
  const focused = document.activeElement;
  if (cards().some((card, index) => card !== sorted[index])) {
    list().append(...sorted);
    focused?.focus({ preventScroll: true });
  }
  const words = simple(search.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const card of sorted) {
    const text = simple(`${card.textContent} ${card.dataset.also} ${card.dataset.slug}`);
    card.hidden = !words.every((word) => text.includes(word));
    shown += card.hidden ? 0 : 1;
  }
  const featured = document.querySelector('.featured');
  if (featured) featured.hidden = words.length > 0;
  document.querySelector('#nothing').hidden = shown > 0 || words.length === 0;
}

sort.value = storage.get('lobby.sort') ?? 'library';
if (!sort.value) sort.value = 'library';
search.value = storage.get('lobby.search') ?? '';
form.hidden = false;
form.addEventListener('submit', (event) => {
  event.preventDefault();
  places()[0]?.focus();
});
search.addEventListener('input', () => {
  storage.set('lobby.search', search.value);
  arrange();
});
sort.addEventListener('change', () => {
  storage.set('lobby.sort', sort.value);
  arrange();
});
arrange();

// Keys and gamepad: the arrows move to the nearest game in their direction.

const places = () => [...document.querySelectorAll('.featured:not([hidden]) a, .games li:not([hidden]) a')];
const center = (place) => {
  const box = place.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
};

function move(dx, dy) {
  const all = places();
  const from = document.activeElement;
  if (!all.includes(from)) return all[0]?.focus();
  const [x, y] = center(from);
  let best;
  let least = Infinity;
  for (const place of all) {
    const [left, top] = center(place);
    const [ahead, aside] = dx ? [(left - x) * dx, Math.abs(top - y)] : [(top - y) * dy, Math.abs(left - x)];
    const distance = ahead + 3 * aside;
    if (place !== from && ahead > 4 && distance < least) [best, least] = [place, distance];
  }
  // Beyond the end of a row comes the next one.
  best ??= dx ? all[all.indexOf(from) + dx] : undefined;
  best?.focus();
  best?.scrollIntoView({ block: 'nearest' });
}

const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const types = event.target.matches('input');
  if (event.key === 'Escape' && types) {
    search.value = '';
    search.dispatchEvent(new Event('input'));
  } else if (event.key === '/' && !types) {
    event.preventDefault();
    search.focus();
  } else if (directions[event.key] && !event.target.matches('select') && !(types && event.key !== 'ArrowDown')) {
    event.preventDefault();
    move(...directions[event.key]);
  }
});

const pressed = new Map();

/** True when a button goes down, and again and again while it is held. */
function fires(key, isDown, now) {
  if (!isDown) return pressed.delete(key) && false;
  const next = pressed.get(key);
  if (next !== undefined && now < next) return false;
  pressed.set(key, now + (next === undefined ? 400 : 150));
  return true;
}

let polling = false;

function poll(now) {
  const pads = [...(navigator.getGamepads?.() ?? [])].filter(Boolean);
  polling = pads.length > 0;
  if (!polling) return;
  requestAnimationFrame(poll);
  if (!document.hasFocus()) return;
  for (const { index, buttons, axes } of pads) {
    const down = (button) => buttons[button]?.pressed ?? false;
    const [x = 0, y = 0] = axes;
    if (fires(`${index} left`, down(14) || x < -0.6, now)) move(-1, 0);
    if (fires(`${index} right`, down(15) || x > 0.6, now)) move(1, 0);
    if (fires(`${index} up`, down(12) || y < -0.6, now)) move(0, -1);
    if (fires(`${index} down`, down(13) || y > 0.6, now)) move(0, 1);
    // A button that was held when the page came up is not meant for it.
    if (fires(`${index} play`, down(0), now) && pressed.get(`${index} ready`) && places().includes(document.activeElement)) {
      document.activeElement.click();
    }
    if (!down(0)) pressed.set(`${index} ready`, Infinity);
  }
}

const startPolling = () => {
  if (!polling) poll(performance.now());
};
addEventListener('gamepadconnected', startPolling);
startPolling();

// News of the library and of the players.

function count(card, players) {
  const badge = card.querySelector('.players');
  badge.hidden = !players;
  badge.textContent = root.dataset.players.replace('#', players);
}

async function showNews() {
  const answer = await fetch('lobby.json', { cache: 'no-cache' });
  // The host has closed the arcade: a game is here now.
  if (answer.status === 404) return location.reload();
  const news = await answer.json();
  if (news.page !== root.dataset.page) await showPage(news.page);
  for (const card of document.querySelectorAll('[data-slug]')) {
    const game = news.games[card.dataset.slug];
    if (!game) continue;
    count(card, game.players);
    card.dataset.plays = game.plays;
  }
  arrange();
}

async function showPage(page) {
  const answer = await fetch(location.href, { cache: 'no-cache', headers: { accept: 'text/html' } });
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const slug = document.activeElement?.closest('[data-slug]')?.dataset.slug;
  const inFeatured = document.activeElement?.closest('.featured');
  for (const part of ['main', '.total']) document.querySelector(part).replaceWith(fresh.querySelector(part));
  root.dataset.page = fresh.documentElement.dataset.page ?? page;
  if (slug) document.querySelector(`${inFeatured ? '.featured' : '.games'} [data-slug="${CSS.escape(slug)}"] a`)?.focus({ preventScroll: true });
}

if (window.EventSource) {
  const events = new EventSource('.webserver/events');
  let waiting = false;
  let again = false;
  const follow = async () => {
    again = waiting;
    if (waiting) return;
    waiting = true;
    try {
      await showNews();
    } catch {
      // The server is stopping, or the network is gone: the stream connects again, and says what is new.
    }
    waiting = false;
    if (again) follow();
  };
  events.onmessage = follow;
}
