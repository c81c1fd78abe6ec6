/**
 * What other programs print may quote what they stumbled over: an event's text, an address, a user agent. Errors and histories are read by
 * others than may read events, so that only this much is repeated: sentences of the platform's own classes, and of others the class alone.
 */

/** `com.example.SomeException: its message`, up to the end of the line. */
const EXCEPTION =
  /\b((?:[a-z]\w*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable))\b:?[^\n]*/g;
/** Their messages speak of applications, queues, files and classes; what they wrap of others is a class of its own, and cut there. */
const PLATFORM =
  /^org\.apache\.(?:hadoop|spark\.(?:SparkException|SparkUserAppException|deploy))\b/;

/** What may be a value, whoever wrote it: JSON, quoted text, addresses, a browser's name. */
const VALUES: [RegExp, string][] = [
  [/[{[][^\n]*[}\]"]/g, "…"],
  [/\{[^\n]*/g, "…"],
  [/"[^"\n]*"?/g, "…"],
  [/(?<!\w)'[^'\n]*'?/g, "…"],
  [/`[^`\n]*`?/g, "…"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, "…"],
  [
    /(?<![\w:])(?:(?:[0-9a-f]{1,4}:){4,7}|[0-9a-f:]{0,34}::)[0-9a-f:]{0,39}(?![\w:])/gi,
    "…",
  ],
  [/\b(?:Mozilla|Opera|Dalvik|curl|okhttp|WikipediaApp)\/[^\n]*/gi, "…"],
];

const masked = (text: string): string =>
  VALUES.reduce((rest, [value, by]) => rest.replace(value, by), text);

/** A program's output without what may be an event's. */
export function withoutValues(text: string): string {
  const told = text.replace(EXCEPTION, (whole: string, name: string) =>
    PLATFORM.test(name) ? whole : name,
  );
  return masked(told);
}
