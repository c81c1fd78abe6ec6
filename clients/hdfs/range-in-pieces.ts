import { ServiceError } from "../errors";

/** A file was replaced, cut off or removed between two requests. */
export class FileChanged extends Error {}

/** A file of which ranges are asked for. */
type Ranges = {
  /** As an error names it. */
  name: string;
  /** Bytes of a range as they come, by one request. */
  pieces: (range: { offset: number; length: number }) => AsyncIterable<Buffer>;
  /** Whether it is still the file that was opened. */
  isSame: () => Promise<boolean>;
};

/** Whoever gives less than this, and breaks off, so many times in a row, is not asked again. */
const LEAST_BYTES = 1 << 20;
const TRIES = 5;

/**
 * A range's bytes as they come, all of them. What breaks off is asked for again from there on, as long as anything comes of the same file.
 * @throws FileChanged where the file has fewer, or is another one by now
 * @throws ServiceError where it breaks off again and again
 */
export async function* rangeInPieces(
  { name, pieces, isSame }: Ranges,
  offset: number,
  length: number,
): AsyncGenerator<Buffer> {
  const end = offset + length;
  const changed = (how: string) =>
    new FileChanged(`${name} has changed while it was read: ${how}`);
  let few = 0;
  for (let at = offset; at < end;) {
    const asked = { offset: at, length: end - at };
    if (at > offset && !(await isSame()))
      throw changed(`it is another one since its byte ${at} was read`);
    let failure: ServiceError | undefined;
    try {
      for await (const piece of pieces(asked)) {
        at += piece.length;
        if (at > end)
          throw changed(`${asked.length} bytes were asked for, and more came`);
        yield piece;
      }
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      failure = error;
    }
    const came = at - asked.offset;
    few = came < LEAST_BYTES ? few + 1 : 0;
    if (failure && (came === 0 || few >= TRIES)) throw failure;
    if (came === 0)
      throw changed(`nothing of ${asked.length} bytes at ${asked.offset}`);
    if (at < end && few >= TRIES)
      throw changed(`it ends again and again before its end, now at ${at}`);
  }
}
