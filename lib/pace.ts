/** How far a long piece of work is, for people who wait for it. */
export type PaceTold = {
  /** Units that are done, and all of them. */
  done: number;
  of: number;
  /** Units a second, since this attempt began. */
  perSecond: number;
  /** At this pace; absent as long as there is none. */
  secondsLeft?: number;
};

/** Tells how fast work goes on, and how long it will still take at that pace. */
export class Pace {
  private readonly began: number;

  /**
   * @param of all units
   * @param before units that were done before this attempt began: they say nothing of its pace
   * @param now epoch ms
   */
  constructor(
    private readonly of: number,
    private readonly before = 0,
    private readonly now: () => number = Date.now,
  ) {
    this.began = now();
  }

  /** @param done units by now, those from before included */
  at(done: number): PaceTold {
    const seconds = (this.now() - this.began) / 1000;
    const perSecond = seconds > 0 ? (done - this.before) / seconds : 0;
    return {
      done,
      of: this.of,
      perSecond: Math.round(perSecond),
      ...(perSecond > 0
        ? { secondsLeft: Math.ceil((this.of - done) / perSecond) }
        : {}),
    };
  }
}
