import type { MysqlRows } from "./mysql-rows";
import type { SearchedSources } from "./searched-sources";

/**
 * What the search for missing events takes, keeps and gives. All of these are serialized (activity inputs and results, files in storage),
 * so that their fields keep their names. A `ref` is a path on HDFS, a `digest` the SHA-256 of what lies there as 64 hex digits.
 */

/** A topic whose events are to be collected from a source. */
export type SearchedTopic = {
  topic: string;
  schema: string;
  /** The number of the shard whose files get the topic's lines, from 0, where a large saga searches in shards; default 0. */
  bucket?: number;
};

/** A line of an archive that is not an event, and why: lines are cut off at rotations and crashes. Lines count from 1. */
export type Unreadable = { file: string; line: number; error: string };

/** What one unit of a source gave: an archive file, a range of a table's keys, some topics in Kafka, or a topic's raw hours. */
export type CollectedUnit = {
  /** The files of its lines, and how many lines they have; one entry a bucket. */
  buckets: { refs: string[]; lines: number }[];
  /** The archive files that it read; absent for other sources. */
  files?: string[];
  unreadable?: Unreadable[];
  /** What is to be said of MySQL's rows; absent for other sources. */
  mysqlRows?: MysqlRows;
  /** Messages in Kafka that other sagas have replayed, by topic; absent where there are none. */
  replayed?: Record<string, number>;
  /** The offsets up to which topics were read in Kafka, by `<topic>/<partition>`; absent for other sources, and before 0.3.0. */
  ends?: Record<string, string>;
  /** The ids that Kafka had for these topics then, by name; those that it could not tell are left out. */
  topicIds?: Record<string, string>;
};

/** All that a source gave for one bucket; the lines themselves lie in files on HDFS. */
export type Collected = {
  refs: string[];
  lines: number;
  /** The archive files that were read. */
  files: string[];
  /** The host of the archive that was asked; absent for other sources, and before 0.3.0. */
  host?: string;
  unreadable: Unreadable[];
  /** References of held lines whose events were left out; absent where none were, and before 0.3.0. */
  heldLeftOut?: string[];
  /** What is to be said of MySQL's rows; absent for other sources, and where there is nothing. */
  mysqlRows?: MysqlRows;
  /** Messages in Kafka that other sagas have replayed, by topic; absent where there are none, and before 0.3.0. */
  replayed?: Record<string, number>;
  /** The offsets up to which topics were read in Kafka, by `<topic>/<partition>`; absent for other sources, and before 0.3.0. */
  ends?: Record<string, string>;
  /** The ids that Kafka had for these topics then, by name; those that it could not tell are left out. */
  topicIds?: Record<string, string>;
};

/** What is missing of a topic. */
export type MissingTopic = {
  topic: string;
  /** Where the missing events are: a list of files ({@link MissingPart}), or, in sagas of version 0.1.0, one file. Empty where none is. */
  ref: string;
  /** The digest of that list, or of that file. */
  digest: string;
  /** Distinct events that are to be replayed. */
  events: number;
  /** How many of these come from an archive, with their ip. */
  fromArchive: number;
  /** How many of these come from MySQL, which keeps no ip: they cannot be geocoded. */
  fromMysql: number;
  /** Messages that these events were in Kafka: one that had arrived twice counts twice. */
  messages: number;
  /** Offsets deleted unread that no source accounts for. */
  unrecoverable: number;
  /** What was found of hours that the plan does not repair, and is not replayed; absent where there is nothing, and before 0.3.0. */
  leftOut?: { events: number; messages: number };
  /**
   * Messages in Kafka that other sagas have replayed into the topic: where one was aborted, they stand for offsets that count as
   * unrecoverable. Absent where there are none, and before 0.3.0.
   */
  replayedBefore?: number;
};

/** The answer of a search. */
export type Missing = {
  topics: MissingTopic[];
  /** The archive files that were read. */
  files: string[];
  /** How many lines of them are not events. */
  unreadable: number;
  /** The first few of these lines. */
  unreadableNamed: Unreadable[];
  /** Rows of MySQL that were not used, or with a doubt, and why; absent where there are none, and in answers before 0.3.0. */
  mysqlRows?: MysqlRows;
  /** Which sources were asked and which were not; absent in answers before 0.3.0. */
  sources?: SearchedSources;
  /** What joined: `worker` or `Spark`. Absent in answers of version 0.1.0. */
  joinedBy?: string;
};

/** One file of a topic's missing events, one event a line. */
export type MissingPart = { ref: string; digest: string; events: number };
