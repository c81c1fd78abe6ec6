/**
 * Which of a topic's missing events Kafka holds: a bit an event, by its place in the stored list. Ten million events are a megabyte.
 * Messages of version 0.1.0 carry no place; they are known by uuid.
 */
export class Landed {
  private bits = new Uint8Array(1024);
  private readonly unplaced = new Set<string>();
  /** Distinct events. */
  count = 0;
  /** Events that are there more than once. */
  twice = 0;
  private readonly repeated = new Set<string>();

  private bit(place: number): boolean {
    return ((this.bits[place >> 3] ?? 0) & (1 << (place & 7))) !== 0;
  }

  /** @throws RangeError where the place is none */
  add(place: number | undefined, uuid: string): void {
    if (place !== undefined && (!Number.isSafeInteger(place) || place < 0))
      throw new RangeError(`${place} is no place in a list`);
    if (this.has(place ?? -1, uuid)) {
      if (!this.repeated.has(uuid)) this.twice++;
      this.repeated.add(uuid);
      return;
    }
    this.count++;
    if (place === undefined) {
      this.unplaced.add(uuid);
      return;
    }
    if (place >> 3 >= this.bits.length) {
      const larger = new Uint8Array(
        Math.max(2 * this.bits.length, (place >> 3) + 1),
      );
      larger.set(this.bits);
      this.bits = larger;
    }
    this.bits[place >> 3]! |= 1 << (place & 7);
  }

  has(place: number, uuid: string): boolean {
    return (place >= 0 && this.bit(place)) || this.unplaced.has(uuid);
  }
}
