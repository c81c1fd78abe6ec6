import { beat } from "../../beat";
import type { MissingEvent } from "../../../formats/candidate";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { antiJoin, type Lines } from "./anti-join";
import { linesOfFile } from "./line-files";

/** The lines of several files, one file after the other. */
async function* linesOfFiles(hdfs: Hdfs, refs: string[], what: string): Lines {
  for (const ref of refs) {
    beat(`${what} ${ref.slice(ref.lastIndexOf("/") + 1)}`);
    yield* linesOfFile(hdfs, ref);
  }
}

/**
 * The join on this worker.
 * @param held files of lines, as references; `candidates` likewise
 */
export const joinOnWorker = (
  hdfs: Hdfs,
  held: string[],
  candidates: string[],
  memoryBytes: number,
): AsyncGenerator<MissingEvent> =>
  antiJoin(
    linesOfFiles(hdfs, held, "held"),
    linesOfFiles(hdfs, candidates, "candidates"),
    memoryBytes,
  );
