/** Reads ranges of a file, wherever it lies: on this host or on HDFS. */
export type RandomAccess = {
  /** Bytes. */
  size: number;
  /** The bytes from an offset on; fewer than asked for where the file ends. */
  read: (offset: number, length: number) => Promise<Buffer>;
  /** The same bytes one after the other, in pieces of any length; absent where `read` is as quick. */
  pieces?: (offset: number, length: number) => AsyncGenerator<Buffer>;
};
