import {
  LOG_LEVELS,
  parseLogHead,
  parseRefineMention,
  REFINE_MARK,
  type RefineMention,
} from "../../formats/refine/refine-log-line";
import type { LineSearch } from "../../lib/line-finder";

/*
 * What Refine's logs say became of Hive partitions. In this file a partition is always one of a table, an hour of it, never one of a
 * topic. Verdicts here are about an application's work; those of an audit (domain/audit/verdict.ts) are about topic-hours.
 */

/** What became of a Hive partition; `unmentioned` where the logs do not say anything of it. */
export type PartitionOutcome = RefineMention["kind"] | "unmentioned";

/** What an application's logs say of one Hive partition. Stored as part of a backfill's report. */
export type PartitionVerdict = {
  /** `<database>.<table> <hour>`: `event.edit 2018-07-05T03`. */
  partition: string;
  /** Whether the plan means to repair it. */
  planned: boolean;
  outcome: PartitionOutcome;
  /** Rows written; absent where the logs do not say. */
  records?: number;
  /** The container whose log says so; absent where no log does. */
  container?: string;
  /** The first line of the exception by which it failed. */
  why?: string;
};

/** An error in a log that belongs to no Hive partition, and how often it occurs. */
export type LogError = { text: string; times: number };

/** Whether the partition has its rows and its flag. */
export const isWhole = (verdict: PartitionVerdict): boolean =>
  verdict.outcome === "finished" || verdict.outcome === "empty";

/** Whether the partition was planned and the logs do not say how it ended. */
export const isUnexplained = (verdict: PartitionVerdict): boolean =>
  verdict.planned &&
  (verdict.outcome === "unmentioned" || verdict.outcome === "begun");

/** Different errors that are kept; those beyond are not counted. */
const MAX_ERRORS = 20;
/** Characters of an error that are kept. */
const MAX_TEXT = 300;
/** Refine sums up a table's failures in a line of its own; the partitions themselves have said so by then. */
const SUMMARY_OF_FAILURES = /dataset partitions for table .* failed refinement/;

/** The attempt of an application that a container belongs to: 2 for `container_e17_1530000000000_0001_02_000001`. */
export const attemptOf = (container: string): number =>
  Number(/_(\d+)_\d+$/.exec(container)?.[1] ?? 0);

/** Levels of messages that are errors. */
const ERROR_LEVELS = ["ERROR", "FATAL"];

/**
 * The lines of logs that say something here: all others may be left out of what {@link PartitionVerdicts.addLine} is given. The line after
 * a failure is found, too, and so is the time of lines that have none of their own.
 */
export const VERDICT_LINES: LineSearch = {
  needles: [REFINE_MARK, ...ERROR_LEVELS],
  message: {
    marks: LOG_LEVELS,
    begins: (line) => parseLogHead(line) !== undefined,
  },
};

/** A container's log file, named as YARN names it. */
type LogFile = { container: string; logType: string };

const logKey = ({ container, logType }: LogFile) => `${container} ${logType}`;

/** A mention of a Hive partition, and where and when it was made. */
type Statement = RefineMention & {
  container: string;
  attempt: number;
  /** As the log writes it; empty before the first time in a log. */
  time: string;
  why?: string;
};

/** What some logs say, to be kept and put together with what others say. */
export type LogStatements = {
  statements: Statement[];
  errors: LogError[];
  containers: string[];
};

/** Whether a statement is made after another one: by a later attempt, or later in the same. */
const isLater = (statement: Statement, than: Statement): boolean =>
  statement.attempt > than.attempt ||
  (statement.attempt === than.attempt && statement.time >= than.time);

/**
 * Gathers what the logs of an application's containers say of Hive partitions. Lines of different logs may be mixed in any way: what a
 * later attempt says counts, and within an attempt what is said later.
 */
export class PartitionVerdicts {
  /** The statement that counts, by partition. */
  private readonly latest = new Map<string, Statement>();
  private readonly errors = new Map<string, number>();
  /** The last time in each log: lines of a stack trace have none of their own. */
  private readonly times = new Map<string, string>();
  /** A failure that was each log's last line: the line after it says why. */
  private readonly failures = new Map<string, Statement>();
  readonly containers = new Set<string>();

