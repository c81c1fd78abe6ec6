export type SearchedTopic = {
  topic: string;
  schema: string;
  /** Where many topics are searched in shards: in whose files its lines go; default 0. */
  bucket?: number;
};
export type Unreadable = { file: string; line: number; error: string };

/** What one unit of a source gave: an archive file, a range of a table's keys, a topic's raw hours. */
export type CollectedUnit = {
  /** Its lines, bucket by bucket. */
  buckets: { refs: string[]; lines: number }[];
  files?: string[];
  unreadable?: Unreadable[];
};

/** What was collected of a source; the lines themselves lie on HDFS. */
export type Collected = {
  refs: string[];
  lines: number;
  files: string[];
  unreadable: Unreadable[];
};

export type MissingTopic = {
  topic: string;
  /** Where the missing events are: a file, one JSON a line, or the list of several. */
  ref: string;
  digest: string;
  /** Distinct events to replay. */
  events: number;
  fromArchive: number;
  fromMysql: number;
  /** Messages these events were in Kafka, those that arrived twice counted twice. */
  messages: number;
  /** Offsets deleted unread that no source accounts for. */
  unrecoverable: number;
};

export type Missing = {
  topics: MissingTopic[];
  files: string[];
  unreadable: number;
  unreadableNamed: { file: string; line: number; error: string }[];
  /** Who joined: this worker or an application on YARN. Absent in answers of before. */
  joinedBy?: string;
};

/** One file of a topic's missing events. */
export type MissingPart = { ref: string; digest: string; events: number };
