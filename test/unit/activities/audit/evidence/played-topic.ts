import type { RawEvidence } from "../../../../../domain/audit/evidence";
import type { Advance } from "../../../../../domain/audit/ledger";
import { repeatedIn } from "../../../../../domain/audit/surplus";
import { addHours, HOUR_MS, hourStart } from "../../../../../lib/hour";

import type { History } from "./topic-steps";

export const FIRST = "2018-07-05T00";
export const START = hourStart(FIRST);
/** Runs come five minutes after an hour, audits twenty. */
export const MINUTE_MS = 60_000;

type Message = { hour: number; event?: number };
type Log = { low: number; messages: Message[] };
type File = { hour: string; partition: number; end: string; count: number };

/** A topic and its importer, hour by hour, and the truth of them. */
export class PlayedTopic {
  protected id = 1;
  protected logs: Log[] = [];
  protected readonly events: number[] = [];
  protected readonly held = new Set<number>();
  protected readonly files: (File & { events: number[] })[] = [];
  protected readonly stored = new Map<
    number,
    { offset: string; time?: number }
  >();
  protected readonly advances: Advance[] = [];
  protected readonly markers: {
    partition: number;
    from: string;
    to: string;
    empty: number;
  }[] = [];
  protected lastRun = START;
  protected runs = 0;
  /** Whether a log was replaced that no audit can tell from the one before: nothing but the archive knows then. */
  protected isUntold = false;
  /** Whether it was replaced, which an audit can tell as soon as it can ask for the id again. */
  protected isToBeTold = false;
  protected isGone = false;
  /** How many of its logs are no more. */
  protected lost = 0;
  protected seen:
    | {
        id: number;
        ends: number[];
        starts: number[];
        isGone: boolean;
        lost: number;
      }
    | undefined;

  constructor(protected readonly told: History) {
    for (let p = 0; p < told.partitions; p++) this.addPartition();
    // The importer knows the topic: what it never read is told by another history.
    for (let p = 0; p < told.partitions; p++) {
      this.stored.set(p, { offset: "0" });
      this.advances.push({
        ...{ run: "first", time: START, partition: p, errors: 0 },
        ...{ from: "0", to: "0" },
      });
    }
  }

  protected addPartition(): void {
    this.logs.push({ low: 0, messages: [] });
  }

  protected happen(index: number, step: History["steps"][number]): void {
    const wasGone = this.isGone;
    this.isGone = step.isGone;
    if (this.isGone || step.log === "anew") {
      if (!wasGone) this.lost++;
      if (this.isGone) return;
    }
    if (wasGone || step.log === "anew") {
      this.id++;
      this.logs = this.logs.map(() => ({ low: 0, messages: [] }));
    } else if (step.log === "wider" && this.logs.length < 5)
      this.addPartition();
    for (let i = 0; i < step.produced; i++)
      this.logs[i % this.logs.length]!.messages.push({
        hour: index,
        event: this.events.push(index) - 1,
      });
    for (let i = 0; i < step.markers; i++)
      this.logs[0]!.messages.push({ hour: index });
    for (const [p, log] of this.logs.entries()) {
      const end = log.messages.length;
      const at = Number(this.stored.get(p)?.offset ?? 0);
      if (step.deletes > 0 && at < end)
        log.low = Math.max(log.low, Math.min(end, at + step.deletes));
      while (
        log.low < end &&
        log.messages[log.low]!.hour + step.retention < index
      )
        log.low++;
    }
    this.run(index, step.run);
  }

  protected run(index: number, how: History["steps"][number]["run"]): void {
    if (how === "none") return;
    this.lastRun = START + (index + 1) * HOUR_MS + 5 * MINUTE_MS;
    for (const [p, log] of this.logs.entries()) {
      const end = log.messages.length;
      const position = Number(this.stored.get(p)?.offset ?? 0);
      let from = position;
      if (from < log.low || from > end) {
        if (!this.told.isReset) continue;
        from = log.low;
      }
      if (how === "overlapping") from = Math.max(log.low, from - 2);
      this.take(p, from, end, how !== "without offsets");
      if (how === "repeated") this.take(p, from, end, true);
    }
  }

