/** Marks what nobody but an operator knows. */
export const FILL_IN = "FILL IN";

/** A text as YAML has it. */
export const scalar = (text: string): string =>
  /^[A-Za-z/][\w./@:-]*[\w/]$/.test(text) &&
  !/^(?:true|false|null|yes|no)$/i.test(text)
    ? text
    : JSON.stringify(text);

export const list = (items: readonly string[]): string =>
  `[${items.map(scalar).join(", ")}]`;

/** A comment, of one line whatever a service has said. */
export const comment = (text: string, indent = ""): string =>
  `${indent}# ${text.replaceAll(/\s+/g, " ").trim()}`;

export const toFillIn = (line: string, what: string): string =>
  `${line} ${comment(`${FILL_IN}: ${what}`)}`;
