import type { Config } from "../../domain/settings/config";
import { paceOf } from "../../lib/pace";
import { Throttle } from "../../lib/throttle";
import type { OutgoingBatch } from "./replay-producer";

/** What bounds a replay. @param fraction (0 to 1) of the configured rates that it may take */
export function throttleOf(
  rates: Config["replay"],
  fraction: number,
): Throttle {
  const overall = {
    eventsPerSecond: rates.eventsPerSecond * fraction,
    bytesPerSecond: rates.bytesPerSecond * fraction,
  };
  return new Throttle(overall, {
    eventsPerSecond: rates.topicEventsPerSecond ?? overall.eventsPerSecond,
    bytesPerSecond: rates.topicBytesPerSecond ?? overall.bytesPerSecond,
  });
}

/** How far a replay is. */
export class Progress {
  private replayed = 0;
  /** Of this attempt. */
  private readonly own = { events: 0, bytes: 0 };
  private began = performance.now();

  constructor(private readonly total: number) {}

  /** @param landed events that attempts before have produced */
  begin(landed: number): void {
    this.replayed = landed;
    this.began = performance.now();
  }

  committed({ items, bytes }: OutgoingBatch): void {
    this.replayed += items.length;
    this.own.events += items.length;
    this.own.bytes += bytes;
  }

  /** What a heartbeat tells: events and bytes that are committed, their rates and how long the rest takes at them. */
  get told() {
    const { replayed, total, own } = this;
    const seconds = (performance.now() - this.began) / 1000;
    const { perSecond: bytesPerSecond } = paceOf(own.bytes, 0, seconds);
    return {
      replayed,
      total,
      bytes: own.bytes,
      ...paceOf(own.events, Math.max(0, total - replayed), seconds),
      ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
    };
  }
}
