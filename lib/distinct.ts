/** 32-bit words of a record: its group, and 96 bits that are the same for equal things and evenly spread over different ones. */
export const WORDS = 4;

/**
 * Counts the distinct records of each group. However many there are, no more than `maxSlots` of them are held at a time: the records are
 * read once for each part of them that fits.
 * @param read gives all records, as often as it is called, in pieces of whole records
 * @param groups how many groups there are; records name them from 0 on
 * @param records about how many records there are
 * @param maxSlots a power of two; a slot takes 16 bytes
 */
export async function countDistinct(
  read: () => AsyncIterable<Uint32Array>,
  groups: number,
  records: number,
  maxSlots: number,
): Promise<Uint32Array> {
  // Half of a table stays free, so that few places are looked at.
  for (let parts = Math.ceil((2 * records) / maxSlots) || 1; ; parts *= 2) {
    const slots = Math.min(maxSlots, powerOfTwoFrom((2 * records) / parts + 2));
    const counts = new Uint32Array(groups);
    let fits = true;
    for (let part = 0; part < parts && fits; part++)
      fits = await countPart(read(), { part, parts, slots }, counts);
    if (fits) return counts;
  }
}

const powerOfTwoFrom = (size: number): number =>
  2 ** Math.ceil(Math.log2(size));

/** Counts one part of the records. @returns false where they do not fit into the table */
async function countPart(
  pieces: AsyncIterable<Uint32Array>,
  { part, parts, slots }: { part: number; parts: number; slots: number },
  counts: Uint32Array,
): Promise<boolean> {
  const table = new Uint32Array(slots * WORDS);
  let free = slots - 1;
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; at += WORDS) {
      if (piece[at + 1]! % parts !== part) continue;
      const isNew = insert(table, slots, piece, at);
      if (!isNew) continue;
      if (free-- === 0) return false;
      counts[piece[at]!]!++;
    }
  return true;
}

/** Puts a record into a table that has room. @returns whether it was not there before */
function insert(
  table: Uint32Array,
  slots: number,
  from: Uint32Array,
  at: number,
): boolean {
  // A free slot is all zero, so groups count from 1 in it.
  const group = from[at]! + 1;
  const [a, b, c] = [from[at + 1]!, from[at + 2]!, from[at + 3]!];
  // Equal things may be in several groups, which should not all begin to look at the same place.
  let slot = (b + Math.imul(group, 0x9e3779b1)) & (slots - 1);
  for (;;) {
    const to = slot * WORDS;
    if (table[to] === 0) {
      table[to] = group;
      table[to + 1] = a;
      table[to + 2] = b;
      table[to + 3] = c;
      return true;
    }
    const isEqual =
      table[to] === group &&
      table[to + 1] === a &&
      table[to + 2] === b &&
      table[to + 3] === c;
    if (isEqual) return false;
    slot = (slot + 1) & (slots - 1);
  }
}
