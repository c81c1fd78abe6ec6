import { getHeapStatistics } from "node:v8";
import { mutated, randomOf } from "./mutations";
import { isFormatError, type Parser, Work } from "./parser";
import { SECRETS } from "./seeds/events";

/** What came of one input: the parser read it, or refused it as it should, or did what it must not. */
export type Outcome = "read" | "refused" | { fault: string };

/** Bytes beyond the heap that may be more after an input than before: what was used and is not collected yet counts, too. */
const MAX_KEPT_BYTES = 256 << 20;
/** An error's message is read by people, and is kept in histories. */
const MAX_MESSAGE = 1000;

/** FNV-1a: parsers do not get the same mutations. */
const hashOf = (name: string) =>
  [...name].reduce(
    (hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193),
    0x811c9dc5,
  );

/** The input of a number. The first ones are the seeds as they are: these must be read. */
export function inputOf({ name, seeds }: Parser, number: number): Buffer {
  const files = seeds();
  return (
    files[number] ??
    mutated(files, randomOf(hashOf(name) ^ Math.imul(number, 0x9e3779b1)))
  );
}

/** Gives a parser one input. */
export async function tryInput(
  parser: Parser,
  number: number,
): Promise<Outcome> {
  const bytes = inputOf(parser, number);
  const before = getHeapStatistics().external_memory;
  const outcome = await outcomeOf(parser, bytes);
  const kept = getHeapStatistics().external_memory - before;
  if (kept > MAX_KEPT_BYTES)
    return { fault: `it took ${kept >> 20} MB for ${bytes.length} bytes` };
  if (outcome === "refused" && number < parser.seeds().length)
    return { fault: "it refuses a file that is whole" };
  return outcome;
}

async function outcomeOf(parser: Parser, bytes: Buffer): Promise<Outcome> {
  let given: unknown;
  try {
    given = await parser.parse(bytes, new Work(bytes.length));
  } catch (error) {
    return judged(error, parser.refuses ?? isFormatError);
  }
  const odd = oddNumber(given);
  return odd === undefined ? "read" : { fault: `it gives the number ${odd}` };
}

function judged(error: unknown, refuses: (error: unknown) => boolean): Outcome {
  const { message, stack } = error as Error;
  if (!refuses(error)) return { fault: stack ?? String(error) };
  if (SECRETS.some((secret) => message.includes(secret)))
    return { fault: `its error quotes the input: ${message}` };
  return message.length > MAX_MESSAGE
    ? { fault: `its error has ${message.length} characters` }
    : "refused";
}

/** A number that is none, or has no end, in what a parser gave; whoever reckons with it goes wrong in silence. */
function oddNumber(value: unknown): number | undefined {
  if (typeof value === "number")
    return Number.isFinite(value) ? undefined : value;
  if (value === null || typeof value !== "object" || Buffer.isBuffer(value))
    return undefined;
  const parts =
    value instanceof Map ? [...value.values()] : Object.values(value);
  for (const inner of parts) {
    const odd = oddNumber(inner);
    if (odd !== undefined) return odd;
  }
  return undefined;
}
