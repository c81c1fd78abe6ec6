import { random } from "../../lib/random";

/** Numbers between 0 and 1 that follow from a seed alone , so that an input can be made again from its number. */
export function randomOf(seed: number): Random {
  const next = random(seed);
  const below = (n: number) => Math.floor(next() * n);
  return { below, pick: (items) => items[below(items.length)]! };
}

export type Random = {
  /** A whole number from 0 up to, not including, `n`. */
  below: (n: number) => number;
  pick: <T>(items: readonly T[]) => T;
};

type Mutation = (bytes: Buffer, random: Random, others: Buffer[]) => Buffer;

/** Inputs stay this short, so that a hundred thousand of them take minutes. */
const MAX_BYTES = 256 << 10;

const limitsOf = (bits: number): bigint[] => {
  const half = 1n << BigInt(bits - 1);
  return [0n, 1n, -1n, half - 1n, -half, half, 2n * half - 1n, half >> 1n];
};
const TEXTS = [
  ...["0", "-1", "-0", "2147483648", "9223372036854775808", "1e309", "NaN"],
  ...["99999999999999999999999999", "0x10", "1.5", "", "null", "true", "{}"],
  ...["[]", '"', "\\", "\\ud800", "\u2028", "\r", "\n", "\t", "\0", " "],
  ...["__proto__", "constructor", "..", "/", "%2e", "é", "𝄞", "`", "->"],
];

/** A place in the bytes, and how many bytes of it. */
function part(bytes: Buffer, random: Random, max = 64): [number, number] {
  const from = random.below(bytes.length + 1);
  return [from, from + random.below(Math.min(max, bytes.length - from) + 1)];
}

const replaced = (bytes: Buffer, from: number, to: number, by: Buffer) =>
  Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)]);

/** A number at one of its type's limits, in the encodings that formats use for lengths. */
function extreme(random: Random): Buffer {
  const bits = random.pick([8, 16, 32, 64]);
  const value = random.pick(limitsOf(bits));
  const word = Buffer.alloc(8);
  word.writeBigUInt64BE(BigInt.asUintN(64, value));
  const bigEndian = word.subarray(8 - bits / 8);
  switch (random.below(3)) {
    case 0:
      return bigEndian;
    case 1:
      return Buffer.from(bigEndian).reverse();
    default: {
      // A varint, which may have no end.
      const bytes = Array.from({ length: 1 + random.below(10) }, () => 0xff);
      return Buffer.from([...bytes, random.below(256)]);
    }
  }
}

/** What happens to files: bits that flip, ends that are cut off, parts that are missing, doubled, from elsewhere or overwritten. */
const MUTATIONS: Mutation[] = [
  (bytes, random) => {
    const mutated = Buffer.from(bytes);
    if (mutated.length > 0)
      mutated[random.below(mutated.length)]! ^= 1 << random.below(8);
    return mutated;
  },
  (bytes, random) => {
    const mutated = Buffer.from(bytes);
    if (mutated.length > 0)
      mutated[random.below(mutated.length)] = random.pick([
        ...[0, 1, 0x7f, 0x80, 0xff, 0x70, 0x71],
        random.below(256),
      ]);
    return mutated;
  },
  // A length or count that is blown up: over what is there, so that the rest stays in its place.
  (bytes, random) => {
    const number = extreme(random);
    const from = random.below(bytes.length + 1);
    return replaced(bytes, from, from + number.length, number);
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => bytes.subarray(random.below(Math.min(64, bytes.length))),
  (bytes, random) => {
    const [from, to] = part(bytes, random, 4096);
    return replaced(bytes, from, to, Buffer.alloc(0));
  },
  (bytes, random) => {
    const [from, to] = part(bytes, random);
    const times = random.pick([2, 3, 100, 10_000]);
    const room = Math.floor(MAX_BYTES / Math.max(1, to - from));
    const some = bytes.subarray(from, to);
    return replaced(
      bytes,
      from,
      to,
      Buffer.concat(Array<Buffer>(Math.min(times, room)).fill(some)),
    );
  },
  // The beginning of one file and the end of another.
  (bytes, random, others) => {
    const other = random.pick(others);
    return Buffer.concat([
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    ]);
  },
  (bytes, random) => {
    const [from, to] = part(bytes, random, 12);
    return replaced(bytes, from, to, Buffer.from(random.pick(TEXTS)));
  },
  // A number in a text.
  (bytes, random) => {
    const text = bytes.toString("latin1");
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return bytes;
    const number = random.pick(numbers);
    const by = Buffer.from(random.pick(TEXTS));
    return replaced(bytes, number.index, number.index + number[0].length, by);
  },
];

/** One of the seeds with one to five things done to it. */
export function mutated(seeds: Buffer[], random: Random): Buffer {
  let bytes = random.pick(seeds);
  for (let left = 1 + random.below(5); left > 0; left--)
    bytes = random.pick(MUTATIONS)(bytes, random, seeds);
  return Buffer.from(bytes.subarray(0, MAX_BYTES));
}