  private take(p: number, from: number, to: number, keeps: boolean): void {
    const { messages } = this.logs[p]!;
    const byHour = new Map<number, number[]>();
    for (let offset = from; offset < to; offset++) {
      const { hour, event } = messages[offset]!;
      if (event === undefined) {
        if (keeps)
          this.markers.push({
            ...{ partition: p, from: String(offset), to: String(offset + 1) },
            empty: 1,
          });
        continue;
      }
      byHour.set(hour, [...(byHour.get(hour) ?? []), offset]);
    }
    for (const [hour, offsets] of byHour) {
      const events = offsets.map((offset) => messages[offset]!.event!);
      for (const event of events) this.held.add(event);
      this.files.push({
        ...{ hour: addHours(FIRST, hour), partition: p },
        end: String(offsets.at(-1)! + 1),
        count: offsets.length,
        events,
      });
    }
    if (!keeps) return;
    const last = messages.slice(from, to).at(-1);
    const time = last ? START + last.hour * HOUR_MS : this.stored.get(p)?.time;
    this.stored.set(p, {
      offset: String(to),
      ...(time === undefined ? {} : { time }),
    });
    this.advances.push({
      run: `run ${++this.runs}`,
      time: this.lastRun + this.runs,
      partition: p,
      from: String(from),
      to: String(to),
      errors: 0,
    });
  }

  /**
   * Notes whether what became of the log since the audit before can be told at all.
   * @param knows whether the log that audits remember has an id
   * @param asks whether that of the log that is there can be asked
   */
  protected look(knows: boolean, asks: boolean): void {
    const [ends, starts] = [
      this.logs.map(({ messages }) => messages.length),
      this.logs.map(({ low }) => low),
    ];
    const { seen, id, isGone, lost } = this;
    const lostBefore = seen?.lost ?? 0;
    this.seen = { id, ends, starts, isGone, lost };
    if (isGone) {
      // A log that came and went between two audits left nothing behind.
      if (lost - lostBefore > (seen?.isGone ? 0 : 1)) this.isUntold = true;
      this.isToBeTold = false;
      return;
    }
    const isAnother = (seen?.id ?? 1) !== id;
    const goesBack = seen?.ends.some(
      (end, p) => ends[p]! < end || starts[p]! < seen.starts[p]!,
    );
    if (goesBack || seen?.isGone || (knows && asks)) this.isToBeTold = false;
    else if (isAnother && seen && knows) this.isToBeTold = true;
    else if (isAnother) this.isUntold = true;
  }

  /** What Kafka answers an audit. */
  protected kafka() {
    const offsets = () =>
      this.logs.map(({ low, messages }, partition) => ({
        partition,
        low: String(low),
        high: String(messages.length),
      }));
    return {
      offsets: () => Promise.resolve(offsets()),
      offsetsAt: (_: string, ms: number) =>
        Promise.resolve(
          new Map(
            this.logs.flatMap(({ low, messages }, p) => {
              const at = messages.findIndex(
                ({ hour }, i) => i >= low && START + hour * HOUR_MS >= ms,
              );
              return at < 0 ? [] : [[p, BigInt(at)] as const];
            }),
          ),
        ),
    };
  }

  /** The archive, which has every event, whichever log Kafka had then. */
  protected archive() {
    const counts = new Map<string, number>();
    for (const index of this.events) {
      const hour = addHours(FIRST, index);
      counts.set(hour, (counts.get(hour) ?? 0) + 1);
    }
    return {
      untold: () => (this.told.isArchiveRead ? undefined : "excluded"),
      archived: () =>
        Promise.resolve({
          bySchema: new Map([["Edit", counts]]),
          begins: FIRST,
          unreadable: [],
        }),
    };
  }

  protected raw(): Map<string, RawEvidence> {
    const repeated = repeatedIn(this.advances, this.files);
    const found = new Map<string, RawEvidence>();
    for (const { hour, count } of this.files) {
      const known = found.get(hour);
      found.set(hour, {
        count: (known?.count ?? 0) + count,
        files: (known?.files ?? 0) + 1,
        mtime: 1,
        problems: [],
        ...repeated(hour),
      });
    }
    return found;
  }

  /** The hours of which an event is in no raw file. */
  get missing(): Set<string> {
    return new Set(
      this.events.flatMap((hour, event) =>
        this.held.has(event) ? [] : [addHours(FIRST, hour)],
      ),
    );
  }

  /** The archive is asked only where something looks wrong, and nothing does then. */
  get cannotBeTold(): boolean {
    return this.isUntold || this.isToBeTold;
  }
}
