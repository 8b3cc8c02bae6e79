function butterfly(c, x, y, time, i) {
  const open = Math.abs(Math.sin(time * 7 + i)) * 0.7 + 0.3;
  c.strokeStyle = '#3b2a20';
  c.lineWidth = 0.02;
  c.fillStyle = ['#ffffff', '#ffd34d', '#f79ac0'][i % 3];
  for (const side of [-1, 1]) {
    for (const [up, long] of [[-0.07, 0.13], [0.06, 0.09]]) {
      c.beginPath();
      c.ellipse(x + side * long * open, y + up, long * open, 0.085, side * up * 5, 0, 7);
      c.fill();
      c.stroke();
    }
  }
  c.fillStyle = '#3b2a20';
  c.fillRect(x - 0.02, y - 0.11, 0.04, 0.22);
}

function leaf(c, x, y, time, i) {
  c.fillStyle = ['#d9482b', '#f08c2e', '#b03a2e'][i % 3];
  c.beginPath();
  c.ellipse(x, y, 0.09, 0.035 + 0.03 * Math.abs(Math.sin(time * 2 + i)), time + i, 0, 7);
  c.fill();
}

function firefly(c, x, y, time, i) {
  const glow = 0.5 + 0.5 * Math.sin(time * 2.3 + i * 1.7);
  c.fillStyle = `rgba(255, 240, 140, ${0.12 + glow * 0.25})`;
  c.beginPath();
  c.arc(x, y, 0.15, 0, 7);
  c.fill();
  c.fillStyle = `rgba(255, 250, 200, ${0.3 + glow * 0.7})`;
  c.beginPath();
  c.arc(x, y, 0.04, 0, 7);
  c.fill();
}

function flake(c, x, y, time, i) {
  c.fillStyle = 'rgba(255, 255, 255, 0.9)';
  c.beginPath();
  c.arc(x, y, 0.04 + (i % 3) * 0.015, 0, 7);
  c.fill();
}

/** What moves over each map: how many, which way it drifts (cells a second), and how one is drawn. */
const AIR = {
  garden: [3, 0, 0, butterfly],
  orchard: [7, 0.2, 0.5, leaf],
  moonlit: [7, 0, 0, firefly],
  pond: [4, 0, 0, butterfly],
  ridge: [6, 0.9, 0.1, leaf],
  frost: [16, 0.15, 0.6, flake],
};

/** A few butterflies, falling leaves, snowflakes or fireflies over the board, in cell units: for looks only. */
export function drawAmbience(c, mapId, view, time) {
  const [count, across, down, draw] = AIR[mapId];
  for (let i = 0; i < count; i++) {
    const a = time * 0.23 + i * 2.4;
    const x = (Math.sin(a * 1.3 + i) * 0.44 + 0.5) * view.columns;
    const y = down ? (time * down + i * 1.9) % view.rows : (Math.cos(a * 0.9 + i * 3) * 0.44 + 0.5) * view.rows;
    draw(c, (x + time * across) % view.columns, y, time, i);
  }
}
