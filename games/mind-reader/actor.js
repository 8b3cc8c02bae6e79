// Professor Strix, an owl, and the crystal ball, in layers. Each layer is drawn once; stage.css moves whole layers, which costs no drawing.

const PURPLE = '#47408c';
const feathers = () => {
  let d = '';
  for (let row = 0; row < 4; row++) {
    for (let index = 0; index < 5 - (row % 2); index++) {
      d += `M${132 + index * 20 + (row % 2) * 10} ${246 + row * 20}q8 13 16 0`;
    }
  }
  return d;
};
const stars = [[62, 320], [82, 262], [300, 300], [276, 246], [318, 352], [46, 366]]
  .map(([x, y]) => `<path d="M${x} ${y - 7}l2 5 5 2-5 2-2 5-2-5-5-2 5-2Z"/>`).join('');

const EYES = [138, 222];
const eyes = EYES.map((x) => `
  <circle cx="${x}" cy="152" r="45" fill="#f6e3c0"/>
  <circle cx="${x}" cy="152" r="45" fill="none" stroke="#d7b682" stroke-width="3" stroke-dasharray="3 7"/>
  <circle cx="${x}" cy="152" r="31" fill="#2a1b4d"/>
  <circle cx="${x}" cy="152" r="27" fill="#ffb62e"/>
  <circle cx="${x}" cy="152" r="22" fill="none" stroke="#ff8a1f" stroke-width="5" stroke-dasharray="2 4"/>`).join('');
const pupils = EYES.map((x) => `<circle cx="${x}" cy="152" r="13" fill="#190d2e"/><circle cx="${x - 5}" cy="146" r="4.5" fill="#fff"/>`).join('');
const lids = EYES.map((x) => `<circle cx="${x}" cy="152" r="32" fill="#6a61b8"/><path d="M${x - 24} 164q24 20 48 0" fill="none" stroke="#33286b" stroke-width="5" stroke-linecap="round"/>`).join('');

const wing = `
  <path d="M96 232C58 246 40 284 46 318c4 22 24 34 42 26l22-14c12-8 14-22 6-30 10-24 4-56-20-68Z" fill="#5a52a6"/>
  <path d="M60 292q6 28 34 34M70 272q4 30 36 36M82 256q2 26 34 32" fill="none" stroke="#3a3478" stroke-width="4" stroke-linecap="round"/>
  <path d="M88 344c10 4 20-2 30-12M98 338c8 2 16-4 20-14" fill="none" stroke="#7a71c8" stroke-width="5" stroke-linecap="round"/>`;

const hat = `
  <path d="M128 78 120 10q60-14 120 0l-8 68Z" fill="#20143c"/>
  <path d="M128 78 120 10q12-3 26-5l4 73Z" fill="#372560"/>
  <path d="M126 62q54 12 108 0l-2 18H128Z" fill="#b51a37"/>
  <path d="M180 54l9 11-9 13-9-13Z" fill="#7df0ff"/><path d="M180 54l9 11h-18Z" fill="#d6fbff"/>
  <ellipse cx="180" cy="82" rx="84" ry="13" fill="#20143c"/>
  <path d="M98 80q82 22 164 0" fill="none" stroke="#4b3580" stroke-width="3"/>`;

const body = `
  <path d="M180 176C84 170 34 260 14 420H346C326 260 276 170 180 176Z" fill="#2b1a56"/>
  <path d="M180 190C116 190 84 270 76 420H284C276 270 244 190 180 190Z" fill="#8d1431"/>
  <g fill="#f3c14b">${stars}</g>
  <path d="M180 198C128 198 104 250 104 310s30 110 76 110 76-50 76-110-24-112-76-112Z" fill="${PURPLE}"/>
  <path d="M180 226c-34 0-56 30-56 78s22 96 56 96 56-48 56-96-22-78-56-78Z" fill="#e9d3ad"/>
  <path d="${feathers()}" fill="none" stroke="#c39d67" stroke-width="4" stroke-linecap="round"/>
  <path d="M180 214 132 190 92 214q26 24 88 22 62 2 88-22l-40-24Z" fill="#1c1038"/>`;

const face = `
  <path d="M86 150C80 96 92 82 84 46c28 10 36 22 50 32q46-14 92 0c14-10 22-22 50-32-8 36 4 50-2 104-2 46-44 72-94 72s-92-26-94-72Z" fill="${PURPLE}"/>
  <path d="M84 46c28 10 36 22 50 32-20 6-34 18-44 34-2-24 0-44-6-66ZM276 46c-28 10-36 22-50 32 20 6 34 18 44 34 2-24 0-44 6-66Z" fill="#5a52a6"/>
  ${eyes}`;

const brow = `
  <path d="M88 112q46-18 92 20 46-38 92-20-44 2-74 30h-36q-30-28-74-30Z" fill="#5a52a6"/>
  <path d="M180 150l15 22q-6 22-15 26-9-4-15-26Z" fill="#ff9a2e"/><path d="M180 150l15 22q-7 5-15 5Z" fill="#ffc25e"/>
  ${hat}`;

const front = `
  <path d="M180 220 150 206q-6 15 0 32ZM180 220l30-14q6 15 0 32Z" fill="#d3203f"/><circle cx="180" cy="221" r="8" fill="#f3c14b"/>
  <path d="M10 400Q180 366 350 400l8 40H2Z" fill="#27105a"/><path d="M10 400Q180 366 350 400" fill="none" stroke="#f3c14b" stroke-width="6"/>
  <path d="M12 408Q180 374 348 408" fill="none" stroke="#f3c14b" stroke-width="10" stroke-dasharray="2 6"/>`;

