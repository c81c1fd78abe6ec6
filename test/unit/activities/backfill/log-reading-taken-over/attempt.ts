import { setImmediate } from "node:timers/promises";
import type { AggregatedLogFile } from "../../../../../activities/backfill/log-reading";
import { sceneOf } from "./scene";

/**
 * An attempt of a reading of logs in a process of its own. It writes its first record and none after that. Once it reads nothing any more it
 * says `open` and the files that it has opened: at no moment would more be lost with it.
 *   attempt.ts <folder> <root of storage> <files as JSON>
 */
async function main(
  folder: string,
  root: string,
  files: AggregatedLogFile[],
): Promise<void> {
  const { storage, reading, read, attempt } = sceneOf(folder, root, files);
  const write = storage.write.bind(storage);
  let written = 0;
  storage.write = async (place, value) => {
    if (written++ === 0) return write(place, value);
    // Whoever has read a file to its end opens the next one before this goes on, unless it waits for the record.
    while (reading.progress.files < read.size) await setImmediate();
    console.log(`open ${JSON.stringify([...read.keys()])}`);
    return new Promise(() => undefined);
  };
  await attempt();
  console.log("ended");
}

// As long as its input is open, it does not end for want of anything to do.
process.stdin.resume();
const [folder, root, files] = process.argv.slice(2);
void main(folder!, root!, JSON.parse(files!) as AggregatedLogFile[]);
