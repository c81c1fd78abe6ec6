/** Thrown where bytes are not what their format says. The message says what was wrong, and at which byte where that is known. */
export class FormatError extends Error {
  override name = "FormatError";
}

/** Thrown where the bytes end too early. Whoever reads a file in pieces may try again with more of it. */
export class EndOfBytes extends FormatError {}
