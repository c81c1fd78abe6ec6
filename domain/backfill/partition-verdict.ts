import {
  parseLogHead,
  parseRefineMention,
  type RefineMention,
} from "../../formats/refine/refine-log-line";

/** What Refine's logs say became of a partition; `unmentioned`: nothing. */
export type PartitionOutcome = RefineMention["kind"] | "unmentioned";

export type PartitionVerdict = {
  /** `event.edit 2018-07-05T03` */
  partition: string;
  planned: boolean;
  outcome: PartitionOutcome;
  records?: number;
  /** Who said so. */
  container?: string;
  /** The exception of one that failed. */
  why?: string;
};

/** Errors of a log that belong to no partition, alike ones counted. */
export type LogError = { text: string; times: number };

/** The partition has its rows and its flag. */
export const isWhole = (v: PartitionVerdict) =>
  v.outcome === "finished" || v.outcome === "empty";

/** Planned, and the logs do not say how it ended. */
export const isUnexplained = (v: PartitionVerdict) =>
  v.planned && (v.outcome === "unmentioned" || v.outcome === "begun");

const MAX_ERRORS = 20;
const MAX_TEXT = 300;

/** `container_e17_1530000000000_0001_02_000001` is of attempt 2. */
export const attemptOf = (container: string) =>
  Number(/_(\d+)_\d+$/.exec(container)?.[1] ?? 0);

type Said = RefineMention & {
  container: string;
  attempt: number;
  time: string;
  why?: string;
};

/**
 * Gathers what the logs of an application's containers say of partitions, in whichever order they are read: what a later attempt says counts,
 * and within an attempt what is said later.
 */
export class PartitionVerdicts {
  private readonly said = new Map<string, Said>();
  private readonly errors = new Map<string, number>();
  private readonly times = new Map<string, string>();
  private readonly failing = new Map<string, Said>();
  readonly containers = new Set<string>();

  /** @param log of which container the line is, and of which of its files */
  line(line: string, log: { container: string; logType: string }): void {
    const place = `${log.container} ${log.logType}`;
    this.containers.add(log.container);
    const head = parseLogHead(line);
    if (head) this.times.set(place, head.time);
    const failing = this.failing.get(place);
    this.failing.delete(place);
    // The stack trace's first line.
    if (failing && !head) failing.why = line.trim().slice(0, MAX_TEXT);
    const mention = parseRefineMention(line);
    if (mention) {
      const said = {
        ...mention,
        container: log.container,
        attempt: attemptOf(log.container),
        time: this.times.get(place) ?? "",
      };
      this.take(`${mention.table} ${mention.hour}`, said);
      if (mention.kind === "failed") this.failing.set(place, said);
    } else if (
      head &&
      /^(ERROR|FATAL)$/.test(head.level) &&
      !/dataset partitions for table .* failed refinement/.test(head.text)
    ) {
      const text = head.text.slice(0, MAX_TEXT);
      if (this.errors.has(text) || this.errors.size < MAX_ERRORS)
        this.errors.set(text, (this.errors.get(text) ?? 0) + 1);
    }
  }

  /** A status that was seen while the application ran; it counts where the logs say nothing. */
  seen(partition: string, kind: RefineMention["kind"]): void {
    if (this.said.has(partition)) return;
    const [table, hour] = partition.split(" ") as [string, string];
    this.said.set(partition, {
      ...{ kind, table, hour, container: "", attempt: 0, time: "" },
    });
  }

  private take(partition: string, said: Said): void {
    const before = this.said.get(partition);
    if (
      !before ||
      said.attempt > before.attempt ||
      (said.attempt === before.attempt && said.time >= before.time)
    )
      this.said.set(partition, said);
  }

  get attempts(): number {
    return new Set([...this.containers].map(attemptOf)).size;
  }

  get logErrors(): LogError[] {
    return [...this.errors].map(([text, times]) => ({ text, times }));
  }

  /** The planned partitions in the plan's order, then what else the application touched. */
  judge(planned: string[]): PartitionVerdict[] {
    const rest = new Map(this.said);
    const verdict = (partition: string, isPlanned: boolean) => {
      const said = rest.get(partition);
      rest.delete(partition);
      return {
        partition,
        planned: isPlanned,
        outcome: said?.kind ?? ("unmentioned" as const),
        ...(said?.records === undefined ? {} : { records: said.records }),
        ...(said?.container ? { container: said.container } : {}),
        ...(said?.why ? { why: said.why } : {}),
      };
    };
    const first = planned.map((p) => verdict(p, true));
    return [...first, ...[...rest.keys()].sort().map((p) => verdict(p, false))];
  }
}
