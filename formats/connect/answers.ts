import { isLosslessNumber, parse } from "lossless-json";
import { z } from "zod";
import { FormatError } from "../format-error";
import { shortTrace } from "./trace";

/** What a Kafka Connect worker says over its REST interface, from 3.6 on. Offsets are decimal strings, as they exceed 2^53. */

/** A number of JSON as it is written there. */
const digits = z
  .custom<unknown>(isLosslessNumber)
  .transform(String)
  .pipe(z.string().regex(/^\d+$/));

const partitionNumber = digits.transform(Number).pipe(
  z
    .int()
    .nonnegative()
    .max(2 ** 31 - 1),
);

/** Connect takes offsets as text as well, and may give what it was given. */
const offset = z.union([digits, z.string().regex(/^\d+$/)]);

const state = z.string().regex(/^[A-Z_]{1,40}$/);

const status = z.object({
  connector: z.object({ state, trace: z.string().optional() }),
  tasks: z.array(
    z.object({ id: partitionNumber, state, trace: z.string().optional() }),
  ),
  type: z.string().optional(),
});

const offsets = z.object({
  offsets: z.array(
    z.object({
      partition: z.object({
        kafka_topic: z.string().min(1),
        kafka_partition: partitionNumber,
      }),
      offset: z.object({ kafka_offset: offset }),
    }),
  ),
});

/** The few settings that are used. All others stay where they are: passwords are among them. */
const config = z.object({
  "connector.class": z.string().default(""),
  "consumer.override.group.id": z.string().optional(),
  "consumer.override.auto.offset.reset": z.string().optional(),
});

const refusal = z.object({
  error_code: digits.transform(Number),
  message: z.string().default(""),
});

/** A connector's or a task's state: RUNNING, PAUSED, STOPPED, FAILED, UNASSIGNED, RESTARTING or DESTROYED. `why` is a short trace. */
export type StateOf = { state: string; why?: string };

export type ConnectorStatus = {
  connector: StateOf;
  tasks: (StateOf & { id: number })[];
  /** Whether it writes somewhere what Kafka has; undefined where the worker does not say. */
  isSink?: boolean;
};

/** Where a sink goes on in a partition. */
export type SinkOffset = { topic: string; partition: number; offset: string };

export type SinkSettings = {
  /** The connector's Java class. */
  class: string;
  /** The consumer group, where it is not `connect-<name>`. */
  group?: string;
  /** Where its consumer goes that finds no offset, as far as the connector says it itself. */
  offsetReset?: string;
};

/** What a refusal says; undefined where a body is none of Connect's. */
export type Refusal = { code: number; message: string };

const stateOf = ({ state, trace }: z.infer<typeof status>["connector"]) => ({
  state,
  ...(trace === undefined || trace === "" ? {} : { why: shortTrace(trace) }),
});

/** The consumer group in which a sink commits, unless it is configured otherwise. */
export const connectGroup = (connector: string): string =>
  `connect-${connector}`;

/** @throws FormatError that repeats nothing of the text */
export const readConnectorNames = (text: string): string[] =>
  read(z.array(z.string()), text, "a list of connectors");

/** @throws FormatError that repeats nothing of the text */
export function readConnectorStatus(text: string): ConnectorStatus {
  const { connector, tasks, type } = read(status, text, "a connector's status");
  return {
    connector: stateOf(connector),
    tasks: tasks.map((task) => ({ id: task.id, ...stateOf(task) })),
    ...(type === undefined ? {} : { isSink: type === "sink" }),
  };
}

/** @throws FormatError that repeats nothing of the text; a source's offsets are none of a sink's */
export const readSinkOffsets = (text: string): SinkOffset[] =>
  read(offsets, text, "a sink's offsets").offsets.map(
    ({ partition, offset: at }) => ({
      topic: partition.kafka_topic,
      partition: partition.kafka_partition,
      offset: BigInt(at.kafka_offset).toString(),
    }),
  );

/** @throws FormatError that repeats nothing of the text */
export function readSinkSettings(text: string): SinkSettings {
  const given = read(config, text, "a connector's configuration");
  const group = given["consumer.override.group.id"];
  const offsetReset = given["consumer.override.auto.offset.reset"];
  return {
    class: given["connector.class"],
    ...(group === undefined ? {} : { group }),
    ...(offsetReset === undefined ? {} : { offsetReset }),
  };
}

export function readRefusal(text: string): Refusal | undefined {
  try {
    const { error_code: code, message } = read(refusal, text, "a refusal");
    return { code, message };
  } catch {
    return undefined;
  }
}

/** What `PATCH …/offsets` wants. Offsets go as text, which Connect takes whatever their size. */
export const writeSinkOffsets = (wanted: readonly SinkOffset[]): string =>
  JSON.stringify({
    offsets: wanted.map(({ topic, partition, offset: at }) => ({
      partition: { kafka_topic: topic, kafka_partition: partition },
      offset: { kafka_offset: at },
    })),
  });

function read<T>(form: z.ZodType<T>, text: string, what: string): T {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    throw new FormatError(`not ${what}: no JSON (${text.length} characters)`);
  }
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  // A field's place may hold names that others gave; its path has only what the form itself names, and numbers.
  const [issue] = parsed.error.issues;
  throw new FormatError(
    `not ${what}: ${issue!.path.map(String).join(".") || "the whole"} has another form`,
  );
}
