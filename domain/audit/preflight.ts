/** What is to be said against names of topics that a command was given. */
export type UnknownTopics = {
  /** Names that nothing knows, each with known ones that are like it. */
  unknown: { topic: string; near: string[] }[];
  /** What could not be asked, a sentence each: an unknown name may be one of those then. */
  problems: string[];
};

/** What a command is told before it starts anything. */
export type Preflight = UnknownTopics & {
  /** The task queues that must have workers for an audit, and for a saga. */
  queues: { audit: string[]; saga: string[] };
};
