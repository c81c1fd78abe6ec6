import { ConfigResourceTypes } from "kafkajs";
import { hourStart } from "../../../lib/hour";
import { java, refineClasspath } from "../../../sandbox/platform/java";
import {
  SECOND_HOUR,
  HOURS,
  LAST_HOUR,
  MIDNIGHT,
  rawDir,
  refinedDir,
  SINCE_IMPORT,
  topicOf,
} from "./topic-hours";
import type { Trouble } from "./trouble";

/** Every trouble that an audit can name, each on a topic of its own; the first topic has none. */
export const TROUBLES: Trouble[] = [
  { name: "Healthy", trouble: "none", hours: [] },
  {
    name: "Silent",
    trouble: "a producer with fifteen events an hour falls silent",
    hours: ["2018-06-19T00", "2018-06-19T01"],
    verdict: "empty",
    cause: "producer-silent",
    traffic: () => 15,
  },
  {
    name: "Behind",
    trouble: "the importer leaves out a topic that has events",
    hours: [MIDNIGHT],
    verdict: "import-missing",
    cause: "importer-slow",
    isSkippedByLastImport: true,
    beforeLastImport: ({ send }) => send("Behind", 5, MIDNIGHT),
  },
  {
    name: "OutOfRange",
    trouble: "events are deleted before the importer has read them",
    // Which of the hours since the last import the deleted offsets were of, nothing says.
    hours: SINCE_IMPORT,
    partly: LAST_HOUR,
    verdict: "lost-from-kafka",
    cause: "offset-out-of-range",
    afterLastImport: async ({ sendTexts, event, deleteAll }) => {
      await sendTexts("OutOfRange", threeOf("OutOfRange", event));
      await deleteAll("OutOfRange");
    },
  },
  {
    name: "ShortRetention",
    trouble: "a topic keeps its events for less than the importer is behind",
    hours: SINCE_IMPORT,
    partly: LAST_HOUR,
    verdict: "lost-from-kafka",
    cause: "retention-too-short",
    // Ten hours from now on: its importer is about to be further behind than that.
    afterFirstImport: ({ admin }) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: topicOf("ShortRetention"),
            configEntries: [{ name: "retention.ms", value: "36000000" }],
          },
        ],
      }),
    beforeLastImport: async ({ send, deleteAll }) => {
      await send("ShortRetention", 5, MIDNIGHT);
      await deleteAll("ShortRetention");
    },
  },
  {
    name: "Drifted",
    trouble: "a topic's setting is not what the policy expects, and events go",
    hours: SINCE_IMPORT,
    partly: LAST_HOUR,
    verdict: "lost-from-kafka",
    cause: "config-drift",
    settings: { "message.timestamp.type": "CreateTime" },
    afterLastImport: async ({ sendTexts, event, deleteAll }) => {
      await sendTexts("Drifted", threeOf("Drifted", event));
      await deleteAll("Drifted");
    },
  },
  {
    name: "Removed",
    trouble: "somebody removes a raw file",
    hours: [SECOND_HOUR],
    verdict: "import-partial",
    cause: "unknown",
    tamper: async ({ hdfs, fileIn }) =>
      hdfs.remove(await fileIn(rawDir("Removed", SECOND_HOUR))),
  },
  {
    name: "Truncated",
    trouble: "a crash cuts a raw file short",
    hours: [SECOND_HOUR],
    verdict: "import-partial",
    cause: "unknown",
    tamper: async ({ hdfs, fileIn }) => {
      const cut = await fileIn(rawDir("Truncated", SECOND_HOUR));
      await hdfs.write(cut, (await hdfs.read(cut))!.subarray(0, 60));
    },
  },
  {
    name: "RefineFails",
    trouble: "a raw file is none that Refine can read",
    // The sandbox's Refine infers a table's schema once a run: one unreadable file fails all hours.
    hours: HOURS,
    verdict: "refine-failed",
    cause: "refine-error",
    afterFirstImport: ({ hdfs }) =>
      hdfs.write(
        `${rawDir("RefineFails", HOURS[2]!)}/${topicOf("RefineFails")}.1001.0.1.99.${hourStart(HOURS[2]!)}`,
        "SEQ and then nothing of the kind",
      ),
  },
  {
    name: "LateData",
    trouble: "events of an hour arrive after it was refined",
    hours: [HOURS[0]!],
    verdict: "late",
    cause: "producer-late",
    beforeLastImport: ({ send }) =>
      send("LateData", 4, MIDNIGHT, { eventsOf: HOURS[0]! }),
  },
  {
    name: "Outdated",
    trouble: "the job that Refine replaced refines a table",
    hours: HOURS,
    verdict: "refine-outdated",
    cause: "outdated-job",
    isRefinedByOutdatedJob: true,
  },
  {
    name: "RowsLost",
    trouble: "another hour's Parquet file lies in the place of an hour's own",
    hours: [SECOND_HOUR],
    verdict: "rows-lost",
    cause: "unknown",
    traffic: (hour) =>
      hour === SECOND_HOUR ? 20 : HOURS.includes(hour) ? 5 : 0,
    tamper: async ({ copy, fileIn }) =>
      copy(
        await fileIn(refinedDir("RowsLost", HOURS[2]!), ".parquet"),
        await fileIn(refinedDir("RowsLost", SECOND_HOUR), ".parquet"),
      ),
  },
  {
    name: "RowsTwice",
    trouble: "a Parquet file lies beside its own copy",
    hours: [SECOND_HOUR],
    verdict: "rows-duplicated",
    cause: "unknown",
    tamper: async ({ copy, fileIn }) => {
      const twice = await fileIn(
        refinedDir("RowsTwice", SECOND_HOUR),
        ".parquet",
      );
      await copy(twice, twice.replace("part-", "part-again-"));
    },
  },
  {
    name: "NoPartition",
    trouble: "somebody drops a partition from the metastore",
    hours: [SECOND_HOUR],
    verdict: "partition-missing",
    cause: "unknown",
    tamper: ({ tools }) =>
      java(refineClasspath(tools), "org.sisyphus.sandbox.FleetTables", [
        ...["drop", "nopartition", "2018", "6", "18", "13"],
      ]),
  },
  {
    name: "NoLocation",
    trouble: "somebody removes a partition's directory",
    hours: [SECOND_HOUR],
    verdict: "partition-missing",
    cause: "unknown",
    tamper: async ({ hdfs }) => {
      const dir = refinedDir("NoLocation", SECOND_HOUR);
      for (const file of (await hdfs.list(dir))!)
        await hdfs.remove(`${dir}/${file.name}`);
      await hdfs.remove(dir);
    },
  },
  {
    name: "Undecodable",
    trouble: "a message is no event",
    hours: ["2018-06-19T01"],
    verdict: "import-partial",
    cause: "importer-errors",
    beforeLastImport: ({ sendTexts }) =>
      sendTexts("Undecodable", ["{ this is no JSON"]),
  },
  {
    name: "StrangeFile",
    trouble: "a raw hour has a file that no importer names so",
    hours: [SECOND_HOUR],
    verdict: "import-partial",
    cause: "unknown",
    tamper: ({ hdfs }) =>
      hdfs.write(
        `${rawDir("StrangeFile", SECOND_HOUR)}/notes.txt`,
        "whose is this?",
      ),
  },
  {
    name: "HalfParquet",
    trouble: "a crash cuts a Parquet file short",
    hours: [SECOND_HOUR],
    verdict: "rows-lost",
    cause: "unknown",
    tamper: async ({ hdfs, fileIn }) => {
      const half = await fileIn(
        refinedDir("HalfParquet", SECOND_HOUR),
        ".parquet",
      );
      await hdfs.write(half, (await hdfs.read(half))!.subarray(0, 300));
    },
  },
  {
    name: "BadFlag",
    trouble: "somebody writes a done flag by hand",
    hours: [SECOND_HOUR],
    verdict: "refine-stale",
    cause: "refine-not-running",
    tamper: ({ hdfs }) =>
      hdfs.write(`${refinedDir("BadFlag", SECOND_HOUR)}/_REFINED`, "yes"),
  },
];

/** The rows of these topics. */
export const troublesOf = (...names: string[]): Trouble[] =>
  TROUBLES.filter((t) => names.includes(t.name));

/** The topics whose trouble has this cause, in the alphabet's order. */
export const topicsWithCause = (cause: Trouble["cause"]): string[] =>
  TROUBLES.filter((t) => t.cause === cause)
    .map((t) => topicOf(t.name))
    .sort();

const threeOf = (name: string, event: (name: string, hour: string) => string) =>
  Array.from({ length: 3 }, () => event(name, MIDNIGHT));
