import { oval, shape } from './pen.js';
import { paintCarrot } from './scene.js';
import { paintCritter } from './critters.js';
import { paintBoss } from './bosses.js';
import { paintWhole } from './towers.js';
import { sprite } from './pen.js';

function hill(c, w, h, y, swing, fill) {
  c.beginPath();
  c.moveTo(0, h);
  for (let x = 0; x <= w + 20; x += 20) c.lineTo(x, y + Math.sin(x / w * 5 + swing) * h * 0.04);
  c.lineTo(w, h);
  c.fillStyle = fill;
  c.fill();
}

function backdrop(c, w, h, unit) {
  const sky = c.createLinearGradient(0, 0, 0, h);
  sky.addColorStop(0, '#7fcdf0');
  sky.addColorStop(0.6, '#d8f3ff');
  c.fillStyle = sky;
  c.fillRect(0, 0, w, h);
  oval(c, w * 0.87, h * (w > h ? 0.15 : 0.46), unit * 0.55, unit * 0.55, '#ffe27a', 0);
  for (const [x, y, s] of [[0.14, 0.2, 1], [0.62, 0.1, 0.7], [0.8, 0.34, 0.9]]) {
    for (const [dx, dy, r] of [[-0.5, 0.1, 0.3], [0, 0, 0.42], [0.5, 0.12, 0.28]]) oval(c, w * x + dx * unit * s, h * y + dy * unit * s, r * unit * s * 1.3, r * unit * s, 'rgba(255,255,255,0.85)', 0);
  }
  hill(c, w, h, h * 0.56, 0, '#a9dc7d');
  hill(c, w, h, h * 0.63, 2, '#8fce63');
  const post = unit * 0.34;
  for (let x = -post / 2; x < w; x += post * 1.35) {
    c.save();
    c.translate(x, h * 0.6);
    c.scale(post / 20, post / 20);
    shape(c, 'M2 40 L2 6 L10 0 L18 6 L18 40 Z', '#fff6e2', 1.6);
    c.restore();
  }
  c.fillStyle = '#fff6e2';
  c.fillRect(0, h * 0.6 + post * 0.7, w, post * 0.3);
  hill(c, w, h, h * 0.6 + post * 1.7, 1, '#79bd4e');
  c.fillStyle = '#b98a4e';
  c.fillRect(0, h * 0.84 - unit * 0.1, w, unit * 1.06);
  c.fillStyle = '#ecc98c';
  c.fillRect(0, h * 0.84, w, unit * 0.86);
  c.fillStyle = '#f6dca8';
  c.fillRect(0, h * 0.84 + unit * 0.25, w, unit * 0.3);
}

/**
 * The picture behind the title: the carrot, its towers, and critters on their way along the path.
 * The backdrop is drawn once, on `back`; `canvas` is only the strip in which something moves.
 */
export function createTitle(back, canvas) {
  const c = canvas.getContext('2d');
  let ready = false;
  let unit = 0;
  let top = 0;
  let parts = {};
  let drawn = null;
  let time = 0;
  const walkers = ['mouse', 'snail', 'hopper', 'hedgehog', 'crawler', 'hare', 'ant', 'ant', 'slug'];

  return {
    fit() {
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      const box = back.getBoundingClientRect();
      if (!box.width) return;
      const width = Math.round(box.width * ratio);
      const height = Math.round(box.height * ratio);
      if (ready && back.width === width && back.height === height) return;
      ready = true;
      drawn = null;
      back.width = width;
      back.height = height;
      unit = Math.min(height / 6.2, width / 3.9);
      top = Math.round(height * 0.84 - unit * 2.3);
      canvas.width = width;
      canvas.height = height - top;
      canvas.style.top = `${top / ratio}px`;
      canvas.style.height = `${canvas.height / ratio}px`;
      backdrop(back.getContext('2d'), width, height, unit);
      parts = { carrot: sprite((p) => paintCarrot(p, 10), unit * 2) };
      for (const [name, level] of [['sling', 1], ['hive', 2], ['mill', 1], ['mortar', 3]]) parts[name] = sprite((p) => paintWhole(p, name, level), unit);
      for (const name of new Set(walkers)) parts[name] = sprite(paintCritter[name] ?? paintBoss[name], unit * (name === 'hare' ? 1.25 : name === 'ant' ? 0.6 : 0.85));
    },
    frame(seconds, calm) {
      if (!ready) return;
      time += calm ? 0 : seconds;
      // A slow walk: thirty pictures a second do, and a calm title is drawn once.
      if (time === drawn || (drawn !== null && Math.abs(time - drawn) < 0.03)) return;
      drawn = time;
      const { width: w, height: h } = back;
      c.setTransform(1, 0, 0, 1, 0, -top);
      c.clearRect(0, top, w, h - top);
      const y = h * 0.84;
      const put = (image, x, foot, lift = 0) => c.drawImage(image, x - image.width / 2, foot - image.height * 0.88 - lift);
      const wide = w > h * 1.2;
      const middle = wide ? w * 0.76 : w * 0.5;
      put(parts.mill, middle - unit * 1.55, y - unit * 0.32);
      put(parts.hive, middle + unit * 1.5, y - unit * 0.3);
      put(parts.carrot, middle, y - unit * 0.2, Math.abs(Math.sin(time * 2)) * unit * 0.06);
      put(parts.sling, middle - unit * 0.98, y - unit * 0.06);
      put(parts.mortar, middle + unit * 0.98, y - unit * 0.06);
      const lap = w + unit * 9;
      walkers.forEach((name, i) => {
        const x = ((time * unit * 0.35 + w * 0.62 + unit * 2 - i * unit * 0.95 + lap * 2) % lap) - unit * 2;
        if (x > -unit && x < w + unit) put(parts[name], x, y + unit * 0.72, Math.abs(Math.sin(time * 6 + i)) * unit * 0.05);
      });
    },
  };
}
