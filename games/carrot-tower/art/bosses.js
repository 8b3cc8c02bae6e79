import { INK, box, eyes, oval, shadow, shape, stroke } from './pen.js';

function hare(c) {
  shadow(c, 40, 34);
  oval(c, -34, 18, 9, 9, '#fff5e6', 2.5);
  oval(c, -14, 34, 18, 8, '#c99a6a');
  oval(c, 16, 36, 12, 6, '#c99a6a');
  shape(c, 'M-34 22 Q-34 -6 -4 -4 Q22 -4 26 20 Q24 38 -6 38 Q-32 38 -34 22 Z', '#d8a878');
  for (const [d, inner] of [['M4 -18 Q-14 -34 -10 -49 Q6 -46 12 -22 Z', 'M3 -24 Q-6 -34 -5 -42 Q3 -38 7 -25 Z'], ['M14 -20 Q10 -40 20 -49 Q30 -40 26 -18 Z', 'M18 -24 Q16 -36 20 -42 Q25 -36 23 -23 Z']]) {
    shape(c, d, '#d8a878');
    shape(c, inner, '#f4b8b0', 0);
  }
  oval(c, 18, -4, 21, 19, '#e0b284');
  oval(c, 28, 6, 12, 9, '#fff0dc', 0);
  eyes(c, 14, -9, 15, 6.5);
  stroke(c, 'M6 -19 L18 -16 M38 -19 L28 -16', INK, 3.5);
  oval(c, 33, 1, 4, 3, '#d85c6c', 2);
  shape(c, 'M25 9 L25 18 L34 18 L34 9 Z', '#fff', 2);
  stroke(c, 'M29.500 9 L29.500 18', INK, 1.5);
  shape(c, 'M-2 12 Q12 20 26 17 L24 25 Q8 28 -6 20 Z', '#c23b4a', 2.5);
  shape(c, 'M-4 18 L-18 30 L-6 30 Z', '#c23b4a', 2.5);
}

function boar(c) {
  shadow(c, 41, 40);
  for (const x of [-26, -12, 8, 20]) shape(c, `M${x - 5} 22 L${x - 4} 40 L${x + 5} 40 L${x + 5} 22 Z`, '#4f372b', 2.5);
  shape(c, 'M-44 14 Q-44 -26 -4 -26 Q30 -24 34 8 Q30 32 -8 32 Q-42 32 -44 14 Z', '#7c5643');
  shape(c, 'M-40 -6 L-38 -24 L-28 -18 L-22 -34 L-12 -24 L-4 -38 L4 -26 L14 -34 L16 -20 Q-10 -24 -40 -6 Z', '#43302a');
  stroke(c, 'M-43 4 q-8 -4 -4 -12', INK, 4);
  shape(c, 'M8 -8 Q28 -20 40 0 L46 12 Q46 26 34 26 Q12 30 6 12 Z', '#8f6650');
  shape(c, 'M4 -8 L6 -26 L18 -14 Z', '#7c5643', 2.5);
  oval(c, 42, 14, 7, 10, '#e09a90');
  oval(c, 41, 11, 1.8, 2.5, INK, 0);
  oval(c, 44, 17, 1.8, 2.5, INK, 0);
  shape(c, 'M26 24 Q24 8 32 6 Q30 16 34 22 Z', '#fff6dd', 2.5);
  eyes(c, 18, -2, 13, 5.5, '#ffe9a8');
  stroke(c, 'M11 -12 L22 -7 M38 -11 L30 -7', INK, 4);
}

function badger(c) {
  shadow(c, 41, 38);
  for (const x of [-24, -8, 12, 24]) oval(c, x, 36, 8, 6, '#2e2a33', 2.5);
  shape(c, 'M-44 20 Q-42 -20 -4 -20 Q28 -18 30 14 Q26 36 -8 36 Q-42 36 -44 20 Z', '#6d6a78');
  shape(c, 'M-38 28 Q-8 18 24 26 Q8 36 -12 36 Q-32 36 -38 28 Z', '#2e2a33', 0);
  stroke(c, 'M-32 0 L-28 10 M-20 -8 L-17 4 M-6 -10 L-4 2', '#908da0', 3);
  shape(c, 'M2 -2 Q4 -26 26 -24 Q42 -16 48 8 Q46 20 32 20 Q6 22 2 -2 Z', '#f6f2ea');
  shape(c, 'M8 -14 Q18 -24 24 -22 Q32 -4 42 12 Q34 10 28 6 Q12 2 8 -14 Z', '#2e2a33', 0);
  oval(c, 6, -21, 8, 8, '#2e2a33');
  oval(c, 26, -24, 7, 7, '#2e2a33');
  eyes(c, 20, -8, 12, 5, '#ffd95e');
  oval(c, 47, 10, 5, 4.5, INK, 0);
  stroke(c, 'M34 16 Q40 20 46 16', INK, 2.5);
  shape(c, 'M-2 -28 L-2 -44 L6 -36 L14 -49 L22 -37 L31 -44 L29 -28 Q14 -34 -2 -28 Z', '#f4c430', 2.5);
  oval(c, 14, -36, 3.5, 3.5, '#e05a6e', 1.5);
}

