import { fatal } from "../errors";

/** The coordinator is still ending the transaction before, or has not loaded what it knows yet; by kafkajs' names. */
const BUSY = ["CONCURRENT_TRANSACTIONS", "GROUP_LOAD_IN_PROGRESS"];
/** What another connection can mend, as it looks the coordinator up: this one is busy, is moving or is not there yet. */
const PASSING = [
  ...BUSY,
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "NOT_COORDINATOR_FOR_GROUP",
];

/** Kafka's numbers of the errors that tell a fenced producer: INVALID_PRODUCER_EPOCH, and PRODUCER_FENCED of brokers from 2.5 on. */
const FENCED_CODES = [47, 90];
/** The first of them as kafkajs' own requests name it. The second does not answer their versions. */
const FENCED_TYPE = "INVALID_PRODUCER_EPOCH";

type Failure = { type?: string; code?: unknown };

const typeOf = (error: unknown): string => (error as Failure).type ?? "";

/** Whether a broker refuses a producer for good, as another with its transactional id came, or its transaction was open for too long. */
export const isFenced = (error: unknown): boolean => {
  const { type, code } = error as Failure;
  return type === FENCED_TYPE || FENCED_CODES.includes(code as number);
};

/** What no other try mends, by Kafka's numbers of its errors. */
const REFUSED: Record<number, string> = {
  10: "MESSAGE_TOO_LARGE: an event, or a batch of `replay.batchBytes`, exceeds its max.message.bytes",
  18: "RECORD_LIST_TOO_LARGE: a batch of `replay.batchBytes` exceeds its segment.bytes",
  29: "TOPIC_AUTHORIZATION_FAILED: the right to write is lacking",
  32: "INVALID_TIMESTAMP: an event is older or newer than it allows",
  87: "INVALID_RECORD: it takes records with keys only, or has a check of its own",
};

/** The failure where a broker refuses records. */
export function refusal(log: string, code: number): Error {
  const why = REFUSED[code];
  const said = `Kafka refused what was sent to ${log}`;
  return why === undefined
    ? Object.assign(new Error(`${said} with its error ${code}`), { code })
    : fatal("RefusedRecord", `${said}: ${why}`);
}

/** Whether the coordinator can go on in a moment. */
export const isBusy = (error: unknown): boolean => BUSY.includes(typeOf(error));

/** Whether a producer that could not be connected may be connected a little later. */
export const isPassing = (error: unknown): boolean =>
  PASSING.includes(typeOf(error));
