import { FormatError } from "../format-error";

const ESCAPES: Record<string, string> = {
  t: "\t",
  n: "\n",
  r: "\r",
  f: "\f",
};

/** What Java takes for white space here; no others, and no line breaks. */
const isBlank = (char: string | undefined): boolean =>
  char === " " || char === "\t" || char === "\f";

/** Lines as they are meant: without comments and blank lines, those put together that a backslash continues. */
function* logicalLines(text: string): Generator<string> {
  let begun: string[] = [];
  for (const natural of text.split(/\r\n|[\r\n]/)) {
    const line = natural.replace(/^[ \t\f]+/, "");
    // Within a line that goes on, `#` is no comment.
    if (begun.length === 0 && (line === "" || /^[#!]/.test(line))) continue;
    let backslashes = 0;
    while (line[line.length - 1 - backslashes] === "\\") backslashes++;
    const goesOn = backslashes % 2 === 1;
    const part = goesOn ? line.slice(0, -1) : line;
    // A backslash alone begins no line.
    if (part !== "") begun.push(part);
    if (goesOn) continue;
    if (begun.length > 0) yield begun.join("");
    begun = [];
  }
  if (begun.length > 0) yield begun.join("");
}

/** Where the key ends: at the first `=`, `:` or blank that is not escaped. */
function keyEnd(line: string): number {
  let at = 0;
  while (at < line.length) {
    const char = line[at]!;
    if (char === "=" || char === ":" || isBlank(char)) return at;
    at += char === "\\" ? 2 : 1;
  }
  return line.length;
}

function unescaped(text: string): string {
  return text.replace(
    /\\(u[0-9a-fA-F]{4}|[^]|$)/g,
    (_, escaped: string): string => {
      if (escaped.length === 5)
        return String.fromCharCode(parseInt(escaped.slice(1), 16));
      // Its text is not repeated: it may be a part of a password.
      if (escaped === "u")
        throw new FormatError("\\u without four hexadecimal digits");
      return ESCAPES[escaped] ?? escaped;
    },
  );
}

/**
 * A file of properties as `java.util.Properties` reads it, by which Kafka's own tools read theirs: its bytes are Latin-1, whatever else has to be
 * written as `\uXXXX`. Of a key that is there twice the last counts.
 * @throws FormatError that repeats nothing of the file
 */
export function parseProperties(bytes: Buffer): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(bytes.toString("latin1"))) {
    const end = keyEnd(line);
    let at = end;
    while (isBlank(line[at])) at++;
    if (line[at] === "=" || line[at] === ":") at++;
    while (isBlank(line[at])) at++;
    properties.set(unescaped(line.slice(0, end)), unescaped(line.slice(at)));
  }
  return properties;
}
