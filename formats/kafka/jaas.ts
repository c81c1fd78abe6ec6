import { FormatError } from "../format-error";

/** How somebody logs in, as Java's `sasl.jaas.config` says it. */
export type JaasEntry = {
  /** The login module's class. */
  module: string;
  options: Map<string, string>;
};

/** Texts, quoted or not, and single characters. A number is none of both: Java takes it for no value. */
type Token =
  | { kind: "text"; text: string }
  | { kind: "sign"; sign: string }
  | { kind: "number" };

const ESCAPES: Record<string, string> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** As Java's StreamTokenizer has it with Kafka's settings. A single slash begins a comment there as well as two. */
const BLANK_OR_COMMENT = /(?:[\0- ]|\/\*[^]*?(?:\*\/|$)|\/[^\r\n]*)+/y;
const NUMBER = /-?(?:\d+(?:\.\d*)?|\.\d+)/y;
const WORD = /[A-Za-z\u00a0-\uffff\-_$][\w.\-$\u00a0-\uffff]*/y;
/** A line break ends a quoted text, too. */
const QUOTED = /(["'])((?:\\[^]|(?!\1)[^\\\r\n])*)\1?/y;

const unquoted = (text: string): string =>
  text.replace(/\\([0-3][0-7]{0,2}|[4-7][0-7]?|[^])/g, (_, escaped: string) =>
    /^[0-7]/.test(escaped)
      ? String.fromCharCode(parseInt(escaped, 8))
      : (ESCAPES[escaped] ?? escaped),
  );

function* tokensOf(text: string): Generator<Token> {
  let at = 0;
  const take = (form: RegExp): RegExpExecArray | undefined => {
    form.lastIndex = at;
    const found = form.exec(text) ?? undefined;
    if (found) at += found[0].length;
    return found;
  };
  while (at < text.length) {
    if (take(BLANK_OR_COMMENT)) continue;
    const inQuotes = take(QUOTED);
    if (inQuotes) {
      yield { kind: "text", text: unquoted(inQuotes[2]!) };
      continue;
    }
    if (take(NUMBER)) {
      yield { kind: "number" };
      continue;
    }
    const word = take(WORD);
    if (word) yield { kind: "text", text: word[0] };
    else yield { kind: "sign", sign: text[at++]! };
  }
}

/** What options are called. Where quotes are wrong, a part of a password stands in a key's place. */
const OPTIONS = new Set([
  "username",
  "password",
  "clientId",
  "clientSecret",
  "scope",
  "keyTab",
  "principal",
  "serviceName",
  "ticketCache",
  "useKeyTab",
  "useTicketCache",
]);

const FLAGS = ["required", "requisite", "sufficient", "optional"];

/**
 * Reads `module flag key=value …;`. Kafka takes one such entry for a client.
 * @throws FormatError that repeats nothing but the names of known options
 */
export function parseJaas(text: string): JaasEntry {
  const tokens = tokensOf(text);
  const next = (): Token | undefined =>
    tokens.next().value as Token | undefined;
  const module = next();
  if (module?.kind !== "text")
    throw new FormatError("no login module: `class required key=value …;`");
  const flag = next();
  if (flag?.kind !== "text" || !FLAGS.includes(flag.text.toLowerCase()))
    throw new FormatError(
      `no control flag behind the login module; allowed: ${FLAGS.join(", ")}`,
    );
  const options = new Map<string, string>();
  for (;;) {
    const key = next();
    if (key?.kind === "sign" && key.sign === ";") break;
    if (key === undefined)
      throw new FormatError("no semicolon ends the login module's options");
    if (key.kind !== "text")
      throw new FormatError(
        `something that is no key, behind ${options.size} options: a value with special characters needs quotes`,
      );
    const equals = next();
    const value = next();
    const isEquals = equals?.kind === "sign" && equals.sign === "=";
    if (!isEquals || value?.kind !== "text")
      throw new FormatError(
        `no value of ${OPTIONS.has(key.text) ? key.text : "an option"} behind ${options.size} others: \`key="value"\`, in quotes where it begins with a digit or has special characters`,
      );
    options.set(key.text, value.text);
  }
  if (next() !== undefined)
    throw new FormatError(
      "more than one login module, of which one is allowed",
    );
  return { module: module.text, options };
}
