import { type Hour, hourOf } from "../../../lib/hour";
import type { FoundEvent } from "../search/read-missing";
import { capsuleTime } from "../../../formats/eventlogging/event-time";

/** What is known of a replayed event: its uuid, and its own hour; undefined where it has no time. */
type ReplayedEvent = { hour: Hour | undefined; uuid: string };

/**
 * Matches a topic's replayed events against the rows of its hours. Both come in the order of time, so that they are read side by side:
 * the rows of a few hours and one file of events are in memory. Events that are out of this order are kept, to be matched at the end.
 */
export class ReplayedEventMatcher {
  private readonly events: AsyncGenerator<ReplayedEvent>;
  /** The event that was taken last and is of a later hour than any that came so far. */
  private next?: IteratorResult<ReplayedEvent>;
  private found = 0;
  private readonly unmatched = new Map<Hour, string[]>();

  /** @param files the events, file by file */
  constructor(
    files: AsyncIterable<Iterable<FoundEvent>> | Iterable<Iterable<FoundEvent>>,
  ) {
    this.events = replayedEvents(files);
  }

  /**
   * Matches events up to the last of these hours.
   * @param uuids the uuids of all rows of some hours; each call's hours are later than those of the call before
   */
  async match(uuids: ReadonlyMap<Hour, ReadonlySet<string>>): Promise<void> {
    const last = [...uuids.keys()].sort().at(-1);
    if (last === undefined) return;
    for (;;) {
      this.next ??= await this.events.next();
      if (this.next.done) return;
      const event = this.next.value;
      if (event.hour !== undefined && event.hour > last) return;
      this.next = undefined;
      const rows = event.hour === undefined ? undefined : uuids.get(event.hour);
      if (!rows) this.keep(event);
      else if (rows.has(event.uuid)) this.found++;
    }
  }

  private keep({ hour, uuid }: ReplayedEvent): void {
    const key = hour ?? "";
    const kept = this.unmatched.get(key);
    if (kept) kept.push(uuid);
    else this.unmatched.set(key, [uuid]);
  }

  /**
   * Reads the events that are left.
   * @returns how many events were found among the rows of their hours, and the uuids of those that were never matched, by hour (empty
   * for events without a time): their hour was not among those that were given, or was given too early
   */
  async finish(): Promise<{ found: number; unmatched: Map<Hour, string[]> }> {
    if (this.next && !this.next.done) this.keep(this.next.value);
    for await (const event of this.events) this.keep(event);
    return { found: this.found, unmatched: this.unmatched };
  }
}

async function* replayedEvents(
  files: AsyncIterable<Iterable<FoundEvent>> | Iterable<Iterable<FoundEvent>>,
): AsyncGenerator<ReplayedEvent> {
  for await (const events of files)
    for (const { event } of events) {
      const ms = capsuleTime(event);
      const hour = ms === undefined ? undefined : hourOf(ms);
      yield { hour, uuid: event.uuid };
    }
}
