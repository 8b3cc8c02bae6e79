// Petals that fly from a tile: one canvas over the page, which only runs while petals are in the air.

const SECONDS = 1.9;
const MOST = 160;
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');

/** Returns `burst(x, y, count, colours, force)` in pixels of the window; it does nothing for those who asked for less motion. */
export function createPetals(canvas) {
  const brush = canvas.getContext('2d');
  const shape = new Path2D('M0 -7C6 -4 6 4 0 7C-6 4 -6 -4 0 -7Z');
  let petals = [];
  let last = 0;
  let frame = 0;

  function draw(now) {
    const seconds = Math.min(0.05, (now - last) / 1000);
    last = now;
    const ratio = canvas.width / canvas.clientWidth;
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.clearRect(0, 0, canvas.width, canvas.height);
    petals = petals.filter((petal) => (petal.age += seconds) < SECONDS);
    for (const petal of petals) {
      petal.vx *= 1 - 1.4 * seconds;
      petal.vy += (260 - petal.vy * 1.4) * seconds;
      petal.x += petal.vx * seconds;
      petal.y += petal.vy * seconds;
      petal.turn += petal.spin * seconds;
      const cos = Math.cos(petal.turn) * petal.scale * ratio;
      const sin = Math.sin(petal.turn) * petal.scale * ratio;
      brush.setTransform(cos, sin, -sin, cos, petal.x * ratio, petal.y * ratio);
      brush.globalAlpha = Math.min(1, (SECONDS - petal.age) * 2.2);
      brush.fillStyle = petal.colour;
      brush.fill(shape);
    }
    frame = petals.length ? requestAnimationFrame(draw) : 0;
    canvas.hidden = !frame;
  }

  return function burst(x, y, count, colours, force = 300) {
    if (calm.matches || document.hidden) return;
    for (let index = 0; index < count && petals.length < MOST; index++) {
      const angle = (index / count) * 2 * Math.PI + Math.random() * 0.5;
      const speed = force * (0.35 + Math.random() * 0.65);
      petals.push({
        x, y, vx: Math.cos(angle) * speed, vy: Math.sin(angle) * speed - force * 0.35,
        turn: angle + Math.PI / 2, spin: (Math.random() - 0.5) * 9, scale: 0.7 + Math.random() * 0.9, age: 0,
        colour: colours[index % colours.length],
      });
    }
    if (frame) return;
    canvas.hidden = false;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    last = performance.now();
    frame = requestAnimationFrame(draw);
  };
}
