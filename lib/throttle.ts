export type Rate = { eventsPerSecond: number; bytesPerSecond: number };

/** Spaces out what is sent, by events and by bytes, overall and per topic, so that live traffic is never starved. Times are epoch ms. */
export class Throttle {
  private overall = 0;
  private readonly topics = new Map<string, number>();

  constructor(
    private readonly all: Rate,
    private readonly each: Rate,
  ) {}

  /** When a topic may send next. */
  due(topic: string): number {
    return Math.max(this.overall, this.topics.get(topic) ?? 0);
  }

  /** Notes what was sent at a time: what it cost must pass before the next. */
  sent(topic: string, events: number, bytes: number, now: number): void {
    const cost = (rate: Rate) =>
      1000 *
      Math.max(events / rate.eventsPerSecond, bytes / rate.bytesPerSecond);
    this.overall = Math.max(this.overall, now) + cost(this.all);
    this.topics.set(
      topic,
      Math.max(this.topics.get(topic) ?? 0, now) + cost(this.each),
    );
  }
}

/** Cuts messages into batches that exceed neither bound; one that is larger than the bound is a batch of its own. */
export function* batches<T>(
  items: Iterable<T>,
  size: (item: T) => number,
  maxItems: number,
  maxBytes: number,
): Generator<{ items: T[]; bytes: number }> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const n = size(item);
    if (
      batch.length > 0 &&
      (batch.length >= maxItems || bytes + n > maxBytes)
    ) {
      yield { items: batch, bytes };
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += n;
  }
  if (batch.length > 0) yield { items: batch, bytes };
}
