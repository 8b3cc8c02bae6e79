// Small pictures that are wanted at once when a game begins, so they come with the code and not by requests of their own.

const sources = {
  sprout: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M16 29V15" stroke="#2c2433" stroke-width="5" stroke-linecap="round"/><path d="M16 29V15" stroke="#4a963c" stroke-width="2.5" stroke-linecap="round"/><g fill="#6cc04f" stroke="#2c2433" stroke-width="2" stroke-linejoin="round"><path d="M16 16C8 16 4 11 4 5c8 0 12 4 12 11z"/><path d="M16 18c0-6 4-10 12-10 0 6-4 10-12 10z"/></g></svg>',
  star: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M16 3l4 9 9.500 1-7 6.500 2 9.500-8.500-5-8.500 5 2-9.500-7-6.500 9.500-1z" fill="#ffd43b" stroke="#2c2433" stroke-width="2" stroke-linejoin="round"/></svg>',
  drop: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><defs><radialGradient id="g" cx=".38" cy=".5" r=".7"><stop offset="0" stop-color="#fff"/><stop offset=".45" stop-color="#a9e4ff"/><stop offset="1" stop-color="#2f9bd8"/></radialGradient></defs><circle cx="24" cy="26" r="20" fill="#d8f4ff" opacity=".45"/><path d="M24 4c7 10 14 17 14 25a14 14 0 0 1-28 0C10 21 17 14 24 4z" fill="url(#g)" stroke="#1c4f7a" stroke-width="2.500" stroke-linejoin="round"/><path d="M16 29a8 8 0 0 0 5 8" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>',
  key: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><g fill="none" stroke="#2c2433" stroke-width="8"><circle cx="8" cy="11" r="5"/><circle cx="24" cy="11" r="5"/><path d="M16 11v18"/></g><g fill="none" stroke="#f2c94c" stroke-width="4"><circle cx="8" cy="11" r="5"/><circle cx="24" cy="11" r="5"/><path d="M12 11h8M16 11v17"/></g></svg>',
  barrel: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M8 4h16q5 12 0 24H8Q3 16 8 4z" fill="#c08a4e" stroke="#2c2433" stroke-width="2"/><path d="M13 5q-2 11 0 22M19 5q2 11 0 22" fill="none" stroke="#7c4b20" stroke-width="1.500"/><path d="M6 10h20M6 22h20" stroke="#5f6b7a" stroke-width="3.500"/></svg>',
};
const parsed = new Map();

/** A new copy of a picture. */
export function icon(name) {
  if (!parsed.has(name)) {
    const svg = new DOMParser().parseFromString(sources[name], 'image/svg+xml').documentElement;
    svg.setAttribute('aria-hidden', 'true');
    parsed.set(name, svg);
  }
  return document.importNode(parsed.get(name), true);
}
