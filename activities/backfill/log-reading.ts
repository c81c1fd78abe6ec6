import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Storage } from "../../clients/storage";
import { sagaPlaces } from "../../clients/storage-layout";
import {
  type LogStatements,
  PartitionVerdicts,
  VERDICT_LINES,
} from "../../domain/backfill/partition-verdict";
import { FormatError } from "../../formats/format-error";
import { yarnLogs } from "../../formats/yarn-log/yarn-log";
import { linesFound } from "../../lib/line-finder";
import { mapPool } from "../../lib/map-pool";
import { paceOf } from "../../lib/pace";
import type { RandomAccess } from "../../lib/random-access";
import { readOn } from "../../lib/read-on";
import { total } from "../../lib/total";
import { endIfUnwanted } from "../beat";
import { sagaId } from "./saga-id";

/** Files that are read at the same time. */
const WIDTH = 4;
/**
 * Bytes of whole files after which is recorded what they say. An attempt that takes over reads no more than these again, besides as many
 * files as are read at the same time, and damaged ones.
 */
export const RECORDED_BYTES = 256 << 20;

/** A file of aggregated logs; its length in bytes. */
export type AggregatedLogFile = { path: string; length: number };

/**
 * Reads what aggregated log files say of Hive partitions. What whole files say is recorded now and then, so that an attempt that takes over
 * reads the others only. A file that has grown since is another one: YARN appends to the logs of an application that runs for long.
 */
export class LogReading {
  /** Why a file is unreadable, where another attempt could not read it either. */
  unread: string | undefined;
  /** Files that were read to their end, and what they say. */
  private whole: AggregatedLogFile[] = [];
  private readonly verdicts = new PartitionVerdicts();
  /** What others say before their damage. It is never recorded: errors would count twice where the file is read again. */
  private readonly damaged: LogStatements[] = [];
  /** Stored bytes that were read by now, those of attempts before, and those that are recorded. */
  private bytes = 0;
  private bytesBefore = 0;
  private recordedBytes = 0;
  private readonly ofBytes: number;
  private readonly began = performance.now();
  private hasFailed = false;
  /** One record is written after the other, so that the last one holds the most. */
  private recording = Promise.resolve();

  constructor(
    private readonly clients: { hdfs: Hdfs; storage: Storage },
    private readonly applicationId: string,
    private readonly files: AggregatedLogFile[],
    /** Bytes of whole files after which is recorded what they say. */
    private readonly recordEvery = RECORDED_BYTES,
  ) {
    this.ofBytes = total(files, "length");
  }

  /** @returns what all files say, as far as they can be read */
  async read(): Promise<PartitionVerdicts> {
    const left = await this.takeUpRecorded();
    await mapPool(left, WIDTH, (file) => this.readFile(file));
    for (const statements of this.damaged)
      this.verdicts.addStatements(statements);
    return this.verdicts;
  }

  /** What a heartbeat tells. A text that names no container is read twice, and its bytes count once. */
  get progress() {
    const { ofBytes } = this;
    const bytes = Math.min(this.bytes, ofBytes);
    const seconds = (performance.now() - this.began) / 1000;
    return {
      files: this.whole.length,
      ofFiles: this.files.length,
      bytes,
      ofBytes,
      ...paceOf(bytes - this.bytesBefore, ofBytes - bytes, seconds),
    };
  }

  private get place() {
    return sagaPlaces(sagaId()).scannedLogs(this.applicationId);
  }

  /** @returns the files that are not recorded */
  private async takeUpRecorded(): Promise<AggregatedLogFile[]> {
    const recorded = await this.clients.storage.read(this.place);
    if (!recorded) return this.files;
    const isWhole = (file: AggregatedLogFile) =>
      recorded.files.some(
        ({ path, length }) => path === file.path && length === file.length,
      );
    this.whole = this.files.filter(isWhole);
    // What files say is recorded in one: where one of them has changed, all are read again.
    if (this.whole.length < recorded.files.length) {
      this.whole = [];
      return this.files;
    }
    this.verdicts.addStatements(recorded);
    this.recordedBytes = total(this.whole, "length");
    this.bytes = this.bytesBefore = this.recordedBytes;
    return this.files.filter((file) => !isWhole(file));
  }

  private async readFile(file: AggregatedLogFile): Promise<void> {
    const ofFile = new PartitionVerdicts();
    try {
      const opened = await this.clients.hdfs.open(file.path);
      const read = await readOn(this.counted(opened));
      await this.readLogs(read, ofFile).finally(read.close);
    } catch (error) {
      if (!(error instanceof FormatError)) {
        this.hasFailed = true;
        throw error;
      }
      this.unread = `${file.path}: ${error.message}`;
      this.damaged.push(ofFile.statements);
      return;
    }
    this.whole.push(file);
    this.verdicts.addStatements(ofFile.statements);
    await this.recordNowAndThen();
  }

  private async readLogs(
    file: RandomAccess,
    verdicts: PartitionVerdicts,
  ): Promise<void> {
    for await (const { pieces, ...log } of yarnLogs(file)) {
      const named = whileNamed(pieces, () =>
        verdicts.addContainer(log.container),
      );
      for await (const line of linesFound(named, VERDICT_LINES))
        verdicts.addLine(line, log);
      verdicts.endLog(log);
    }
  }

  /**
   * A file of which each read is counted, as long as this attempt is wanted and has not failed: what it still did would stand in the way of
   * the next one.
   */
  private counted({ size, read, pieces }: RandomAccess): RandomAccess {
    const count = (bytes: Buffer) => {
      endIfUnwanted();
      if (this.hasFailed) throw new Error("another file could not be read");
      this.bytes += bytes.length;
      return bytes;
    };
    return {
      size,
      read: async (offset, length) => count(await read(offset, length)),
      ...(pieces && {
        pieces: async function* (offset, length) {
          for await (const piece of pieces(offset, length)) yield count(piece);
        },
      }),
    };
  }

  /** Waits for a record that is being written also where there is none to be made: what is read meanwhile is in none yet. */
  private async recordNowAndThen(): Promise<void> {
    const bytes = total(this.whole, "length");
    if (bytes - this.recordedBytes >= this.recordEvery) {
      this.recordedBytes = bytes;
      const scanned = { files: [...this.whole], ...this.verdicts.statements };
      this.recording = this.recording.then(async () => {
        await this.clients.storage.write(this.place, scanned);
      });
    }
    return this.recording;
  }
}

/** Pieces of a log whose container is known once there is one. */
async function* whileNamed(
  pieces: AsyncIterable<Buffer>,
  onPiece: () => void,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    onPiece();
    yield piece;
  }
}
