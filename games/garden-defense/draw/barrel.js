import { INK, line } from './brush.js';

/** A barrel `size` long that lies across its lane, its middle at the middle; `turn` (0 to 1): how far its staves have come to the next one's place. */
export function drawBarrel(ctx, size, turn) {
  const wide = size * 0.25;
  const tall = size * 0.38;
  ctx.beginPath();
  ctx.moveTo(-wide * 0.8, -tall);
  ctx.quadraticCurveTo(-wide * 1.35, 0, -wide * 0.8, tall);
  ctx.lineTo(wide * 0.8, tall);
  ctx.quadraticCurveTo(wide * 1.35, 0, wide * 0.8, -tall);
  ctx.closePath();
  ctx.fillStyle = '#c08a4e';
  ctx.fill();
  ctx.lineWidth = size * 0.03;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = INK;
  ctx.stroke();
  ctx.clip();
  for (let i = -3; i < 4; i++) line(ctx, [[(i + turn) * wide * 0.5, -tall], [(i + turn) * wide * 0.6, tall]], size * 0.018, 'rgba(85,48,20,.55)');
  for (const y of [-0.62, 0.62]) {
    ctx.fillStyle = '#5f6b7a';
    ctx.fillRect(-wide * 1.4, y * tall - size * 0.035, wide * 2.8, size * 0.07);
  }
  ctx.fillStyle = 'rgba(255,255,255,.22)';
  ctx.fillRect(-wide * 0.55, -tall, wide * 0.3, tall * 2);
}
