/** How bad a finding is: an error is repaired or explained, a warning is worth a look. */
export type Level = "warning" | "error";

/**
 * The colours of verdicts, named by what they mean. reports/theme.ts says how each looks in HTML, in a terminal and in Grafana.
 */
export type ColourName =
  "good" | "quiet" | "waiting" | "unknown" | "caution" | "outdated" | "broken";

/** All that is known of a verdict, whatever the topic-hour. */
type VerdictRow = {
  /** One character in a grid: a letter or a mark, as emoji fonts cannot be relied on. */
  sign: string;
  colour: ColourName;
  /** One sentence for a person. */
  meaning: string;
  /** Whether it needs nobody's attention. */
  healthy: boolean;
  /** Whether events of the hour are not in its raw hour. */
  importFault: boolean;
  /** The level of a finding that nothing mitigates (see judge.ts); undefined where the verdict is never a finding. */
  level: Level | undefined;
  /** What a backfill does about it; undefined where a backfill has nothing to mend. */
  repair: string | undefined;
  /**
   * Why the hour's done flag must be cleared before Refine runs again: the flag matches the raw hour, so that Refine would pass the hour by.
   * Undefined where the flag may stay.
   */
  clearDoneFlag: string | undefined;
};

/**
 * Every verdict on a topic-hour. A new one is a row here, and a rule in import-rules.ts or refine-rules.ts that gives it; the compiler demands each column, and
 * terminal, HTML, Markdown and planning take what they need from here.
 */
const ROWS = {
  complete: {
    sign: "+",
    colour: "good",
    meaning:
      "Every stage has the hour's events, and Hive can query them; with a cause, because some were imported twice, or unusually few were produced.",
    healthy: true,
    importFault: false,
    level: "warning",
    repair: undefined,
    clearDoneFlag: undefined,
  },
  empty: {
    sign: ".",
    colour: "quiet",
    meaning:
      "The hour has no events; with a cause, because the topic has fallen silent, or usually has some.",
    healthy: true,
    importFault: false,
    level: "warning",
    repair: undefined,
    clearDoneFlag: undefined,
  },
  pending: {
    sign: "~",
    colour: "waiting",
    meaning:
      "The hour is not whole yet, and ended so lately that it need not be.",
    healthy: true,
    importFault: false,
    level: undefined,
    repair: undefined,
    clearDoneFlag: undefined,
  },
  unknowable: {
    sign: "?",
    colour: "unknown",
    meaning:
      "A service did not answer, or the Hive partition lies on another system: nothing can be said of the hour without it.",
    healthy: true,
    importFault: false,
    level: undefined,
    repair: undefined,
    clearDoneFlag: undefined,
  },
  late: {
    sign: "l",
    colour: "caution",
    meaning:
      "Events arrived long after the hour's end, and Refine has yet to take them.",
    healthy: false,
    importFault: false,
    level: "warning",
    repair: "Refine takes them, as its own next run would",
    clearDoneFlag: undefined,
  },
  "import-missing": {
    sign: "I",
    colour: "broken",
    meaning: "Kafka has the hour's messages, and none of them was imported.",
    healthy: false,
    importFault: true,
    level: "error",
    repair: "the importer is reset and catches up",
    clearDoneFlag: undefined,
  },
  "import-partial": {
    sign: "P",
    colour: "broken",
    meaning:
      "The raw hour has fewer records than were taken or produced, or files that are not the importer's.",
    healthy: false,
    importFault: true,
    level: "error",
    repair: "what is missing is found in the archives, replayed and imported",
    clearDoneFlag: undefined,
  },
  "lost-from-kafka": {
    sign: "X",
    colour: "broken",
    meaning:
      "The hour's messages were deleted from Kafka before they were imported.",
    healthy: false,
    importFault: true,
    level: "error",
    repair: "what is missing is found in the archives, replayed and imported",
    clearDoneFlag: undefined,
  },
  "refine-missing": {
    sign: "R",
    colour: "broken",
    meaning: "The raw hour is there, and was not refined.",
    healthy: false,
    importFault: false,
    level: "error",
    repair: "Refine refines it",
    clearDoneFlag: undefined,
  },
  "refine-failed": {
    sign: "F",
    colour: "broken",
    meaning: "Refine failed for the hour and left its failure flag.",
    healthy: false,
    importFault: false,
    level: "error",
    repair: "the failure flag is cleared, and Refine refines the hour",
    clearDoneFlag: undefined,
  },
  "refine-stale": {
    sign: "S",
    colour: "broken",
    meaning:
      "The raw hour has changed since it was refined, or its done flag cannot be read.",
    healthy: false,
    importFault: false,
    level: "error",
    repair: "Refine refines it anew, as the flag is not of the raw hour",
    clearDoneFlag: undefined,
  },
  "refine-outdated": {
    sign: "O",
    colour: "outdated",
    meaning:
      "An outdated job refined the hour, without geocoding or deduplication.",
    healthy: false,
    importFault: false,
    level: "error",
    repair: "the flag is cleared, and the proper job refines the hour",
    clearDoneFlag: "an outdated job set it; Refine would skip the hour",
  },
  "rows-lost": {
    sign: "-",
    colour: "broken",
    meaning:
      "The Hive partition has fewer rows than the raw hour has events, or they cannot be counted.",
    healthy: false,
    importFault: false,
    level: "error",
    repair: "the flag is cleared, and Refine refines the hour anew",
    clearDoneFlag: "rows are missing though the flag says done",
  },
  "rows-duplicated": {
    sign: "D",
    colour: "broken",
    meaning: "The Hive partition has more rows than the raw hour has records.",
    healthy: false,
    importFault: false,
    level: "error",
    repair: "the flag is cleared, and Refine refines the hour anew",
    clearDoneFlag: "rows are there twice though the flag says done",
  },
  "partition-missing": {
    sign: "M",
    colour: "broken",
    meaning:
      "The metastore lacks the hour's Hive partition, or sends readers where nothing is.",
    healthy: false,
    importFault: false,
    level: "error",
    repair: "the flag is cleared, and Refine adds the Hive partition",
    clearDoneFlag: "Refine adds a partition only when it refines",
  },
} as const satisfies Record<string, VerdictRow>;

