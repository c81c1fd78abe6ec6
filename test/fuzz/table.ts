import type { Parser } from "./parser";
import { ANSWERS } from "./parsers/answers";
import { CONNECT } from "./parsers/connect";
import { EVENTLOGGING } from "./parsers/eventlogging";
import { EVENT_PLATFORM } from "./parsers/event-platform";
import { HADOOP } from "./parsers/hadoop";
import { KAFKA_CLIENT } from "./parsers/kafka-client";
import { LOGS } from "./parsers/logs";
import { NAMES } from "./parsers/names";

/** Every parser of bytes that come from elsewhere, one row each: a new format gets a row here. */
export const PARSERS: readonly Parser[] = [
  ...HADOOP,
  ...LOGS,
  ...EVENTLOGGING,
  ...EVENT_PLATFORM,
  ...NAMES,
  ...ANSWERS,
  ...CONNECT,
  ...KAFKA_CLIENT,
];

/** @throws Error that lists the names, where none is that one */
export function parserNamed(name: string): Parser {
  const parser = PARSERS.find((row) => row.name === name);
  if (!parser)
    throw new Error(
      `no parser ${name}; there are ${PARSERS.map((row) => row.name).join(", ")}`,
    );
  return parser;
}
