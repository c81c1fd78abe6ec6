import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError } from "../../formats/format-error";
import type { RandomAccess } from "../../lib/random-access";

/** A parser under test, and real files or answers of its format. */
export type Parser = {
  name: string;
  seeds: () => Buffer[];
  /** Reads the bytes to their end, every record of them. What it gives is looked through for numbers that are none. */
  parse: (bytes: Buffer, work: Work) => unknown;
  /** Whether an error says that the input is none of the format; without it, whether it is a FormatError. */
  refuses?: (error: unknown) => boolean;
};

/** Thrown where a parser does more than its input can be worth. */
class TooMuchWork extends Error {}

/** Steps that an input of no bytes may take, and one more for each of its bytes times this. */
const STEPS = 10_000;
const STEPS_PER_BYTE = 64;

/** Counts what a parser does for an input. A count says the same on every machine, which a time does not. */
export class Work {
  private left: number;

  constructor(inputBytes: number) {
    this.left = STEPS + STEPS_PER_BYTE * inputBytes;
  }

  /** One line, record or byte that was read. */
  spend(steps = 1): void {
    this.left -= steps;
    if (this.left < 0)
      throw new TooMuchWork("it takes more steps than its bytes can be worth");
  }

  /** All that a parser yields. */
  async all<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
    const found: T[] = [];
    for await (const item of items) {
      this.spend();
      found.push(item);
    }
    return found;
  }

  /** Bytes as a file, of which a read costs what it returns. */
  file(bytes: Buffer): RandomAccess {
    return {
      size: bytes.length,
      read: async (offset, length) => {
        const isRange = [offset, length].every(
          (n) => Number.isSafeInteger(n) && n >= 0,
        );
        // Where files really lie, a service would refuse this, and its error would be taken for an outage.
        if (!isRange) throw new RangeError("a read that is no range");
        const read = bytes.subarray(offset, offset + length);
        this.spend(1 + read.length);
        return read;
      },
    };
  }
}

export const isFormatError = (error: unknown): boolean =>
  error instanceof FormatError;

/** A file of test/fixtures. */
export const fixture = (name: string): Buffer =>
  readFileSync(join(__dirname, "..", "fixtures", name));

/** Bytes that arrive in pieces of some length. */
export async function* inPieces(
  bytes: Buffer,
  length = 100,
): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length)
    yield bytes.subarray(at, at + length);
}

/** Texts as seeds. */
export const texts = (...seeds: string[]): (() => Buffer[]) => {
  const bytes = seeds.map((seed) => Buffer.from(seed));
  return () => bytes;
};
