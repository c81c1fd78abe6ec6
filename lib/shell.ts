/** A text as one word of a POSIX shell's command, whatever it holds. */
export const quoted = (text: string): string =>
  `'${text.replaceAll("'", `'\\''`)}'`;

/** The same for people: plain characters are left as they are. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text);
