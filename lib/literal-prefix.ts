import { endOfGroup } from "./required-literal";

/** What may stand behind a character that need not be there. */
const MAY_BE_NONE = /^(?:[*?]|\{0?,|\{0\})/;

/**
 * The text with which whatever a whole-name regex matches begins; as far as it is plain to see.
 * @param source a valid regex' source; one with alternatives outside of groups has none
 */
export function literalPrefix(source: string): string {
  if (hasAlternatives(source)) return "";
  let prefix = "";
  for (let at = 0; at < source.length; at++) {
    let char = source[at]!;
    if (char === "^" && at === 0) continue;
    if (char === "\\") {
      char = source[++at] ?? "";
      if (/\w/.test(char)) return prefix;
    } else if (/[.[({*+?|$^]/.test(char)) return prefix;
    const rest = source.slice(at + 1);
    if (MAY_BE_NONE.test(rest)) return prefix;
    prefix += char;
    if (/^[+{]/.test(rest)) return prefix;
  }
  return prefix;
}

function hasAlternatives(source: string): boolean {
  for (let at = 0; at < source.length; at++) {
    const char = source[at]!;
    if (char === "|") return true;
    if (char === "\\") at++;
    else if (char === "(" || char === "[") at = endOfGroup(source, at);
  }
  return false;
}
