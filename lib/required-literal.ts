/** Escapes that stand for one character of some kind, or for a place between two. */
const CLASS_OR_PLACE = /[dDwWsSbB]/;
const QUANTIFIER = /^\{\d+(?:,\d*)?\}/;

/** Whether a character is one of ASCII that can be seen, or a space. */
const isPlain = (char: string) => /[ -~]/.test(char);

/**
 * The longest text that stands in whatever a regex matches, by which its matches can be looked for before it is tried. Only plain ASCII
 * outside of groups and classes counts, and a regex of alternatives has none.
 * @param source a valid regex' source, of one without flags
 * @returns undefined where there is none, or none that is sure
 */
export function requiredLiteral(source: string): string | undefined {
  const runs = [""];
  const endRun = () => runs.push("");
  const add = (char: string) => (runs[runs.length - 1] += char);
  for (let at = 0; at < source.length; at++) {
    const char = source[at]!;
    if (char === "\\") {
      const escaped = source[++at]!;
      if (CLASS_OR_PLACE.test(escaped)) endRun();
      else if (/\w/.test(escaped)) return undefined;
      else if (isPlain(escaped)) add(escaped);
      else endRun();
    } else if (char === "|") return undefined;
    else if (char === "(" || char === "[") {
      at = endOfGroup(source, at);
      endRun();
    } else if (char === "{") {
      const quantifier = QUANTIFIER.exec(source.slice(at))?.[0];
      if (quantifier === undefined) return undefined;
      at += quantifier.length - 1;
      withoutLast(runs);
    } else if (char === "*" || char === "?") withoutLast(runs);
    else if (/[+.^$]/.test(char) || !isPlain(char)) endRun();
    else add(char);
  }
  const longest = runs.reduce((a, b) => (b.length > a.length ? b : a));
  return longest === "" ? undefined : longest;
}

/** Ends a run whose last character may not be there. */
function withoutLast(runs: string[]): void {
  runs.push(runs.pop()!.slice(0, -1), "");
}

/** Where the bracket of a group or a class is closed that is opened at an offset of a regex' source. */
export function endOfGroup(source: string, from: number): number {
  let depth = 0;
  let isClass = false;
  for (let at = from; at < source.length; at++) {
    const char = source[at];
    if (char === "\\") at++;
    else if (isClass) isClass = char !== "]";
    else if (char === "[") isClass = true;
    else if (char === "(") depth++;
    else if (char === ")") depth--;
    if (depth === 0 && !isClass) return at;
  }
  return source.length;
}
