/** How much may be sent a second. */
export type Rate = { eventsPerSecond: number; bytesPerSecond: number };

/**
 * Spaces out what is sent, by events and by bytes, over all topics and in each, so that live traffic is never starved. It does not wait
 * by itself: the caller asks when a topic is due, waits, sends and notes what it sent. Times are epoch ms.
 */
export class Throttle {
  /** When anything may be sent again, by the overall rate. */
  private overallDue = 0;
  /** When a topic may be sent to again, by its own rate. */
  private readonly topicDue = new Map<string, number>();

  /** @param overall the rate over all topics; `eachTopic` that of every single one */
  constructor(
    private readonly overall: Rate,
    private readonly eachTopic: Rate,
  ) {}

  /** When a topic may be sent to next; a time that has passed where that is now. */
  due(topic: string): number {
    return Math.max(this.overallDue, this.topicDue.get(topic) ?? 0);
  }

  /** Notes what was sent at a time: the time that it takes at the given rates must pass before the next is due. */
  sent(topic: string, events: number, bytes: number, now: number): void {
    const msAt = (rate: Rate) =>
      1000 *
      Math.max(events / rate.eventsPerSecond, bytes / rate.bytesPerSecond);
    this.overallDue = Math.max(this.overallDue, now) + msAt(this.overall);
    this.topicDue.set(
      topic,
      Math.max(this.topicDue.get(topic) ?? 0, now) + msAt(this.eachTopic),
    );
  }
}

/**
 * Cuts items into batches, in their order, that exceed neither bound. An item that is larger than the bound is a batch of its own.
 * @param sizeOf an item's size in bytes
 */
export function* batches<T>(
  items: Iterable<T>,
  sizeOf: (item: T) => number,
  maxItems: number,
  maxBytes: number,
): Generator<{ items: T[]; bytes: number }> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const isFull = batch.length >= maxItems || bytes + size > maxBytes;
    if (batch.length > 0 && isFull) {
      yield { items: batch, bytes };
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield { items: batch, bytes };
}
