import {
  emptyMemory,
  type TopicMemory,
} from "../../../../../activities/audit/evidence/evidence-cache";
import {
  noLog,
  readKafkaLog,
  withLogsPast,
} from "../../../../../activities/audit/evidence/kafka-log";
import { hourStart } from "../../../../../lib/hour";
import { topic } from "../../../domain/audit/cases";

export const RANGE = { since: "2018-07-05T00", until: "2018-07-05T06" };
export const AS_OF = hourStart("2018-07-05T06");

/** A log of one partition with a message at each of these times. */
export const logOf = (...times: string[]) => ({
  offsets: async () => [{ partition: 0, low: "0", high: String(times.length) }],
  offsetsAt: async (_topic: string, ms: number) => {
    const first = times.findIndex((time) => Date.parse(time) >= ms);
    return new Map([[0, BigInt(first === -1 ? times.length : first)]]);
  },
});

export const OLD = logOf(
  "2018-07-05T01:10:00Z",
  "2018-07-05T02:10:00Z",
  "2018-07-05T05:59:00Z",
);
// As many messages as the old one had, so that no offset tells them apart.
export const NEW = logOf(
  "2018-07-05T04:10:00Z",
  "2018-07-05T04:20:00Z",
  "2018-07-05T05:59:00Z",
);

/** Audits one after another, where the importer stands at `stored` in the only partition, and what each says of a replaced log. */
export function audits(memory = emptyMemory()) {
  return async (
    log: ReturnType<typeof logOf>,
    id: string | undefined,
    watermark: string,
    { stored = "3", asOf = AS_OF } = {},
  ) => {
    const found = await readKafkaLog(log, "t", RANGE, asOf, id, memory);
    const partitions = found.offsets.map(({ partition, low, high }) => ({
      ...{ partition, stored, logStart: low, logEnd: high },
    }));
    const about = topic({ watermark: hourStart(watermark), partitions });
    return withLogsPast(about, found, new Map(), memory, RANGE, asOf)
      .replacedLog;
  };
}
export const [TWO, FOUR] = ["2018-07-05T02", "2018-07-05T04"] as const;

/** What an audit says of a replaced log when Kafka does not have the topic, where the importer stands at `stored`. */
export const goneAt = (
  memory: TopicMemory,
  asOf: number,
  stored = "3",
  watermark: string = TWO,
) =>
  withLogsPast(
    topic({ watermark: hourStart(watermark), partitions: [] }),
    noLog(memory),
    new Map([[0, { offset: stored }]]),
    memory,
    RANGE,
    asOf,
  ).replacedLog;
