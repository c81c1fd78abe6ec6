/** Thrown where bytes are not what their format says. The message says what was wrong, and at which byte where that is known. */
export class FormatError extends Error {
  override name = "FormatError";
}

/** Thrown where the bytes end too early. Whoever reads a file in pieces may try again with more of it. */
export class EndOfBytes extends FormatError {
  constructor(
    message: string,
    /** How many more bytes are needed, at least. A damaged length can ask for more than a file has. */
    readonly missing = 1,
  ) {
    super(message);
  }
}

/** Class names, codecs and files' names look like this; no address and no sentence does. */
const IDENTIFIER = /^[A-Za-z_$][\w.$-]{0,150}$/;

/**
 * A name that was read from bytes, for a message. Damaged bytes can have anything in a name's place, people's data among it, and an error is
 * read by others than may read the data: what does not look like a name is not repeated.
 */
export const named = (text: string): string =>
  IDENTIFIER.test(text) ? text : `(no name, ${text.length} characters)`;