  /** Takes up that a container has left a log, whatever that says. */
  addContainer(container: string): void {
    this.containers.add(container);
  }

  /** Takes up the next line of a log; those that {@link VERDICT_LINES} does not find may be left out. */
  addLine(line: string, log: LogFile): void {
    const key = logKey(log);
    this.containers.add(log.container);
    const head = parseLogHead(line);
    if (head) this.times.set(key, head.time);
    const failure = this.failures.get(key);
    this.failures.delete(key);
    if (failure && !head) failure.why = line.trim().slice(0, MAX_TEXT);
    const mention = parseRefineMention(line);
    if (mention) {
      const statement = {
        ...mention,
        container: log.container,
        attempt: attemptOf(log.container),
        time: this.times.get(key) ?? "",
      };
      this.keepIfLater(statement);
      if (mention.kind === "failed") this.failures.set(key, statement);
    } else if (
      head &&
      ERROR_LEVELS.includes(head.level) &&
      !SUMMARY_OF_FAILURES.test(head.text)
    ) {
      this.countError(head.text.slice(0, MAX_TEXT));
    }
  }

  /** Takes up that a log has ended: what another one begins with says nothing of this one's failure. */
  endLog(log: LogFile): void {
    this.failures.delete(logKey(log));
  }

  /**
   * Takes up a status that was read from the driver while the application ran. It counts where no log says anything of the partition,
   * so it is added after all lines.
   */
  addLiveStatus(partition: string, kind: RefineMention["kind"]): void {
    if (this.latest.has(partition)) return;
    const [table, hour] = partition.split(" ") as [string, string];
    this.latest.set(partition, {
      ...{ kind, table, hour, container: "", attempt: 0, time: "" },
    });
  }

  private keepIfLater(statement: Statement): void {
    const partition = `${statement.table} ${statement.hour}`;
    const before = this.latest.get(partition);
    if (!before || isLater(statement, before))
      this.latest.set(partition, statement);
  }

  /** Takes up what other logs say, once they were read to their end. */
  addStatements({ statements, errors, containers }: LogStatements): void {
    for (const statement of statements) this.keepIfLater(statement);
    for (const { text, times } of errors) this.countError(text, times);
    for (const container of containers) this.containers.add(container);
  }

  /** All that was taken up. */
  get statements(): LogStatements {
    return {
      statements: [...this.latest.values()],
      errors: this.logErrors,
      containers: [...this.containers],
    };
  }

  private countError(text: string, times = 1): void {
    if (this.errors.has(text) || this.errors.size < MAX_ERRORS)
      this.errors.set(text, (this.errors.get(text) ?? 0) + times);
  }

  /** How many attempts of the application have left a log. */
  get attempts(): number {
    return new Set([...this.containers].map(attemptOf)).size;
  }

  get logErrors(): LogError[] {
    return [...this.errors].map(([text, times]) => ({ text, times }));
  }

  /**
   * The verdicts on the planned partitions in the plan's order, then on whatever else the application has touched.
   *
   * @param planned `<database>.<table> <hour>` each
   */
  verdicts(planned: string[]): PartitionVerdict[] {
    const isPlanned = new Set(planned);
    const others = [...this.latest.keys()]
      .filter((partition) => !isPlanned.has(partition))
      .sort();
    return [
      ...planned.map((partition) => this.verdictOn(partition, true)),
      ...others.map((partition) => this.verdictOn(partition, false)),
    ];
  }

  private verdictOn(partition: string, planned: boolean): PartitionVerdict {
    const { kind, records, container, why } = this.latest.get(partition) ?? {};
    return {
      partition,
      planned,
      outcome: kind ?? "unmentioned",
      ...(records === undefined ? {} : { records }),
      ...(container ? { container } : {}),
      ...(why ? { why } : {}),
    };
  }
}
