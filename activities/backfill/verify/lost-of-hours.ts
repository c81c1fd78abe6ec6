import { type Hour, hourOf } from "../../../lib/hour";
import {
  capsuleTime,
  type EventCapsule,
} from "../../../formats/eventlogging/event-capsule";

type Lost = { hour: Hour | undefined; uuid: string };

/**
 * Looks for a topic's replayed events among the uuids of its hours, an hour after the other, as they lie in the order of time: of many events
 * a file is in memory. What is out of that order is kept for the end.
 */
export class LostOfHours {
  private readonly events: AsyncGenerator<Lost>;
  private next?: IteratorResult<Lost>;
  private found = 0;
  private readonly left = new Map<Hour, string[]>();

  constructor(
    files:
      AsyncIterable<Iterable<EventCapsule>> | Iterable<Iterable<EventCapsule>>,
  ) {
    this.events = (async function* () {
      for await (const events of files)
        for (const event of events) {
          const ms = capsuleTime(event);
          yield {
            hour: ms === undefined ? undefined : hourOf(ms),
            uuid: event.uuid,
          };
        }
    })();
  }

  /** @param hours the uuids of some hours; each call's are later than those of the one before */
  async match(hours: ReadonlyMap<Hour, ReadonlySet<string>>): Promise<void> {
    const last = [...hours.keys()].sort().at(-1);
    if (last === undefined) return;
    for (;;) {
      this.next ??= await this.events.next();
      if (this.next.done) return;
      const { hour, uuid } = this.next.value;
      if (hour !== undefined && hour > last) return;
      this.next = undefined;
      if (hour === undefined || !hours.has(hour)) this.keep(hour, uuid);
      else if (hours.get(hour)!.has(uuid)) this.found++;
    }
  }

  private keep(hour: Hour | undefined, uuid: string): void {
    const key = hour ?? "";
    const kept = this.left.get(key);
    if (kept) kept.push(uuid);
    else this.left.set(key, [uuid]);
  }

  /** What was found, and what was not looked for: it lies in none of the hours that came, or came after them. */
  async rest(): Promise<{ found: number; left: Map<Hour, string[]> }> {
    if (this.next && !this.next.done)
      this.keep(this.next.value.hour, this.next.value.uuid);
    for await (const { hour, uuid } of this.events) this.keep(hour, uuid);
    return { found: this.found, left: this.left };
  }
}
