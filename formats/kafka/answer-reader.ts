import { FormatError } from "../format-error";

/** Reads what Kafka's answers are made of, one after the other: the protocol guide's "Protocol Primitive Types". @throws FormatError where the bytes end early */
export class AnswerReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  take(length: number): Buffer {
    const end = this.at + length;
    if (length < 0 || end > this.bytes.length)
      throw new FormatError(
        `the answer ends after ${this.bytes.length} bytes, wanted ${end}`,
      );
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  int16 = (): number => this.take(2).readInt16BE();
  int32 = (): number => this.take(4).readInt32BE();
  int64 = (): bigint => this.take(8).readBigInt64BE();

  text = (): string => this.take(this.int16()).toString("utf8");

  textOrNull(): string | undefined {
    const length = this.int16();
    return length < 0 ? undefined : this.take(length).toString("utf8");
  }

  /** Reads an array's elements. */
  times(element: () => void): void {
    for (let left = this.int32(); left > 0; left--) element();
  }
}
