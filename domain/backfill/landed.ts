/**
 * Which of a topic's missing events Kafka holds, as one bit for each event, at its index in the list of missing events.
 * Ten million events take a little more than a megabyte.
 * Messages that version 0.1.0 produced carry no index; they are known by the event's uuid.
 */
export class Landed {
  private bits = new Uint8Array(1024);
  private readonly withoutIndex = new Set<string>();
  private readonly repeated = new Set<string>();
  /** Distinct events that have landed. */
  count = 0;
  /** Distinct events that are in Kafka more than once. */
  twice = 0;

  private hasBit(index: number): boolean {
    return ((this.bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  private setBit(index: number): void {
    const byte = index >> 3;
    if (byte >= this.bits.length) {
      const larger = new Uint8Array(Math.max(2 * this.bits.length, byte + 1));
      larger.set(this.bits);
      this.bits = larger;
    }
    this.bits[byte]! |= 1 << (index & 7);
  }

  /**
   * Notes an event that was read back from Kafka.
   * @param index its index in the list of missing events; undefined where its message carries none
   * @throws RangeError where the index is not a whole number from 0 on
   */
  add(index: number | undefined, uuid: string): void {
    if (index !== undefined && (!Number.isSafeInteger(index) || index < 0))
      throw new RangeError(`${index} is no index in a list of missing events`);
    if (this.has(index, uuid)) {
      if (!this.repeated.has(uuid)) this.twice++;
      this.repeated.add(uuid);
      return;
    }
    this.count++;
    if (index === undefined) this.withoutIndex.add(uuid);
    else this.setBit(index);
  }

  /** Whether the event with this index, or with this uuid where its message carried no index, has landed. */
  has(index: number | undefined, uuid: string): boolean {
    return (
      (index !== undefined && this.hasBit(index)) || this.withoutIndex.has(uuid)
    );
  }
}
