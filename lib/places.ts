/** Where some needles stand in bytes. These are gone through once for each needle, however often it is asked for. */
export class Places {
  private readonly next: number[];

  constructor(
    private readonly bytes: Buffer,
    private readonly needles: Buffer[],
  ) {
    this.next = needles.map((needle) => this.placeOf(needle, 0));
  }

  /** The first place of any needle from an offset on; offsets grow from call to call. */
  firstFrom(offset: number): number | undefined {
    for (const [i, place] of this.next.entries())
      if (place < offset) this.next[i] = this.placeOf(this.needles[i]!, offset);
    const first = Math.min(...this.next);
    return first === Infinity ? undefined : first;
  }

  private placeOf(needle: Buffer, from: number): number {
    const place = this.bytes.indexOf(needle, from);
    return place < 0 ? Infinity : place;
  }
}
