import type { RandomAccess } from "./random-access";

/** Bytes that are read at once: enough that a round trip does not count, few enough that some of them fit into memory. */
export const CHUNK_BYTES = 4 << 20;
/** Chunks that are asked for before they are needed. */
const AHEAD = 2;
/** Chunks that are kept: those ahead, the one that is read, and the one before, in which what is read may have begun. */
const KEPT = AHEAD + 2;

/**
 * Reads a file in large chunks, and the next ones while those before are worked on: for files that are read from one end to the other in
 * small ranges. A chunk that could not be read fails whoever asks for it, and is asked for anew by the next one.
 */
export function readAhead(
  { size, read }: RandomAccess,
  chunkBytes = CHUNK_BYTES,
): RandomAccess {
  const chunks = new Map<number, Promise<Buffer>>();

  function chunk(index: number): Promise<Buffer> {
    const known = chunks.get(index);
    if (known) return known;
    const offset = index * chunkBytes;
    const asked = read(offset, Math.min(chunkBytes, size - offset));
    chunks.set(index, asked);
    // Nobody may ever wait for a chunk that was asked for ahead: its failure must not end the process.
    asked.catch(() => chunks.delete(index));
    return asked;
  }

  return {
    size,
    read: async (offset, length) => {
      const end = Math.min(offset + length, size);
      if (offset >= end) return Buffer.alloc(0);
      const first = Math.floor(offset / chunkBytes);
      const last = Math.floor((end - 1) / chunkBytes);
      const parts: Buffer[] = [];
      for (let index = first; index <= last; index++) {
        const part = chunk(index);
        for (let next = index + 1; next <= index + AHEAD; next++)
          if (next * chunkBytes < size) void chunk(next);
        for (const old of chunks.keys())
          if (chunks.size > KEPT && (old < index - 1 || old > index + AHEAD))
            chunks.delete(old);
        const from = index * chunkBytes;
        parts.push(
          (await part).subarray(Math.max(0, offset - from), end - from),
        );
      }
      return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    },
  };
}