export type Verdict = keyof typeof ROWS;

/** Verdicts that tell neither that an hour is whole nor that it is broken. */
export type UnsettledVerdict = Extract<Verdict, "pending" | "unknowable">;

export const isUnsettled = (verdict: Verdict): verdict is UnsettledVerdict =>
  verdict === "pending" || verdict === "unknowable";

/** The table of verdicts: `VERDICT[verdict].sign` and so on. */
export const VERDICT: Readonly<Record<Verdict, VerdictRow>> = ROWS;

/** Every verdict, healthy ones first, then in the order of the pipeline. */
export const VERDICTS = Object.keys(ROWS) as Verdict[];

/** Whether a verdict needs nobody's attention; an empty hour of a topic that fell silent carries a cause all the same. */
export const isHealthy = (verdict: Verdict): boolean =>
  VERDICT[verdict].healthy;

/** Whether a verdict says that events are not in the raw hour. */
export const isImportFault = (verdict: Verdict): boolean =>
  VERDICT[verdict].importFault;

/** Whether a backfill mends what a verdict says. */
export const isRepairable = (verdict: Verdict): boolean =>
  VERDICT[verdict].repair !== undefined;

/** What made an hour so, in the order of the pipeline. cause.ts tells which, and how to know. */
export const CAUSES = [
  "premature-deletion",
  "retention-too-short",
  "config-drift",
  "offset-out-of-range",
  "topic-recreated",
  "log-truncated",
  "topic-deleted",
  "importer-not-running",
  "importer-errors",
  "importer-slow",
  "imported-twice",
  "refine-not-running",
  "refine-error",
  "outdated-job",
  "producer-silent",
  "producer-low",
  "producer-late",
  "unknown",
] as const;
export type Cause = (typeof CAUSES)[number];
