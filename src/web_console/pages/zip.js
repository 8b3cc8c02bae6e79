// A folder as a zip archive (APPNOTE 6.3.10), stored and not compressed. The archive refers to the files on disk: only its
// own fields are in memory.

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

async function crc32(file) {
  let crc = ~0;
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return ~crc >>> 0;
    for (let at = 0; at < value.length; at += 1) crc = (crc >>> 8) ^ table[(crc ^ value[at]) & 0xff];
  }
}

/** Fields of two or four bytes, least significant byte first. */
function fields(...values) {
  const bytes = [];
  for (const [length, value] of values) for (let at = 0; at < length; at += 1) bytes.push(Math.floor(value / 2 ** (8 * at)) % 256);
  return Uint8Array.from(bytes);
}

/** Name in UTF-8 (bit 11), stored, without a date. */
const common = (crc, size, name) => [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 0x21], [4, crc], [4, size], [4, size], [2, name.length], [2, 0]];

/** Packs files of together less than 4 GB, which is the most that the server takes. */
export async function packed(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { path, file } of files) {
    const name = new TextEncoder().encode(path);
    const crc = await crc32(file);
    const head = fields([4, 0x04034b50], ...common(crc, file.size, name));
    parts.push(head, name, file);
    directory.push(fields([4, 0x02014b50], [2, 20], ...common(crc, file.size, name), [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), name);
    offset += head.length + name.length + file.size;
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  // More files than two bytes can count need the other form of the end (4.3.14, 4.3.15).
  const many = files.length >= 0xffff;
  const long = many
    ? [fields([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, files.length], [8, files.length], [8, length], [8, offset],
      [4, 0x07064b50], [4, 0], [8, offset + length], [4, 1])]
    : [];
  const count = many ? 0xffff : files.length;
  const end = fields([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, length], [4, offset], [2, 0]);
  return new Blob([...parts, ...directory, ...long, end]);
}
