import { hoursIn } from "../../../lib/hour";
import {
  LAST_HOUR,
  MIDNIGHT,
  rawDir,
  SECOND_HOUR,
  SINCE_IMPORT,
  topicOf,
} from "./topic-hours";
import type { Hands, Trouble } from "./trouble";

/** A topic whose only oddity is in Kafka, and whose raw file somebody removes: the gap is verified by reading Kafka. */
const readInCodec = (name: string, codec: string): Trouble => ({
  name,
  trouble: `a raw file of a topic in ${codec} is removed, and Kafka is read for what it held`,
  hours: [SECOND_HOUR],
  verdict: "import-partial",
  cause: "unknown",
  settings: { "compression.type": codec },
  tamper: async ({ hdfs, fileIn }) =>
    hdfs.remove(await fileIn(rawDir(name, SECOND_HOUR))),
});

/** Messages that were imported after Refine's run: whatever made them, they are all there. */
const imported = {
  hours: [MIDNIGHT],
  verdict: "refine-missing",
  cause: "refine-not-running",
} as const;

const threeOf = ({ event }: Hands, name: string) =>
  Array.from({ length: 3 }, () => event(name, MIDNIGHT));

/** What Kafka itself can be like: its partitions, its codecs, its topics' lives. */
export const KAFKA_TROUBLES: Trouble[] = [
  { name: "ThreePartitions", trouble: "none", hours: [], partitions: 3 },
  { name: "TwelvePartitions", trouble: "none", hours: [], partitions: 12 },
  {
    name: "AddedPartitions",
    trouble: "a topic gets partitions and has events in them",
    ...imported,
    afterFirstImport: ({ admin }) =>
      admin.createPartitions({
        topicPartitions: [{ topic: topicOf("AddedPartitions"), count: 4 }],
      }),
    beforeLastImport: ({ send }) =>
      send("AddedPartitions", 8, MIDNIGHT, { partitions: 4 }),
  },
  {
    name: "Transactions",
    trouble: "a producer has transactions of its own, and aborts one",
    ...imported,
    beforeLastImport: async (hands) => {
      const topic = topicOf("Transactions");
      const messages = threeOf(hands, "Transactions").map((value) => ({
        value,
      }));
      const { transactional } = hands;
      const aborted = await transactional.transaction();
      await aborted.send({ topic, messages });
      await aborted.abort();
      const committed = await transactional.transaction();
      await committed.send({ topic, messages });
      await committed.commit();
    },
  },
  readInCodec("Gzip", "gzip"),
  readInCodec("Snappy", "snappy"),
  readInCodec("Lz4", "lz4"),
  readInCodec("Zstd", "zstd"),
  {
    name: "Recreated",
    trouble:
      "a topic is deleted and made anew, and the importer's offsets lie beyond its end",
    hours: SINCE_IMPORT,
    partly: LAST_HOUR,
    verdict: "lost-from-kafka",
    cause: "topic-recreated",
    afterLastImport: async (hands) => {
      await hands.recreate("Recreated");
      await hands.sendTexts("Recreated", threeOf(hands, "Recreated"));
    },
  },
  {
    name: "FromFuture",
    trouble:
      "a message is dated next year, and what came after it is not imported",
    // Of which of them the unread messages are, their times do not tell.
    hours: SINCE_IMPORT,
    verdict: "import-missing",
    cause: "importer-slow",
    settings: { "message.timestamp.type": "CreateTime" },
    isSkippedByLastImport: true,
    afterFirstImport: (hands) =>
      hands.sendTexts(
        "FromFuture",
        [hands.event("FromFuture", MIDNIGHT)],
        Date.parse("2019-06-19T00:30:00Z"),
      ),
    beforeLastImport: ({ send }) => send("FromFuture", 4, MIDNIGHT),
  },
  {
    name: "SmallRetention",
    trouble: "a topic is bounded by size, and unread events are deleted",
    hours: SINCE_IMPORT,
    partly: LAST_HOUR,
    verdict: "lost-from-kafka",
    cause: "retention-too-short",
    settings: { "retention.ms": "-1", "retention.bytes": "1000000000" },
    afterLastImport: async (hands) => {
      await hands.sendTexts("SmallRetention", threeOf(hands, "SmallRetention"));
      await hands.deleteAll("SmallRetention");
    },
  },
  {
    name: "NeverRead",
    trouble: "events of a topic that the importer never read are deleted",
    // Nothing tells since when it has lost events.
    hours: hoursIn({ since: "2018-06-18T11", until: "2018-06-19T02" }),
    verdict: "lost-from-kafka",
    cause: "offset-out-of-range",
    traffic: () => 0,
    afterLastImport: async (hands) => {
      await hands.sendTexts("NeverRead", threeOf(hands, "NeverRead"));
      await hands.deleteAll("NeverRead");
    },
  },
];