const glass = `
  <defs><radialGradient id="glass" cx=".38" cy=".32" r=".8"><stop offset="0" stop-color="#dffbff"/><stop offset=".35" stop-color="#58b7e8"/><stop offset=".75" stop-color="#2d3fa0"/><stop offset="1" stop-color="#1b1352"/></radialGradient></defs>
  <path d="M128 376h104l14 22q-66 14-132 0Z" fill="#b9802a"/><path d="M132 372q48 16 96 0l4 10q-52 16-104 0Z" fill="#f3c14b"/>
  <circle cx="180" cy="318" r="64" fill="url(#glass)"/>`;

const gloss = `
  <path d="M138 296q8-24 32-32" fill="none" stroke="#fff" stroke-width="7" stroke-linecap="round" opacity=".85"/><circle cx="132" cy="312" r="4" fill="#fff" opacity=".8"/>
  <circle cx="180" cy="318" r="63" fill="none" stroke="#e8fbff" stroke-opacity=".55" stroke-width="3"/>`;

const rays = `<defs><radialGradient id="ray" gradientUnits="userSpaceOnUse" cx="180" cy="318" r="215"><stop offset=".25" stop-color="#ffe9a8" stop-opacity=".95"/><stop offset="1" stop-color="#ffd76a" stop-opacity="0"/></radialGradient></defs>
  <g fill="url(#ray)">${Array.from({ length: 16 }, (_, ray) => `<path d="M180 318 ${ray % 2 ? '166 104h28' : '172 150h16'}Z" transform="rotate(${ray * 22.5} 180 318)"/>`).join('')}</g>`;
const sparks = `<g fill="#ffe27a">${Array.from({ length: 14 }, (_, spark) =>
  `<path transform="translate(180 318) rotate(${spark * 25.7})" d="M0-78l3 8 8 3-8 3-3 8-3-8-8-3 8-3Z"/>`).join('')}</g>`;
const halo = `<defs><radialGradient id="halo"><stop offset=".45" stop-color="#8be9ff" stop-opacity=".75"/><stop offset="1" stop-color="#8be9ff" stop-opacity="0"/></radialGradient></defs><circle cx="180" cy="318" r="104" fill="url(#halo)"/>`;

/** The size of the drawing that all layers are cut from. */
export const FIGURE = { width: 360, height: 440 };

/**
 * All layers from back to front: the name, the part of the drawing that it covers (x, y, width, height), and the drawing.
 * A layer with `inside` groups others, which move with it.
 */
export const LAYERS = [
  { name: 'body', box: [0, 160, 360, 280], drawing: body },
  { name: 'head', box: [60, 0, 240, 240], inside: [
    { name: 'face', box: [60, 0, 240, 240], drawing: face },
    { name: 'pupil', box: [100, 130, 160, 44], drawing: pupils },
    { name: 'lid', box: [104, 118, 152, 70], drawing: lids },
    { name: 'brow', box: [60, 0, 240, 240], drawing: brow },
  ] },
  { name: 'front', box: [0, 190, 360, 250], drawing: front },
  { name: 'rays', box: [-40, 98, 440, 440], drawing: rays },
  { name: 'halo', box: [76, 214, 208, 208], drawing: halo },
  { name: 'ball', box: [110, 250, 140, 160], inside: [
    { name: 'glass', box: [110, 250, 140, 160], drawing: glass },
    { name: 'mist one', box: [116, 254, 128, 128], drawing: '<path d="M124 300q30-36 66-14t48 2q-4 34-40 26t-74-14Z" fill="#bff6ff" opacity=".42"/><path d="M140 350q26-22 52-10t44-8q-10 40-50 42t-46-24Z" fill="#d9b8ff" opacity=".4"/>' },
    { name: 'mist two', box: [116, 254, 128, 128], drawing: '<path d="M230 286q-34 4-44 30t-46 22q4-40 36-48t54-4Z" fill="#fff" opacity=".26"/><path d="M128 318q28 20 56 8t56 8q-22 30-58 22t-54-38Z" fill="#7fe3ff" opacity=".36"/>' },
    { name: 'vision', box: [116, 254, 128, 128], drawing: '' },
    { name: 'gloss', box: [110, 250, 140, 160], drawing: gloss },
  ] },
  { name: 'wing left', box: [30, 220, 100, 140], drawing: wing },
  { name: 'wing right', box: [230, 220, 100, 140], drawing: `<g transform="translate(360 0) scale(-1 1)">${wing}</g>` },
  { name: 'sparks', box: [80, 218, 200, 200], drawing: sparks },
];

/** The folds of a curtain that hangs from the left; the right one is its mirror image. */
export function curtainFolds() {
  const shades = ['#6d0c24', '#a3152f', '#c9263f', '#98132c', '#5b0a20'];
  const folds = 7;
  let drawing = '';
  for (let fold = 0; fold < folds; fold++) {
    for (let part = 0; part < shades.length; part++) {
      const left = (100 / folds) * (fold + part / shades.length);
      const width = 100 / folds / shades.length + 0.4;
      drawing += `<path d="M${left.toFixed(2)} 0h${width.toFixed(2)}V197h-${width.toFixed(2)}Z" fill="${shades[part]}"/>`;
    }
  }
  return `${drawing}<path d="M0 188h100v2H0Zm0 5h100v4H0Z" fill="#e0ac3c"/>`;
}