function goose(c) {
  oval(c, 0, 46, 30, 5, 'rgba(30,20,10,0.2)', 0);
  shape(c, 'M-46 4 L-30 0 L-26 22 L-42 18 Z', '#e6e2da');
  shape(c, 'M-32 4 Q-20 -18 8 -10 Q26 -4 22 14 Q10 30 -12 28 Q-34 24 -32 4 Z', '#f6f3ec');
  shape(c, 'M6 -6 Q20 -10 18 -30 Q20 -46 34 -44 Q46 -40 42 -26 Q34 -18 32 -4 Q28 14 14 14 Z', '#f6f3ec');
  shape(c, 'M40 -36 L50 -32 L41 -26 Z', '#f08c2e', 2.5);
  eyes(c, 29, -36, 9, 4.2, '#ffe9a8');
  stroke(c, 'M25 -43 L33 -41', INK, 3.5);
  shape(c, 'M-14 0 Q-34 -20 -44 -38 Q-14 -40 10 2 Q0 16 -14 0 Z', '#dcd6ca');
  stroke(c, 'M-36 -30 L-10 -4 M-26 -32 L-2 -4', '#b8b0a0', 2.5);
  stroke(c, 'M-6 28 L-10 40 M8 27 L6 40', '#f08c2e', 4);
  shape(c, 'M16 -4 Q26 2 34 -4 L33 4 Q24 10 14 4 Z', '#d9482b', 2.5);
}

function ram(c) {
  shadow(c, 41, 38);
  for (const x of [-24, -10, 8, 20]) shape(c, `M${x - 5} 20 L${x - 4} 40 L${x + 5} 40 L${x + 5} 20 Z`, '#4b4440', 2.5);
  for (const [x, y, r] of [[-30, 6, 15], [-14, -8, 17], [6, -8, 16], [16, 8, 15], [-2, 14, 18], [-20, 18, 15]]) oval(c, x, y, r, r, '#efe7da');
  for (const [x, y, r] of [[-24, 4, 12], [-6, -4, 14], [8, 4, 13], [-10, 14, 13]]) oval(c, x, y, r, r, '#efe7da', 0);
  shape(c, 'M18 -14 Q36 -22 44 -6 Q50 12 40 22 Q28 26 20 12 Z', '#8b7a6c');
  stroke(c, 'M26 -12 Q10 -34 0 -18 Q-4 0 12 2 Q18 0 14 -8', INK, 12);
  stroke(c, 'M26 -12 Q10 -34 0 -18 Q-4 0 12 2 Q18 0 14 -8', '#d9b673', 7);
  eyes(c, 28, -4, 11, 4.6, '#ffd95e');
  stroke(c, 'M22 -12 L32 -8 M44 -12 L37 -8', INK, 3.5);
  oval(c, 43, 14, 4, 3, INK, 0);
  stroke(c, 'M33 19 Q38 21 43 18', INK, 2.5);
}

function bear(c) {
  shadow(c, 42, 42);
  for (const x of [-26, -8, 12, 26]) oval(c, x, 36, 10, 8, '#4c3222', 2.5);
  shape(c, 'M-44 18 Q-46 -26 -6 -28 Q28 -26 32 10 Q30 36 -8 36 Q-42 36 -44 18 Z', '#7a5236');
  shape(c, 'M-30 28 Q-8 14 20 26 Q8 36 -10 36 Q-26 36 -30 28 Z', '#a67a54', 0);
  oval(c, 6, -30, 9, 9, '#7a5236');
  oval(c, 34, -32, 9, 9, '#7a5236');
  oval(c, 6, -29, 4, 4, '#d9a080', 0);
  oval(c, 34, -31, 4, 4, '#d9a080', 0);
  oval(c, 22, -12, 23, 21, '#8b6042');
  oval(c, 32, -3, 13, 10, '#d9b491', 2.5);
  oval(c, 38, -7, 5, 4, INK, 0);
  eyes(c, 17, -18, 14, 5.2, '#ffe9a8');
  stroke(c, 'M10 -27 L22 -23 M40 -27 L31 -23', INK, 4);
  shape(c, 'M24 1 Q32 12 41 2 Q34 6 24 1 Z', '#8c2f2a', 2);
  shape(c, 'M-18 4 L2 4 L0 20 L-16 20 Z', '#f4c430', 2.5);
  box(c, -20, 0, 24, 6, 2, '#d9843b', 2);
}

/** How each boss is drawn, looking right, in a square from -50 to 50. */
export const paintBoss = { hare, boar, badger, goose, ram, bear };
