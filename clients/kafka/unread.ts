import { partitionKey } from "../../lib/keys";

const SILENT_SECONDS = 120;

/** A partition that is read: offsets from `next` up to, not including, `to`; without it as far as it goes, for as long as it is followed. */
export type Part = {
  topic: string;
  partition: number;
  next: bigint;
  to: bigint | undefined;
};

/** What is still to be read, by {@link partitionKey}; an attempt that follows a broken one goes on from here. */
export class Unread {
  private readonly parts = new Map<string, Part>();
  /** Called whenever it has got further. */
  onProgress: () => void = () => undefined;

  add(part: Part): void {
    if (part.to === undefined || part.next < part.to)
      this.parts.set(partitionKey(part.topic, part.partition), part);
  }
  get(topic: string, partition: number): Part | undefined {
    return this.parts.get(partitionKey(topic, partition));
  }
  /** Notes that nothing before an offset is still to come. */
  passed(topic: string, partition: number, next: bigint): void {
    const part = this.get(topic, partition);
    if (!part) return;
    if (next > part.next) part.next = next;
    if (part.to !== undefined && part.next >= part.to)
      this.parts.delete(partitionKey(topic, partition));
    this.onProgress();
  }
  get isEmpty(): boolean {
    return this.parts.size === 0;
  }
  get isFollowed(): boolean {
    return this.all.some(({ to }) => to === undefined);
  }
  get all(): Part[] {
    return [...this.parts.values()];
  }
  get names(): string {
    return [...this.parts.keys()].join(", ");
  }
}

/** Where nothing at all comes for too long, the rest is not going to come. */
export class Silence {
  /** Rejects then. */
  readonly tooLong: Promise<never>;
  private timer: NodeJS.Timeout | undefined;

  constructor(notRead: () => string) {
    this.tooLong = new Promise((_, fail) => {
      this.timer = globalThis.setTimeout(
        () =>
          fail(
            new Error(
              `nothing came for ${SILENT_SECONDS} s; not read: ${notRead()}`,
            ),
          ),
        SILENT_SECONDS * 1000,
      );
    });
    this.tooLong.catch(() => undefined);
  }

  /** Something came. */
  broken(): void {
    this.timer?.refresh();
  }

  over(): void {
    clearTimeout(this.timer);
  }
}
